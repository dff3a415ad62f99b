public import Storage

/// The layers that a plan can name, with their arguments.
///
/// A plan's network is a list of them: `conv2d` with `channels: 32`, `kernel: 3`, and so on. What a
/// user gets wrong is an error of one line; what depends on the input is found by `outputShape`.
public enum LayerCatalogue {
  /// One kind of layer.
  private struct Entry: Sendable {
    let name: String
    let arguments: [String]
    let make: @Sendable (LayerArguments) throws(NetworkError) -> any Layer
  }

  /// The names of all layers, in the order of the catalogue.
  public static var names: [String] { entries.map(\.name) }

  /// The arguments that the layer `name` takes; nil if there is no such layer.
  public static func arguments(of name: String) -> [String]? {
    entries.first { $0.name == name }?.arguments
  }

  /// Makes the layer `name` with the given arguments.
  ///
  /// Throws an error that says which name is unknown, missing or of the wrong type.
  public static func layer(
    named name: String, arguments: [String: PlainValue] = [:]
  ) throws(NetworkError) -> any Layer {
    guard let entry = entries.first(where: { $0.name == name }) else {
      let nearest = nearestName(to: name, among: names) ?? ""
      throw NetworkError("there is no layer \(name); did you mean \(nearest)?")
    }
    return try entry.make(
      LayerArguments(layer: name, values: arguments, known: entry.arguments))
  }

  private static let entries = weighted + pooling + normalizations + activations + graph

  private static let weighted: [Entry] = [
    Entry(
      name: "conv2d",
      arguments: [
        "channels", "kernel", "stride", "padding", "dilation", "groups", "bias", "weights",
      ]
    ) { a throws(NetworkError) in
      Conv2D(
        try a.count("channels"), kernel: try a.extent("kernel", from: 1),
        stride: try a.extent("stride", from: 1, default: 1),
        padding: try a.extent("padding", from: 0, default: 0),
        dilation: try a.extent("dilation", from: 1, default: 1),
        groups: try a.count("groups", default: 1), bias: try a.flag("bias", default: true),
        weights: try a.initializer("weights", default: .heNormal(.fanOut)))
    },
    Entry(name: "dense", arguments: ["outputs", "bias", "weights"]) { a throws(NetworkError) in
      Dense(
        try a.count("outputs"), bias: try a.flag("bias", default: true),
        weights: try a.initializer("weights", default: .xavierUniform))
    },
  ]

  private static let pooling: [Entry] = [
    Entry(name: "max_pool2d", arguments: ["kernel", "stride", "padding"]) {
      a throws(NetworkError) in
      let kernel = try a.extent("kernel", from: 1)
      return MaxPool2D(
        kernel: kernel, stride: try a.extent("stride", from: 1, default: kernel),
        padding: try a.extent("padding", from: 0, default: 0))
    },
    Entry(name: "average_pool2d", arguments: ["kernel", "stride", "padding"]) {
      a throws(NetworkError) in
      let kernel = try a.extent("kernel", from: 1)
      return AveragePool2D(
        kernel: kernel, stride: try a.extent("stride", from: 1, default: kernel),
        padding: try a.extent("padding", from: 0, default: 0))
    },
    Entry(name: "global_average_pool2d", arguments: []) { _ in GlobalAveragePool2D() },
  ]

  private static let normalizations: [Entry] = [
    Entry(name: "batch_norm", arguments: ["epsilon", "momentum", "initial_scale"]) {
      a throws(NetworkError) in
      BatchNorm(
        epsilon: try a.number("epsilon", default: 1e-5),
        momentum: try a.number("momentum", default: 0.1),
        initialScale: try a.number("initial_scale", default: 1))
    },
    Entry(name: "group_norm", arguments: ["groups", "epsilon"]) { a throws(NetworkError) in
      GroupNorm(groups: try a.count("groups"), epsilon: try a.number("epsilon", default: 1e-5))
    },
    Entry(name: "layer_norm", arguments: ["epsilon"]) { a throws(NetworkError) in
      LayerNorm(epsilon: try a.number("epsilon", default: 1e-5))
    },
  ]

  private static let activations: [Entry] = [
    Entry(name: "relu", arguments: []) { _ in Activation(.relu) },
    Entry(name: "relu6", arguments: []) { _ in Activation(.relu6) },
    Entry(name: "leaky_relu", arguments: ["slope"]) { a throws(NetworkError) in
      Activation(.leakyReLU(try a.number("slope", default: 0.01)))
    },
    Entry(name: "sigmoid", arguments: []) { _ in Activation(.sigmoid) },
    Entry(name: "tanh", arguments: []) { _ in Activation(.tanh) },
    Entry(name: "silu", arguments: []) { _ in Activation(.silu) },
  ]

  private static let graph: [Entry] = [
    Entry(name: "dropout", arguments: ["rate"]) { a throws(NetworkError) in
      Dropout(try a.number("rate"))
    },
    Entry(name: "flatten", arguments: []) { _ in Flatten() },
    Entry(name: "add", arguments: []) { _ in Add() },
    Entry(name: "concatenate", arguments: []) { _ in Concatenate() },
    Entry(name: "padded_shortcut", arguments: ["channels", "stride"]) { a throws(NetworkError) in
      PaddedShortcut(channels: try a.count("channels"), stride: try a.count("stride", default: 1))
    },
  ]
}
