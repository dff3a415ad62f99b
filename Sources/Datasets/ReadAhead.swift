internal import Dispatch
internal import Synchronization

/// A rank's micro-batches in order, read by a thread of their own ahead of the thread that trains.
///
/// Everything is allocated and the thread started at once; with the last reference the thread ends.
internal final class ReadAhead {
  private let ring: MicroBatchRing
  private let queue = DispatchQueue(label: "lockstep.samples")
  /// The number of the micro-batch to hand out next.
  private var next: Int
  /// Whether the one handed out last is still in use.
  private var isInUse = false

  /// Reads the micro-batches from `first` on.
  init(_ source: MicroBatchSource, from first: Int) {
    let ring = MicroBatchRing(source, from: first)
    self.ring = ring
    next = first
    queue.async { ring.fill() }
  }

  deinit {
    ring.stop()
    // Behind what fills the ring: after this the thread holds nothing any more.
    queue.sync {}
  }

  /// The micro-batch `number`, which follows the one before; waits until it is there.
  ///
  /// Throws what reading it threw, each time that it is asked for.
  func take(_ number: Int) throws(DatasetError) -> MicroBatchMemory {
    precondition(number == next, "micro-batch \(number) in place of \(next)")
    giveBack()
    let memory = try ring.take(number)
    isInUse = true
    next += 1
    return memory
  }

  /// Lets the thread have the memory of the micro-batch that was taken last.
  func giveBack() {
    if isInUse { ring.giveBack() }
    isInUse = false
  }
}

/// Micro-batches between the thread that reads them and the one that trains.
///
/// Sendable because each memory belongs to one thread at a time: to the reading one from `free` to
/// `ready`, to the training one from `ready` to `free`. Waiting threads sleep.
private final class MicroBatchRing: @unchecked Sendable {
  /// A few, so that an epoch's new permutation, or a page that is not in memory, stops nobody.
  private static let size = 4

  private let source: MicroBatchSource
  private let memories: [MicroBatchMemory]
  private let first: Int
  // Semaphores must not end below the value that they began with: they begin at 0.
  private let free = DispatchSemaphore(value: 0)
  private let ready = DispatchSemaphore(value: 0)
  private let isStopped = Atomic<Bool>(false)

  init(_ source: MicroBatchSource, from first: Int) {
    self.source = source
    self.first = first
    memories = (0..<Self.size).map { _ in source.makeMemory() }
    for _ in memories { free.signal() }
  }

  /// Reads one micro-batch after the other, until told to stop or one cannot be read.
  func fill() {
    var number = first
    while true {
      free.wait()
      if isStopped.load(ordering: .acquiring) { return }
      let memory = memories[number % Self.size]
      do {
        try source.read(number, into: memory)
      } catch {
        memory.failure = error
      }
      let isLast = memory.failure != nil
      ready.signal()
      if isLast { return }
      number += 1
    }
  }

  func stop() {
    isStopped.store(true, ordering: .releasing)
    free.signal()
  }

  func take(_ number: Int) throws(DatasetError) -> MicroBatchMemory {
    ready.wait()
    let memory = memories[number % Self.size]
    if let failure = memory.failure {
      // Nothing is made after it: it stays for whoever asks again.
      ready.signal()
      throw failure
    }
    return memory
  }

  func giveBack() { free.signal() }
}
