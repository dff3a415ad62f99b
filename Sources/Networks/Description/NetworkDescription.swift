public import Storage

/// A network as a list of layers, so that a plan can hold one.
public struct NetworkDescription: Hashable, Sendable {
  /// The layers, each after its inputs; the last one's output is the network's.
  public var layers: [LayerDescription]

  /// A network of the given layers.
  public init(_ layers: [LayerDescription]) { self.layers = layers }

  /// What the images are called among inputs.
  public static let imagesName = "images"

  /// Builds the network for images [H, W, C].
  ///
  /// Throws an error that names the layer by number, from 1, and name.
  public func network(named name: String, input: Shape) throws(NetworkError) -> Network {
    guard !layers.isEmpty else { throw NetworkError("network \(name) has no layers") }
    var network = Network(name: name, input: input)
    var values = [Self.imagesName: network.images]
    var last = network.images
    for (index, description) in layers.enumerated() {
      let layerName = description.name ?? "\(description.layer)_\(index + 1)"
      do {
        try Self.check(layerName, against: values)
        let layer = try LayerCatalogue.layer(
          named: description.layer, arguments: description.arguments)
        let inputs = try description.inputs.map { names throws(NetworkError) in
          try Self.find(names, in: values)
        }
        last = try network.append(layerName, layer, inputs ?? [last])
      } catch {
        throw NetworkError(
          "network \(name), layer \(index + 1) (\(layerName)): \(error.message)")
      }
      values[layerName] = last
    }
    try Self.checkReaders(network)
    return network
  }

  /// What nobody reads gets no gradient: it would not learn.
  private static func checkReaders(_ network: Network) throws(NetworkError) {
    let consumers = network.consumers()
    guard let idle = consumers.dropLast().firstIndex(of: []) else { return }
    throw NetworkError(
      "network \(network.name), layer \(idle + 1) (\(network.nodes[idle].name)): no later layer "
        + "reads it; name it among the inputs of one, or remove it")
  }

  /// A name must be new, and cannot have a part without letters: parts of tensors' names are
  /// joined by dots.
  private static func check(
    _ name: String, against values: [String: Network.Value]
  ) throws(NetworkError) {
    if values[name] != nil {
      throw NetworkError("the name is taken; give each layer its own name")
    }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    if parts.contains("") || name.contains("/") {
      throw NetworkError("a name has no slash and no part without letters")
    }
  }

  private static func find(
    _ names: [String], in values: [String: Network.Value]
  ) throws(NetworkError) -> [Network.Value] {
    var found: [Network.Value] = []
    for name in names {
      guard let value = values[name] else {
        let nearest = nearestName(to: name, among: values.keys.sorted()) ?? imagesName
        throw NetworkError("no earlier layer is called \(name); did you mean \(nearest)?")
      }
      found.append(value)
    }
    return found
  }
}
