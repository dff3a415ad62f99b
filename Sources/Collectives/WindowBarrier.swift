import CFutex
import Synchronization

/// A barrier of one node's ranks in their shared memory.
///
/// Where each rank has a core of its own, one that waits looks again and again, for about as long
/// as the others may be late, before it sleeps. Where ranks outnumber cores it sleeps at once: the
/// core belongs to those that compute. (`MPI_Barrier` never sleeps; with `mpi_yield_when_idle` it
/// asks for the next turn again and again.) What a rank wrote before the barrier, all see after it.
@safe final class WindowBarrier {
  /// Bytes of shared memory: three words, each in a cache line of its own.
  static let bytes = 3 * 64

  private let size: UInt32
  private let looks: Int
  /// Ranks that have come to this meeting.
  private let arrived: UnsafeMutablePointer<Atomic<UInt32>>
  /// Meetings that are over.
  private let meetings: UnsafeMutablePointer<Atomic<UInt32>>
  /// Ranks that sleep or are about to.
  private let sleepers: UnsafeMutablePointer<Atomic<UInt32>>

  /// A barrier of `size` ranks over memory at `start`, that sleeps after so many looks.
  ///
  /// Every rank clears the words, since a window of one rank is not zero at first; so ranks must
  /// have met by other means before they meet here.
  init(at start: UnsafeMutableRawPointer, size: Int, looks: Int) {
    self.size = UInt32(size)
    self.looks = looks
    unsafe arrived = start.assumingMemoryBound(to: Atomic<UInt32>.self)
    unsafe meetings = (start + 64).assumingMemoryBound(to: Atomic<UInt32>.self)
    unsafe sleepers = (start + 128).assumingMemoryBound(to: Atomic<UInt32>.self)
    unsafe arrived.pointee.store(0, ordering: .relaxed)
    unsafe meetings.pointee.store(0, ordering: .relaxed)
    unsafe sleepers.pointee.store(0, ordering: .relaxed)
  }

  /// Waits until every rank has come here.
  func meet() {
    let meeting = unsafe meetings.pointee.load(ordering: .relaxed)
    let last = unsafe arrived.pointee.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue
    if last == size {
      unsafe arrived.pointee.store(0, ordering: .relaxed)
      // A rank that is about to sleep either is counted here or finds the word changed.
      unsafe meetings.pointee.store(meeting &+ 1, ordering: .sequentiallyConsistent)
      if unsafe sleepers.pointee.load(ordering: .sequentiallyConsistent) > 0 {
        unsafe lockstep_futex_wake(word)
      }
      return
    }
    for _ in 0..<looks {
      if unsafe meetings.pointee.load(ordering: .acquiring) != meeting { return }
      lockstep_pause()
    }
    unsafe sleepers.pointee.wrappingAdd(1, ordering: .sequentiallyConsistent)
    while unsafe meetings.pointee.load(ordering: .sequentiallyConsistent) == meeting {
      unsafe lockstep_futex_wait(word, meeting)
    }
    unsafe sleepers.pointee.wrappingSubtract(1, ordering: .relaxed)
  }

  private var word: UnsafeMutablePointer<UInt32> {
    unsafe UnsafeMutableRawPointer(meetings).assumingMemoryBound(to: UInt32.self)
  }
}
