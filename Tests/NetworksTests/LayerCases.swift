import Networks
import Storage
import Testing

/// A layer of the catalogue with arguments and input shapes for which its gradient is checked.
struct LayerCase: Sendable {
  let name: String
  var arguments: [String: PlainValue] = [:]
  var inputs: [Shape] = [[5, 4, 4]]
  var microBatch = 2

  /// LearnedInput → the layer → flatten → dense.
  func network() throws -> Network {
    var network = Network(name: name, input: [1, 1, 1])
    var inputs: [Network.Value] = []
    for (i, shape) in self.inputs.enumerated() {
      inputs.append(
        try network.add(
          "input\(i)", LearnedInput(shape: shape, microBatch: microBatch), network.images))
    }
    let layer = try LayerCatalogue.layer(named: name, arguments: arguments)
    var value =
      switch inputs.count {
      case 1: try network.add("layer", layer, inputs[0])
      case 2: try network.add("layer", layer, inputs[0], inputs[1])
      default: try network.add("layer", layer, inputs[0], inputs[1], inputs[2])
      }
    if value.shape.rank > 1 { value = try network.add("flatten", Flatten(), value) }
    _ = try network.add("head", Dense(3), value)
    return network
  }

  static let all: [LayerCase] = [
    LayerCase(name: "conv2d", arguments: ["channels": .number(3), "kernel": .number(3)]),
    LayerCase(
      name: "conv2d",
      arguments: [
        "channels": .number(6), "kernel": .numbers([3, 2]), "stride": .number(2),
        "padding": .number(2), "dilation": .numbers([2, 1]), "groups": .number(2),
        "bias": .flag(false), "weights": .text("xavier_uniform"),
      ]),
    LayerCase(
      name: "conv2d",
      arguments: [
        "channels": .number(4), "kernel": .number(3), "padding": .number(1), "groups": .number(4),
      ]),
    LayerCase(name: "conv2d", arguments: ["channels": .number(5), "kernel": .number(1)]),
    LayerCase(name: "dense", arguments: ["outputs": .number(5)], inputs: [[7]]),
    LayerCase(
      name: "dense", arguments: ["outputs": .number(1), "bias": .flag(false)], inputs: [[1]]),
    LayerCase(name: "max_pool2d", arguments: ["kernel": .number(2)]),
    LayerCase(
      name: "max_pool2d",
      arguments: ["kernel": .number(3), "stride": .number(2), "padding": .number(1)]),
    LayerCase(name: "average_pool2d", arguments: ["kernel": .number(2)]),
    LayerCase(
      name: "average_pool2d",
      arguments: ["kernel": .number(3), "stride": .number(1), "padding": .number(1)]),
    LayerCase(name: "global_average_pool2d"),
    LayerCase(name: "batch_norm", inputs: [[2, 3, 3]], microBatch: 3),
    LayerCase(
      name: "batch_norm", arguments: ["epsilon": .number(0.1)], inputs: [[5]], microBatch: 6),
    LayerCase(name: "group_norm", arguments: ["groups": .number(2)], inputs: [[3, 3, 4]]),
    LayerCase(name: "layer_norm", inputs: [[2, 3, 5]]),
    LayerCase(name: "layer_norm", inputs: [[6]]),
    LayerCase(name: "relu"), LayerCase(name: "relu6"),
    LayerCase(name: "leaky_relu", arguments: ["slope": .number(0.2)]),
    LayerCase(name: "sigmoid"), LayerCase(name: "tanh"), LayerCase(name: "silu"),
    LayerCase(name: "dropout", arguments: ["rate": .number(0.4)]),
    LayerCase(name: "flatten"),
    LayerCase(name: "add", inputs: [[3, 2, 2], [3, 2, 2]]),
    LayerCase(name: "add", inputs: [[4], [4], [4]]),
    LayerCase(name: "concatenate", inputs: [[2, 3, 2], [2, 3, 1], [2, 3, 3]]),
    LayerCase(name: "concatenate", inputs: [[4], [3]]),
    LayerCase(name: "padded_shortcut", arguments: ["channels": .number(7), "stride": .number(2)]),
  ]
}
