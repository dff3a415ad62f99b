import Dispatch
import Networks
import Storage
import Synchronization

/// Writes checkpoints on a thread of its own, so that training waits for a memory copy only.
///
/// Whatever is written is read again from the disk before an older checkpoint goes.
final class CheckpointWriter: Sendable {
  private let folder: CheckpointFolder
  private let layout: ParameterLayout
  private let keep: Int
  /// What a checkpoint takes on disk, as far as is known before the first.
  private let expectedBytes: Int
  private let queue = DispatchQueue(label: "lockstep.checkpoints")
  /// One is written while one waits: memory for checkpoints stays bounded when the disk is slow.
  private let slots = DispatchSemaphore(value: 2)
  private let outcomes = Mutex<[Outcome]>([])
  /// What has been said once.
  private let said = Mutex<Set<Remark>>([])

  /// How a save ended, or what is to be said of saving.
  enum Outcome: Sendable {
    case saved(path: String)
    case failed(step: Int, reason: String)
    case remark(String)
  }

  /// What is said once, not at every save.
  private enum Remark { case slow, nearlyFull }

  /// A writer of checkpoints that hold so many arrays of the layout.
  init(_ folder: CheckpointFolder, _ layout: ParameterLayout, arrays: Int, keep: Int) {
    self.folder = folder
    self.layout = layout
    self.keep = keep
    expectedBytes = arrays * layout.count * MemoryLayout<Float>.stride
  }

  /// Saves a checkpoint after those handed in before, then, where it `prunes`, removes old
  /// ones except `best`'s.
  func save(_ checkpoint: Checkpoint, best: Int?, prunes: Bool) {
    if slots.wait(timeout: .now()) == .timedOut {
      say(
        .slow,
        "checkpoints come faster than the disk takes them, so training waits for it; raise "
          + "checkpoint.every, or put the run on another disk with --run")
      slots.wait()
    }
    queue.async { [self] in
      write(checkpoint, best: best, prunes: prunes)
      slots.signal()
    }
  }

  private func write(_ checkpoint: Checkpoint, best: Int?, prunes: Bool) {
    let outcome: Outcome
    do {
      let bytes = try folder.save(checkpoint, layout)
      try folder.requireSound(step: checkpoint.step)
      if prunes { folder.prune(upTo: checkpoint.step, keep: keep, best: best) }
      outcome = .saved(path: folder.file(step: checkpoint.step))
      warnIfNearlyFull(checkpointBytes: bytes)
    } catch {
      outcome = .failed(step: checkpoint.step, reason: AgreedError(error).message)
    }
    outcomes.withLock { $0.append(outcome) }
  }

  /// Says once if the disk has no room for the checkpoints to come, of so many bytes each.
  ///
  /// One more than are kept is on disk at a time: old ones go when the new one is there.
  func warnIfNearlyFull(checkpointBytes: Int? = nil) {
    let checkpointBytes = checkpointBytes ?? expectedBytes
    let missing = max(1, keep + 1 - folder.steps().count)
    guard let free = folder.freeBytes, free < missing * checkpointBytes else { return }
    say(
      .nearlyFull,
      "\(folder.path): its disk is nearly full: \(free >> 20) MB are free, the next "
        + counted(missing, "checkpoint") + " of \((checkpointBytes >> 20) + 1) MB will not fit; "
        + "free some space, or set a smaller checkpoint.keep")
  }

  private func say(_ remark: Remark, _ text: String) {
    guard said.withLock({ $0.insert(remark).inserted }) else { return }
    outcomes.withLock { $0.append(.remark(text)) }
  }

  /// How saves ended since this was last asked.
  func takeOutcomes() -> [Outcome] {
    outcomes.withLock { outcomes in
      defer { outcomes.removeAll() }
      return outcomes
    }
  }

  /// Waits until everything handed in is on disk.
  func finish() { queue.sync {} }
}
