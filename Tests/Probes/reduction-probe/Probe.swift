import CAllocationCounter
import Collectives
import Storage

/// The state of a run: what a trainer would hold.
struct Run {
  let reducer: Reducer
  let tensors: Tensors
  let options: ProbeOptions
  let rank: Int

  /// One step as Training takes it; returns the totals.
  func step(_ step: Int) throws(MPIError) -> ReductionTotals {
    let last = step == options.steps - 1
    for microBatch in reducer.microBatches {
      let (loss, correct) = backward(step, microBatch, poison: last)
      reducer.record(loss: loss, correct: correct, microBatch: microBatch)
    }
    let wish: Int32 = last && options.asking == rank ? 1 << 5 | Int32(rank) : 0
    let totals = try reducer.reduce(control: wish)
    guard totals.isFinite else { return totals }
    try update(norm: totals.gradientNorm)
    try reducer.publish()
    return totals
  }

  /// Overwrites a leaf with numbers of widely differing size that depend on the parameters.
  ///
  /// From the end, as backward does, and now and then without a word of what is final.
  private func backward(
    _ step: Int, _ microBatch: Int, poison: Bool
  ) -> (loss: Double, correct: Int) {
    let random = RandomStream(
      seed: 7, purpose: .synthesis, epoch: UInt32(step), sample: UInt32(microBatch))
    var leaf = reducer.leaf(microBatch)
    let parameters = reducer.parameters
    for (range, isStatistic) in tensors.backwardOrder {
      for index in range {
        let words = random.words(index)
        let scale = Float(sign: .plus, exponent: Int(words.y % 40) - 30, significand: 1)
        leaf[index] = (unitInterval(words.x) - 0.5) * scale + parameters[index] * 0.01
      }
      if poison && options.poisoned == microBatch && range.contains(5000) { leaf[5000] = .nan }
      if microBatch % 3 != 0 && !isStatistic { reducer.advance(from: range.lowerBound) }
    }
    return (Double(random.uniform(1 << 24)) * 3, random.integer(below: 17, at: 1 << 25))
  }

  /// Momentum, with a rate that needs the extra exchange.
  private func update(norm: Double) throws(MPIError) {
    for block in reducer.ownedBlocks { accelerate(block) }
    try reducer.exchangeBlockSums()
    var all = 0.0
    for block in tensors.blocks.indices {
      all += reducer.blockSum(0, block: block) + reducer.parameterSquares(block: block)
    }
    let rate = Float(0.5 / (1 + norm + all.squareRoot()))
    for block in reducer.ownedBlocks { descend(block, rate) }
  }

  private func accelerate(_ block: Reducer.Block) {
    let gradient = reducer.gradientSpan(block)
    var momentum = reducer.state(0, block)
    var squares = 0.0
    for index in gradient.indices {
      momentum[index] = 0.9 * momentum[index] + gradient[index]
      squares += Double(momentum[index]) * Double(momentum[index])
    }
    reducer.setBlockSum(0, block, to: squares)
    reducer.setBlockSum(1, block, to: 1)
  }

  private func descend(_ block: Reducer.Block, _ rate: Float) {
    let momentum = reducer.state(0, block)
    var parameters = reducer.parameters(block)
    subtract(momentum, times: rate, from: &parameters)
  }
}

/// A function of its own: a `let` MutableSpan that is read where it is declared goes to the heap.
private func subtract(
  _ momentum: borrowing MutableSpan<Float>, times rate: Float,
  from parameters: inout MutableSpan<Float>
) {
  for index in momentum.indices { parameters[index] -= rate * momentum[index] }
}

/// Probes with every number of micro-batches that the ranks can share, up to `most`, and gives a
/// digest of each result: mpirun cuts long lines.
func sweep(_ options: ProbeOptions, upTo most: Int, in world: World) throws -> String {
  var options = options
  return try (world.size...most).map { microBatches in
    options.microBatches = microBatches
    return try "micro \(microBatches) \(digest(Array(probe(options, in: world).utf8).span))"
  }.joined(separator: "; ")
}

/// Makes a reducer, takes the steps and says what came out.
func probe(_ options: ProbeOptions, in world: World) throws -> String {
  let tensors = Tensors(large: options.large)
  let layout = ReductionLayout(
    blocks: tensors.blocks, countedBlocks: tensors.countedBlocks,
    lateBlocks: tensors.countedBlocks.firstIndex(of: false),
    microBatches: options.microBatches, stateCount: 2, extraBlockSums: 2,
    sumsParameterSquares: true)
  let reducer = try Reducer(
    layout, in: world, transport: options.transport,
    slices: tensors.slices(ranks: world.size, shift: options.shift),
    bucketSize: options.bucket, windowCapacity: options.capacity)
  try reducer.fillParameters { parameters in
    let random = RandomStream(seed: 1, purpose: .initialization)
    for range in tensors.ranges {
      for index in range { parameters[index] = random.normal(index) }
    }
  }
  let run = Run(reducer: reducer, tensors: tensors, options: options, rank: world.rank)
  var totals = ReductionTotals()
  var allocations: [Int] = []
  for step in 0..<options.steps {
    let before = lockstep_allocations()
    totals = try run.step(step)
    allocations.append(lockstep_allocations() - before)
  }
  let result =
    options.counts
    ? "allocations \(allocations)" : try describe(totals, reducer, tensors, in: world)
  try reducer.close()
  return result
}

/// Parameters and state as digests, totals with all bits, and what was said about the transport.
private func describe(
  _ totals: ReductionTotals, _ reducer: Reducer, _ tensors: Tensors, in world: World
) throws -> String {
  let state = try reducer.withState(0) { digest($0) }
  // What is filled must come back, each slice at its owner.
  try reducer.fillState(1) { full in
    for index in full.indices { full[index] = Float(index) }
  }
  var whole = true
  for block in reducer.ownedBlocks {
    let slice = reducer.state(1, block)
    for index in slice.indices where slice[index] != Float(block.range.lowerBound + index) {
      whole = false
    }
  }
  let stored = try world.broadcast(text: state)
  let losses = (0..<reducer.layout.microBatches).map { reducer.loss(microBatch: $0) }
  return """
    parameters \(digest(reducer.parameters)) state \(stored) restored \(whole) \
    loss \(totals.meanLoss) of \(digest(losses.span)) correct \(totals.correct) \
    norm \(totals.gradientNorm) finite \(totals.isFinite) \
    guilty \(totals.firstNonFiniteMicroBatch ?? -1) control \(totals.control) \
    via \(reducer.transportInUse) note \(reducer.note ?? "none")
    """
}

/// FNV-1a over the bits.
private func digest<Element: BitwiseCopyable>(_ values: Span<Element>) -> String {
  var hash: UInt64 = 0xcbf2_9ce4_8422_2325
  let bytes = values.bytes
  for offset in bytes.byteOffsets {
    let byte = bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
  }
  return String(hash, radix: 16)
}
