import Kernels
import Storage

/// A convolution of a `ConvolutionChain`, the normalization of what it reads, and where in the
/// chain's memory its own parts lie.
struct ChainLink: Sendable {
  /// A convolution of a network, and what it reads, as they were described.
  struct Description {
    /// The normalization of what enters; nil if it is read as it is.
    let norm: BatchNorm?
    /// Where the range from 0 ends to which the normalized values are clamped; nil if they are not.
    let ceiling: Float?
    let layer: Conv2D
    let inputShape: Shape
    let outputShape: Shape
    /// What computes it, for one size of micro-batch.
    let normalized: NormalizedConvolution
  }

  /// What was described.
  let description: Description
  /// The number of the link's first parameter: a normalization's come before the weights.
  let firstParameter: Int
  /// The weights in the form that the forward pass reads, among all prepared ones.
  let prepared: Range<Int>
  /// Those that the backward pass reads.
  let preparedGradient: Range<Int>
  /// All of its saved memory.
  let saved: Range<Int>
  /// The statistics of what enters, in saved memory; none without a normalization.
  let statistics: BatchNormStatistics
  /// The output, in saved memory; empty for the last link, whose output is the chain's.
  let output: Range<Int>
  /// The gradient of what enters, normalized, in the workspace; empty for the first link.
  let gradient: Range<Int>

  /// The number of the weights among the chain's parameters.
  var weights: Int { firstParameter + (description.norm == nil ? 0 : 4) }
  /// What computes the link.
  var normalized: NormalizedConvolution { description.normalized }
  /// The same without a normalization.
  var convolution: Convolution { normalized.convolution }

  /// All links of a chain for micro-batches of so many samples.
  static func links(_ descriptions: [Description], microBatch: Int) -> [ChainLink] {
    let scratch = descriptions.map(\.normalized.workspaceCount).max() ?? 0
    // Of two gradients that follow each other, one is read and the other written.
    let slot = descriptions.dropFirst().map { microBatch * $0.inputShape.count }.max() ?? 0
    var (parameters, prepared, preparedGradient, saved) = (0, 0, 0, 0)
    return descriptions.enumerated().map { number, description in
      let convolution = description.normalized.convolution
      let isLast = number == descriptions.count - 1
      let output = isLast ? 0 : microBatch * description.outputShape.count
      let channels = description.norm == nil ? 0 : description.inputShape.channels
      let end = saved + padded(output) + BatchNormStatistics.count(channels: channels)
      let first = number == 0 ? 0 : padded(scratch) + number % 2 * padded(slot)
      let link = ChainLink(
        description: description, firstParameter: parameters,
        prepared: prepared..<prepared + convolution.preparedCount,
        preparedGradient: preparedGradient..<preparedGradient + convolution.preparedGradientCount,
        saved: saved..<end,
        statistics: BatchNormStatistics(
          channels: channels, from: saved + padded(output), weight: parameters),
        output: saved..<saved + output,
        gradient: first..<first + (number == 0 ? 0 : microBatch * description.inputShape.count))
      parameters = link.weights + 1
      prepared += padded(convolution.preparedCount)
      preparedGradient += padded(convolution.preparedGradientCount)
      saved = padded(end)
      return link
    }
  }
}

/// So many floats and what fills their last cache line.
private func padded(_ count: Int) -> Int {
  (count + ParameterLayout.alignment - 1) / ParameterLayout.alignment * ParameterLayout.alignment
}
