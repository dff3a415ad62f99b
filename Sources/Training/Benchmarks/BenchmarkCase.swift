import Storage

/// A network with the images and the batch that it is measured on: those of the peer's measurements.
struct BenchmarkCase: Sendable {
  /// The network's name in the catalogue.
  let network: String
  /// What else it may be called.
  var alias: String?
  /// [H, W, C] of an image.
  let shape: [Int]
  /// The number of classes.
  let classes: Int
  /// Samples of a step on each rank.
  let batch: Int
  /// Samples of a micro-batch, unless another number is asked for: the fastest of the powers of 2.
  let microBatch: Int

  /// All that can be measured.
  static let all = [
    BenchmarkCase(network: "lenet", shape: [28, 28, 1], classes: 10, batch: 64, microBatch: 32),
    BenchmarkCase(network: "resnet20", shape: [32, 32, 3], classes: 10, batch: 64, microBatch: 16),
    BenchmarkCase(
      network: "vgg11_bn", alias: "vgg11bn", shape: [32, 32, 3], classes: 10, batch: 32,
      microBatch: 32),
    BenchmarkCase(
      network: "resnet18", shape: [224, 224, 3], classes: 1000, batch: 8, microBatch: 8),
    BenchmarkCase(
      network: "resnet50", shape: [224, 224, 3], classes: 1000, batch: 4, microBatch: 4),
    BenchmarkCase(
      network: "mobilenet_v2", alias: "mobilenetv2", shape: [224, 224, 3], classes: 1000, batch: 4,
      microBatch: 2),
  ]

  /// The case of that name; throws where there is none.
  static func named(_ name: String) throws(BenchmarkError) -> BenchmarkCase {
    if let found = all.first(where: { $0.network == name || $0.alias == name }) { return found }
    let names = all.map(\.network).joined(separator: ", ")
    throw BenchmarkError("there is no measurement of a network \(name); choose one of \(names)")
  }

  /// The recipe of plain training: SGD with momentum 0.9 and a weight decay of 5e-4 on all
  /// parameters, as PyTorch's optimizer does by default; nothing is dropped out.
  ///
  /// `assignments` change it, as `--set` does in training.
  func recipe(
    globalBatch: Int, microBatch: Int, transport: String, assignments: [String]
  ) throws -> (recipe: Recipe, plan: Plan) {
    let text = """
      network: {name: \(network), dropout: 0}
      data: images made up in memory
      steps: 1000
      batch: {global: \(globalBatch), micro: \(microBatch)}
      optimizer: {name: sgd, lr: 0.01, momentum: 0.9, weight_decay: 5.0e-4}
      schedule: constant
      update: {decay_all: true}
      run: {transport: \(transport)}
      """
    var source = try PlanSource(text: text, name: "the benchmark's plan")
    for assignment in assignments { try source.set(assignment) }
    let plan = try source.plan()
    let samples = Recipe.Samples(
      digest: "", samples: globalBatch, validation: 0, shape: shape, classes: classes)
    return (Recipe(plan, data: samples), plan)
  }
}
