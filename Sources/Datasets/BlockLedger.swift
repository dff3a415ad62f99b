internal import Storage
internal import Synchronization

/// What is known of each block of a store: nothing until it is first read.
///
/// Any number of threads may look at the same block at once: they find the same.
@safe internal final class BlockLedger: @unchecked Sendable {
  /// What is known of a block.
  enum State: UInt8 {
    case unknown
    case sound
    case damaged
  }

  /// The number of blocks.
  let count: Int
  private let states: UnsafeMutablePointer<Atomic<UInt8>>

  /// A ledger of so many blocks of which nothing is known.
  init(count: Int) {
    self.count = count
    unsafe states = .allocate(capacity: max(count, 1))
    for block in 0..<count { unsafe (states + block).initialize(to: Atomic(0)) }
  }

  deinit { unsafe states.deallocate() }

  /// What is known of a block.
  subscript(block: Int) -> State {
    get {
      precondition(block >= 0 && block < count, "block \(block) of \(count)")
      return unsafe State(rawValue: states[block].load(ordering: .acquiring)) ?? .unknown
    }
    set {
      precondition(block >= 0 && block < count, "block \(block) of \(count)")
      unsafe states[block].store(newValue.rawValue, ordering: .releasing)
    }
  }
}
