import FoundationEssentials
import Networks
import Storage

/// What `trainer networks` was asked to show.
public struct NetworksCommand: Sendable {
  /// One network, layer by layer: a name of the catalogue, or a plan's file; nil for a list of all.
  public var name: String?
  /// The extents of an image, `224x224x3`; nil for what the network is usually given.
  public var input: String?
  /// The number of classes; nil for the usual one.
  public var classes: Int?
  /// The samples of the micro-batch that memory is told for.
  public var microBatch = 16
  /// Whether to print one JSON object.
  public var json = false

  /// A list of all networks.
  public init() {}

  /// The names of all networks of the catalogue.
  public static var names: [String] { NetworkCatalogue.names }

  /// The lines to print; throws what is wrong with name or input.
  public func lines() throws -> [String] {
    if let name {
      let summary = NetworkSummary(try network(named: name), microBatch: microBatch)
      return json ? [try summary.jsonLine()] : Self.table(of: summary)
    }
    var summaries: [NetworkSummary] = []
    var unfit: [String] = []
    for name in NetworkCatalogue.names {
      do {
        summaries.append(NetworkSummary(try network(named: name), microBatch: microBatch))
      } catch is NetworkError where input != nil {
        unfit.append(name)
      }
    }
    if json { return [try summaries.jsonLine()] }
    let note = unfit.isEmpty ? [] : ["Cannot take such images: \(unfit.joined(separator: ", "))."]
    return Self.list(of: summaries) + note
  }

  private func network(named name: String) throws -> Network {
    if name.hasSuffix(".yaml") || name.hasSuffix(".yml") { return try plannedNetwork(name) }
    let usual = try NetworkCatalogue.usualInput(of: name)
    return try NetworkCatalogue.network(
      named: name, input: try shape() ?? usual.shape, classes: classes ?? usual.classes)
  }

  /// The network of a plan, for the plan's data unless images and classes are told.
  private func plannedNetwork(_ file: String) throws -> Network {
    let plan = try PlanSource(text: TextFile.read(file), name: file).plan()
    let samples: Recipe.Samples
    if let shape = try shape(), let classes {
      samples = Recipe.Samples(
        digest: "", samples: 1, validation: 0, shape: shape.extents, classes: classes)
    } else {
      samples = try TrainingData(plan, seed: plan.seed).description
    }
    return try Recipe(plan, data: samples).makeNetwork()
  }

  /// The extents that were asked for.
  private func shape() throws(PlanError) -> Shape? {
    guard let input else { return nil }
    let extents = input.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    guard extents.count == 3, extents.allSatisfy({ (1...4096).contains($0) }) else {
      throw PlanError("--input \(input): write height, width and channels, such as 32x32x3")
    }
    return Shape(extents)
  }

  private static func list(of summaries: [NetworkSummary]) -> [String] {
    var table = TextTable(
      [.left, .left, .right, .right, .right, .right],
      titles: [
        "network", "images", "classes", "parameters", "multiply-adds an image",
        "memory, micro-batch of \(summaries.first?.microBatch ?? 0)",
      ])
    for summary in summaries {
      table.add(
        summary.name, "\(Shape(summary.input))", "\(summary.classes)", "\(summary.parameters)",
        scaled(summary.multiplyAdds), megabytes(summary.activationBytes))
    }
    return table.lines + [
      "",
      "trainer networks NAME shows the layers of one; --input 64x64x3 and --classes change them.",
    ]
  }

  private static func table(of summary: NetworkSummary) -> [String] {
    var table = TextTable(
      [.left, .left, .right, .right, .right, .right],
      titles: ["layer", "kind", "output", "parameters", "multiply-adds", "training flops"])
    table.add("images", "", "\(Shape(summary.input))", "", "", "")
    for layer in summary.layers {
      table.add(
        layer.name, layer.kind, "\(Shape(layer.output))",
        layer.parameters == 0 ? "" : "\(layer.parameters)",
        layer.multiplyAdds == 0 ? "" : scaled(layer.multiplyAdds),
        layer.trainingOperations == 0 ? "" : scaled(layer.trainingOperations))
    }
    table.add(
      "in all", "", "", "\(summary.parameters)", scaled(summary.multiplyAdds),
      scaled(summary.trainingOperations))
    return table.lines + [
      "",
      "Figures are for one image. A micro-batch of \(summary.microBatch) takes "
        + "\(megabytes(summary.activationBytes)) of activations, their gradients and scratch memory.",
    ]
  }
}
