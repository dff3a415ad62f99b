public import Collectives
import Kernels
import Networks
import Storage

/// What `trainer bench step` was asked to measure: whole training steps on images in memory.
public struct StepBenchmark: Sendable {
  /// The network's name.
  public var network: String
  /// Samples of a step on each rank; nil for the network's own number.
  public var batch: Int?
  /// Samples of a micro-batch; nil for the network's own number.
  public var microBatch: Int?
  /// How long is measured.
  public var windows: Windows
  /// How gradients travel, as plans say it.
  public var transport = "automatic"
  /// Changes of the plan, `key.path=value`.
  public var assignments: [String] = []
  /// Whether to print one JSON object.
  public var json = false

  /// Steps whose parts are timed one by one, at most; fewer if they last longer than a window.
  private static let mostProfiledSteps = 20

  /// A measurement of a network.
  public init(network: String, windows: Windows) {
    self.network = network
    self.windows = windows
  }

  /// Measures, on all ranks of `world` together; one of them prints.
  public func run(in world: World) throws {
    useOneBLASThread()
    let (recipe, plan) = try world.together { try agreedRecipe(ranks: world.size) }
    let operations = try world.together { try recipe.makeNetwork().trainingOperations }
    var training = try BenchmarkedTraining(recipe, plan, in: world)
    for _ in 0..<3 { try training.takeStep() }
    let windows = try self.windows.measure(in: world) { try training.takeStep() }
    let seconds = try profile(&training, stepSeconds: median(windows), in: world)
    var report = StepReport()
    report.peakMemoryBytes = try world.maximum(MachineLimits.peakMemory())
    report.network = recipe.network.name
    report.ranks = world.size
    report.transport = training.reducer.transportInUse.rawValue
    report.batchPerRank = recipe.batch.global / world.size
    report.microBatch = recipe.batch.micro
    let rates = windows.map { Double(recipe.batch.global) / $0 }
    report.imagesPerSecond = median(rates)
    report.imagesPerSecondRange = [rates.min() ?? 0, rates.max() ?? 0]
    report.megaflopPerImage = Double(operations) / 1e6
    report.peakGigaflops = try MachineLimits.multiplyRate(in: world)
    report.roofline =
      report.imagesPerSecond * report.megaflopPerImage / 1e3 / report.peakGigaflops
    let sum = seconds.values.reduce(0, +)
    report.seconds = seconds
    report.shares = seconds.mapValues { $0 / sum }
    try training.reducer.close()
    for line in json ? [try report.jsonLine()] : report.lines { Coordinator.say(line, in: world) }
  }

  /// The recipe that is measured.
  private func agreedRecipe(ranks: Int) throws -> (Recipe, Plan) {
    let measured = try BenchmarkCase.named(network)
    let batch = batch ?? measured.batch
    let micro = microBatch ?? (batch % measured.microBatch == 0 ? measured.microBatch : batch)
    guard batch > 0, micro > 0, batch % micro == 0 else {
      throw BenchmarkError(
        "a batch of \(batch) a rank does not divide into micro-batches of \(micro); choose others")
    }
    let (recipe, plan) = try measured.recipe(
      globalBatch: batch * ranks, microBatch: micro, transport: transport,
      assignments: assignments)
    guard recipe.batch.global % ranks == 0, recipe.batch.microBatches >= ranks else {
      throw BenchmarkError(
        "\(ranks) ranks do not share a batch of \(recipe.batch.global) in "
          + "\(recipe.batch.microBatches) micro-batches; use --batch and --micro")
    }
    return (recipe, plan)
  }

  /// Times the parts of some steps, after the windows; the mean over ranks.
  private func profile(
    _ training: inout BenchmarkedTraining, stepSeconds: Double, in world: World
  ) throws -> [String: Double] {
    let fitting = Int(min(windows.seconds / stepSeconds, Double(Self.mostProfiledSteps)))
    let steps = try world.maximum(max(1, fitting))
    var times = StepTimes()
    for _ in 0..<steps { try training.profileStep(&times) }
    var means: [String: Double] = [:]
    for part in StepPart.allCases {
      let sum = try world.gather(times[part].seconds).reduce(0, +)
      means[part.rawValue] = sum / Double(world.size * steps)
    }
    return means
  }
}
