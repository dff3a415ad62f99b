import Collectives
import Networks
import Storage

/// Applies an optimizer to the blocks that this rank owns.
struct Updater: ~Copyable {
  private let optimizer: Optimizer
  private let stateCount: Int
  private let clip: Double?
  /// The decay of the average of the weights; nil without one.
  private let averageDecay: Double?
  private var sums: AlignedArray<Double>
  private var norms: AlignedArray<Double>

  init(_ optimizer: Optimizer, _ update: UpdatePlan, layout: ParameterLayout) {
    self.optimizer = optimizer
    stateCount = optimizer.stateNames.count
    clip = update.clip
    averageDecay = update.average
    sums = AlignedArray(count: 2 * layout.blocks.count)
    norms = AlignedArray(count: 2 * layout.tensors.count)
  }

  /// The arrays that are kept from step to step, in the layout of the parameters.
  var stateNames: [String] {
    optimizer.stateNames + (averageDecay == nil ? [] : [Checkpoint.State.average])
  }

  /// The number of the array that holds the average of the weights.
  var averageNumber: Int? { averageDecay == nil ? nil : stateCount }

  /// What has to travel for an optimizer's updates.
  func reductionLayout(_ layout: ParameterLayout, microBatches: Int) -> ReductionLayout {
    ReductionLayout(
      blocks: layout.blocks.map(\.range),
      countedBlocks: layout.blocks.indices.map(optimizer.learns),
      lateBlocks: layout.firstStatisticsBlock,
      microBatches: microBatches,
      stateCount: stateNames.count,
      extraBlockSums: optimizer.tensorNorms == .directions ? 2 : 0,
      sumsParameterSquares: optimizer.tensorNorms == .gradients)
  }

  /// Updates this rank's blocks from the reduced gradient; seals them where asked to.
  mutating func update(
    _ reducer: Reducer, _ totals: ReductionTotals, rate: Double, step: Int, sealing: Bool = false
  ) throws {
    let scale = gradientClip(norm: totals.gradientNorm, limit: clip)
    let step = optimizer.step(step + 1, rate: rate, gradientScale: scale)
    reducer.beginUpdate(sealing: sealing)
    switch optimizer.tensorNorms {
    case .none:
      for block in reducer.ownedBlocks {
        reducer.checkSeal(block)
        update(block, reducer, at: step)
        finish(block, reducer)
      }
    case .gradients:
      takeSums(from: reducer)
      for block in reducer.ownedBlocks {
        reducer.checkSeal(block)
        apply(block, reducer, at: step)
        finish(block, reducer)
      }
    case .directions:
      for block in reducer.ownedBlocks {
        reducer.checkSeal(block)
        prepare(block, reducer, at: step)
      }
      try reducer.exchangeBlockSums()
      takeSums(from: reducer)
      for block in reducer.ownedBlocks {
        apply(block, reducer, at: step)
        finish(block, reducer)
      }
    }
  }

  /// What follows the update of a block, while it is in the cache.
  private func finish(_ block: Reducer.Block, _ reducer: Reducer) {
    if let averageDecay { average(block, reducer, decay: averageDecay) }
    reducer.seal(block)
  }

  private func update(_ block: Reducer.Block, _ reducer: Reducer, at step: OptimizerStep) {
    var parameters = reducer.parameters(block)
    let gradient = reducer.gradientSpan(block)
    var first = state(0, block, reducer)
    var second = state(1, block, reducer)
    optimizer.update(
      block: block.index, parameters: &parameters, gradient: gradient,
      first: &first, second: &second, at: step)
  }

  private func prepare(_ block: Reducer.Block, _ reducer: Reducer, at step: OptimizerStep) {
    var gradient = reducer.gradient(block)
    var first = state(0, block, reducer)
    var second = state(1, block, reducer)
    let parameters = reducer.parametersSpan(block)
    let sums = optimizer.prepare(
      block: block.index, parameters: parameters, gradient: &gradient, first: &first,
      second: &second, at: step)
    reducer.setBlockSum(0, block, to: sums.parameters)
    reducer.setBlockSum(1, block, to: sums.direction)
  }

  private func apply(_ block: Reducer.Block, _ reducer: Reducer, at step: OptimizerStep) {
    var parameters = reducer.parameters(block)
    let direction = reducer.gradientSpan(block)
    var first = state(0, block, reducer)
    optimizer.apply(
      block: block.index, parameters: &parameters, direction: direction,
      first: &first, norms: norms.span, at: step)
  }

  /// The norms of all tensors, from sums over blocks that every rank knows.
  private mutating func takeSums(from reducer: Reducer) {
    let fromReduction = optimizer.tensorNorms == .gradients
    for block in 0..<sums.count / 2 {
      sums[2 * block] =
        fromReduction ? reducer.parameterSquares(block: block) : reducer.blockSum(0, block: block)
      sums[2 * block + 1] =
        fromReduction ? reducer.gradientSquares(block: block) : reducer.blockSum(1, block: block)
    }
    Self.reduce(sums, into: &norms, by: optimizer)
  }

  private static func reduce(
    _ sums: borrowing AlignedArray<Double>, into norms: inout AlignedArray<Double>,
    by optimizer: Optimizer
  ) {
    var tensorNorms = norms.mutableSpan
    optimizer.reduceTensorNorms(of: sums.span, into: &tensorNorms)
  }

  private func average(_ block: Reducer.Block, _ reducer: Reducer, decay: Double) {
    var average = reducer.state(stateCount, block)
    let parameters = reducer.parametersSpan(block)
    optimizer.updateAverage(
      block: block.index, average: &average, parameters: parameters, decay: decay)
  }

  /// A block of one of the optimizer's arrays; empty if it has no such array.
  @_lifetime(borrow reducer)
  private func state(
    _ number: Int, _ block: Reducer.Block, _ reducer: Reducer
  ) -> MutableSpan<Float> {
    number < stateCount ? reducer.state(number, block) : MutableSpan()
  }
}
