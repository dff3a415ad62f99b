import Collectives
import EventFiles
import Networks
import Storage

/// Histograms of all weights and gradients: first of one rank's blocks, then of all.
struct TensorHistograms {
  /// What a block's numbers come to: their sum, the sum of their squares, the smallest, the largest.
  private static let figuresOfBlock = 4

  private let layout: ParameterLayout
  /// [2, tensors, buckets]: of weights, and then of gradients.
  private var counts: [Int64]
  /// [blocks, 2, figures].
  private var figures: [Double]

  /// Histograms of nothing.
  init(_ layout: ParameterLayout) {
    self.layout = layout
    counts = [Int64](repeating: 0, count: 2 * layout.tensors.count * Histogram.bucketCount)
    figures = [Double](
      repeating: 0, count: layout.blocks.count * 2 * Self.figuresOfBlock)
  }

  /// Counts the weights (kind 0) or gradients (kind 1) of a block; its padding does not count.
  mutating func add(_ values: Span<Float>, kind: Int, block: Int) {
    let range = layout.blocks[block].range
    let tensor = layout.blocks[block].tensor
    let first = (kind * layout.tensors.count + tensor) * Histogram.bucketCount
    var (sum, squares) = (0.0, 0.0)
    var (smallest, largest) = (Double.infinity, -Double.infinity)
    for index in 0..<min(range.count, layout.tensors[tensor].range.upperBound - range.lowerBound) {
      let value = Double(values[index])
      counts[first + Histogram.bucket(of: value)] += 1
      sum += value
      squares += value * value
      smallest = min(smallest, value)
      largest = max(largest, value)
    }
    let start = (2 * block + kind) * Self.figuresOfBlock
    for (place, figure) in [sum, squares, smallest, largest].enumerated() {
      figures[start + place] = figure
    }
  }

  /// Completes counts and figures from all ranks, which call this together.
  ///
  /// Counts are integers; floating-point numbers are moved, and added in the order of blocks.
  mutating func combine(in world: World, _ slices: SlicePartition) throws {
    try world.sum(&counts)
    try world.allGather(
      &figures, Runs(slices.blockRanges.map { $0.count * 2 * Self.figuresOfBlock }))
  }

  /// The histograms by name; of running statistics there is no gradient.
  var values: [EventValue] {
    layout.tensors.indices.flatMap { tensor -> [EventValue] in
      let name = layout.tensors[tensor].name
      let weights = EventValue("weights/\(name)", .histogram(histogram(kind: 0, of: tensor)))
      guard layout.tensors[tensor].specification.role.isLearned else { return [weights] }
      return [
        weights, EventValue("gradients/\(name)", .histogram(histogram(kind: 1, of: tensor))),
      ]
    }
  }

  private func histogram(kind: Int, of tensor: Int) -> Histogram {
    let first = (kind * layout.tensors.count + tensor) * Histogram.bucketCount
    var (sum, squares) = (0.0, 0.0)
    var (smallest, largest) = (Double.infinity, -Double.infinity)
    for block in layout.tensors[tensor].blocks {
      let start = (2 * block + kind) * Self.figuresOfBlock
      sum += figures[start]
      squares += figures[start + 1]
      smallest = min(smallest, figures[start + 2])
      largest = max(largest, figures[start + 3])
    }
    return Histogram(
      counts: Array(counts[first..<first + Histogram.bucketCount]), smallest: smallest,
      largest: largest, sum: sum, squares: squares)
  }
}

extension TrainingRun {
  /// Counts weights and gradients of a step, after `reduce` and before the update; all ranks call it
  /// together.
  func recordHistograms(after step: Int) throws {
    reducer.progress.enter(.logging)
    var histograms = TensorHistograms(model.layout)
    for block in reducer.ownedBlocks {
      histograms.add(reducer.parametersSpan(block), kind: 0, block: block.index)
      histograms.add(reducer.gradientSpan(block), kind: 1, block: block.index)
    }
    try histograms.combine(in: world, reducer.slices)
    coordinator.record(histograms, after: step)
  }
}
