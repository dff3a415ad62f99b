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

    enum CodingKeys: String, CodingKey {
      case name, shape, forward
      case inputGradient = "input_gradient"
      case weightGradient = "weight_gradient"
    }

    /// The row for people.
    var line: String {
      let rates = [forward, inputGradient, weightGradient].map { fixed($0, 1) }
      return name + String(repeating: " ", count: max(1, 28 - name.count))
        + rates.map { String(repeating: " ", count: max(1, 8 - $0.count)) + $0 }.joined()
        + "   " + shape
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
      Coordinator.say("GFLOP/s: forward, input gradient, weight gradient", in: world)
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
    let shape = measured.geometry
    var x = Self.numbers(samples * measured.inputCount)
    var weights = Self.numbers(measured.weightCount)
    var y = Self.numbers(samples * measured.outputCount)
    let convolution = Convolution(shape, samples: samples, policy: isExact ? .exact : .fast)
    var scratch = AlignedArray<Float>(count: convolution.workspaceCount)
    var workspace = scratch.mutableSpan
    var forwardMemory = AlignedArray<Float>(count: convolution.preparedCount)
    var prepared = forwardMemory.mutableSpan
    convolution.prepare(weights.span, into: &prepared)
    var gradientMemory = AlignedArray<Float>(count: convolution.preparedGradientCount)
    var preparedGradient = gradientMemory.mutableSpan
    convolution.prepareGradient(weights.span, into: &preparedGradient)
    let operations = Double(measured.operations) / Double(measured.samples) * Double(samples)
    func rate(_ seconds: [Double]) -> Double { operations / median(seconds) / 1e9 }
    var output = y.mutableSpan
    let forward = try windows.measure(in: world) {
      convolution.forward(
        x.span, weights.span, prepared: forwardMemory.span, into: &output, workspace: &workspace)
    }
    var weightTarget = weights.mutableSpan
    let weightGradient = try windows.measure(in: world) {
      convolution.weightGradient(x.span, y.span, into: &weightTarget, workspace: &workspace)
    }
    var inputTarget = x.mutableSpan
    let inputGradient = try windows.measure(in: world) {
      convolution.inputGradient(
        y.span, weights.span, prepared: gradientMemory.span, into: &inputTarget,
        workspace: &workspace)
    }
    return Row(
      name: measured.name, shape: measured.shape, forward: rate(forward),
      inputGradient: rate(inputGradient), weightGradient: rate(weightGradient))
  }

  /// Small numbers of both signs.
  private static func numbers(_ count: Int) -> AlignedArray<Float> {
    var numbers = AlignedArray<Float>(count: count)
    for index in 0..<count { numbers[index] = Float(index % 31 - 15) / 64 }
    return numbers
  }
}
