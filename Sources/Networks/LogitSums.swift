import Storage

/// The sums of a micro-batch's logits over several views of its samples.
///
/// Views are judged by the mean of their logits, as torchvision's TenCrop proposes it.
public struct LogitSums: Sendable {
  /// [N, K].
  private var sums: [Float]
  /// The number of views.
  private var views = 0

  /// Sums of nothing yet, for `count` logits N·K.
  public init(count: Int) { sums = [Float](repeating: 0, count: count) }

  /// Adds the logits [N, K] of a view; sums are taken in the order of views.
  public mutating func add(_ logits: Span<Float>) {
    precondition(logits.count == sums.count, "\(logits.count) logits for \(sums.count)")
    for index in logits.indices { sums[index] += logits[index] }
    views += 1
  }

  /// Overwrites `logits` [N, K] with the means.
  func writeMeans(to logits: inout MutableSpan<Float>) {
    for index in sums.indices { logits[index] = sums[index] / Float(views) }
  }
}

extension Model {
  /// Takes the means of `sums` for the logits of the last forward pass, and computes the loss of the
  /// first `count` samples by them.
  public mutating func judge(
    _ sums: LogitSums, labels: Span<Int32>, count: Int
  ) -> MicroBatchLoss {
    let view = self.view
    var logits = view.write(compiled.output)
    sums.writeMeans(to: &logits)
    return computeLoss(labels: labels, count: count)
  }
}
