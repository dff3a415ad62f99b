import Kernels
import Storage

/// A convolution of a `ConvolutionChain`, the normalization of what it reads, and where in the
/// chain's memory its own parts lie.
struct ChainLink: Sendable {
  /// A convolution of a network, and what it reads, as they were described.
  struct Description {
    /// The normalization of what enters; nil if it is read as it is.
    var norm: BatchNorm?
    /// Where the range from 0 ends to which the normalized values are clamped; nil if they are not.
    var ceiling: Float?
    let layer: Conv2D
    let inputShape: Shape
    let outputShape: Shape
  }

  /// What was described.
  let description: Description
  /// The convolution of a micro-batch.
  let convolution: Convolution
  /// The same with normalized input.
  let normalized: NormalizedConvolution
  /// The number of the link's first parameter: a normalization's come before the weights.
  let firstParameter: Int
  /// The weights in the form that the forward pass reads, among all prepared ones.
  let prepared: Range<Int>
  /// Those that the backward pass reads.
  let preparedGradient: Range<Int>
  /// Mean, variance and inverse deviation of what enters, in saved memory.
  let statistics: Range<Int>
  /// The output, in saved memory; empty for the last link, whose output is the chain's.
  let output: Range<Int>
  /// The gradient of what enters, normalized, in the workspace; empty for the first link.
  let gradient: Range<Int>

  /// The number of the weights among the chain's parameters.
  var weights: Int { firstParameter + (description.norm == nil ? 0 : 4) }
  /// The channels of what enters.
  var channels: Int { description.inputShape.channels }

  /// All links of a chain for micro-batches of so many samples; nil if one of them cannot take
  /// normalized input.
  static func links(_ descriptions: [Description], microBatch: Int) -> [ChainLink]? {
    let pairs = descriptions.compactMap { description -> (Convolution, NormalizedConvolution)? in
      let convolution = description.layer.convolution(
        of: description.inputShape, samples: microBatch)
      return NormalizedConvolution(convolution).map { (convolution, $0) }
    }
    guard pairs.count == descriptions.count else { return nil }
    let scratch = pairs.map(\.1.workspaceCount).max() ?? 0
    // Of two gradients that follow each other, one is read and the other written.
    let slot = descriptions.dropFirst().map { microBatch * $0.inputShape.count }.max() ?? 0
    var (parameters, prepared, preparedGradient, saved) = (0, 0, 0, 0)
    return zip(descriptions, pairs).enumerated().map { number, parts in
      let (description, (convolution, normalized)) = parts
      let isLast = number == descriptions.count - 1
      let output = isLast ? 0 : microBatch * description.outputShape.count
      let statistics = description.norm == nil ? 0 : 3 * description.inputShape.channels
      let first = number == 0 ? 0 : padded(scratch) + number % 2 * padded(slot)
      let link = ChainLink(
        description: description, convolution: convolution, normalized: normalized,
        firstParameter: parameters,
        prepared: prepared..<prepared + convolution.preparedCount,
        preparedGradient: preparedGradient..<preparedGradient + convolution.preparedGradientCount,
        statistics: saved + padded(output)..<saved + padded(output) + statistics,
        output: saved..<saved + output,
        gradient: first..<first + (number == 0 ? 0 : microBatch * description.inputShape.count))
      parameters = link.weights + 1
      prepared += padded(convolution.preparedCount)
      preparedGradient += padded(convolution.preparedGradientCount)
      saved += padded(output) + padded(statistics)
      return link
    }
  }
}

/// So many floats and what fills their last cache line.
private func padded(_ count: Int) -> Int {
  (count + ParameterLayout.alignment - 1) / ParameterLayout.alignment * ParameterLayout.alignment
}
