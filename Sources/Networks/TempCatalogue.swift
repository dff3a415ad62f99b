public import Storage

public struct NetworkDefaults: Sendable {
  public var epochs = 8.0, optimizer = "sgd", rate = 0.02, weightDecay = 5e-4, schedule = "cosine",
    warmupEpochs = 0.5
}
public enum NetworkCatalogue {
  public static func defaults(for name: String) -> NetworkDefaults { NetworkDefaults() }
  public static func network(named: String, input: Shape, classes: Int, dropout: Double?)
    throws(NetworkError) -> Network
  {
    var n = Network(name: named, input: input)
    var x = try n.add("conv1", Conv2D(20, kernel: 5, weights: .xavierUniform), n.images)
    x = try n.add("pool1", MaxPool2D(kernel: 2, stride: 2), x)
    x = try n.add("conv2", Conv2D(50, kernel: 5, weights: .xavierUniform), x)
    x = try n.add("pool2", MaxPool2D(kernel: 2, stride: 2), x)
    x = try n.add("flatten", Flatten(), x)
    x = try n.add("fc1", Dense(500), x)
    x = try n.add("relu", Activation(.relu), x)
    if let dropout { x = try n.add("drop", Dropout(Float(dropout)), x) }
    x = try n.add("fc2", Dense(classes), x)
    return n
  }
}
public struct LayerDescription {
  public init(layer: String, name: String?, inputs: [String]?, arguments: [String: LayerArgument]) {
  }
}
public struct NetworkDescription {
  public init(_ l: [LayerDescription]) {}
  public func network(named: String, input: Shape) throws(NetworkError) -> Network {
    throw NetworkError("x")
  }
}
