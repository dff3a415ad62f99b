public import Collectives
import Kernels
import Storage

/// What `trainer bench layer` was asked to measure: the three passes of single convolutions.
public struct LayerBenchmark: Sendable {
  /// Only convolutions whose names begin so; nil for all.
  public var only: String?
  /// Samples of a batch in place of the network's own number.
  public var batch: Int?
  /// Whether the reference is measured, and not the fastest way.
  public var isExact = false
  /// How long is measured.
  public var windows: Windows
  /// Whether to print one JSON object.
  public var json = false

  /// A measurement of all convolutions.
  public init(windows: Windows) { self.windows = windows }

  /// What was found.
  struct Report: Encodable {
    var benchmark = "layer"
    var layers: [Row] = []
  }

  /// One convolution; rates in GFLOP/s, by the number of operations of the plain algorithm.
  struct Row: Encodable {
    let name: String
    let shape: String
    let forward: Double
    let inputGradient: Double
    let weightGradient: Double
    /// The largest difference from the reference, over the largest value.
    let difference: Double

    enum CodingKeys: String, CodingKey {
      case name, shape, forward, difference
      case inputGradient = "input_gradient"
      case weightGradient = "weight_gradient"
    }

    /// The row for people.
    var line: String {
      let numbers = [
        fixed(forward, 1), fixed(inputGradient, 1), fixed(weightGradient, 1),
        fixed(difference * 1e6, 1),
      ]
      let columns = numbers.map { String(repeating: " ", count: max(1, 8 - $0.count)) + $0 }
      let gap = String(repeating: " ", count: max(1, 28 - name.count))
      return name + gap + columns.joined() + "   " + shape
    }
  }

  /// Measures; it takes a world of one rank.
  public func run(in world: World) throws {
    useOneBLASThread()
    let cases = ConvolutionCase.all.filter { $0.name.hasPrefix(only ?? "") }
    try world.together {
      guard !cases.isEmpty else {
        let names = ConvolutionCase.all.map(\.name).joined(separator: ", ")
        throw BenchmarkError("no convolution's name begins with \(only ?? ""); there are \(names)")
      }
      guard world.size == 1 else {
        throw BenchmarkError("layers are measured on 1 rank, not on \(world.size)")
      }
    }
    if !json {
      Coordinator.say(
        "GFLOP/s: forward, input gradient, weight gradient; largest difference from the reference, "
          + "in millionths of the largest value", in: world)
    }
    var report = Report()
    for measured in cases {
      let row = try measure(measured, in: world)
      report.layers.append(row)
      if !json { Coordinator.say(row.line, in: world) }
    }
    if json { Coordinator.say(try report.jsonLine(), in: world) }
  }

  private func measure(_ measured: ConvolutionCase, in world: World) throws -> Row {
    let samples = batch ?? measured.samples
    var trial = ConvolutionTrial(measured, samples: samples, policy: isExact ? .exact : .fast)
    let operations = Double(measured.operations) / Double(measured.samples) * Double(samples)
    func rate(_ seconds: [Double]) -> Double { operations / median(seconds) / 1e9 }
    let forward = try windows.measure(in: world) { trial.forward() }
    let inputGradient = try windows.measure(in: world) { trial.inputGradient() }
    let weightGradient = try windows.measure(in: world) { trial.weightGradient() }
    var reference = ConvolutionTrial(measured, samples: samples, policy: .exact)
    reference.forward()
    reference.inputGradient()
    reference.weightGradient()
    return Row(
      name: measured.name, shape: measured.shape, forward: rate(forward),
      inputGradient: rate(inputGradient), weightGradient: rate(weightGradient),
      difference: trial.difference(from: reference))
  }
}
