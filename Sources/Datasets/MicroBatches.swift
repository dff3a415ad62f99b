internal import Storage

/// A run of micro-batches in order.
public struct MicroBatches {
  internal let supply: MicroBatchSupply
  /// The index of the micro-batch to hand out next.
  internal var current: Int
  internal let end: Int
  /// The number in the supply's order that index 0 would have.
  internal let origin: Int
  /// What is told of samples that are left out; nil where nobody asks.
  internal let leftOut: LeftOutSamples?

  /// The next micro-batch, nil after the last; the one before is overwritten.
  ///
  /// Throws a `DatasetError` that names the shard if it cannot be read.
  public mutating func next() throws(DatasetError) -> MicroBatch? {
    guard current < end else {
      supply.giveBack()
      return nil
    }
    let memory = try supply.take(origin + current)
    leftOut?.count(memory)
    defer { current += 1 }
    return MicroBatch(index: current, count: memory.count, in: memory)
  }
}

/// Where micro-batches come from when they are needed.
internal enum MicroBatchSupply {
  /// Read there and then, into one and the same memory.
  case inline(MicroBatchSource, MicroBatchMemory)
  /// Read already, by a thread.
  case ahead(ReadAhead)

  /// The micro-batch `number` of the order.
  func take(_ number: Int) throws(DatasetError) -> MicroBatchMemory {
    switch self {
    case .inline(let source, let memory):
      try source.read(number, into: memory)
      return memory
    case .ahead(let reader): return try reader.take(number)
    }
  }

  /// Takes note that the micro-batch that was taken last is not needed any more.
  func giveBack() {
    if case .ahead(let reader) = self { reader.giveBack() }
  }
}
