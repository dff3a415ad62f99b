import Dispatch
import Networks
import Synchronization

/// Writes checkpoints on a thread of its own, so that training waits for a memory copy only.
final class CheckpointWriter: Sendable {
  private let folder: CheckpointFolder
  private let layout: ParameterLayout
  private let keep: Int
  private let queue = DispatchQueue(label: "lockstep.checkpoints")
  private let outcomes = Mutex<[Outcome]>([])

  /// How a save ended.
  enum Outcome: Sendable {
    case saved(path: String)
    case failed(step: Int, reason: String)
  }

  init(_ folder: CheckpointFolder, _ layout: ParameterLayout, keep: Int) {
    self.folder = folder
    self.layout = layout
    self.keep = keep
  }

  /// Saves a checkpoint after those handed in before, then removes old ones except `best`'s.
  func save(_ checkpoint: Checkpoint, best: Int?) {
    // At most one waits: memory for checkpoints stays bounded when the disk is slow.
    queue.sync {}
    queue.async { [self] in
      let outcome: Outcome
      do {
        try folder.save(checkpoint, layout)
        folder.prune(upTo: checkpoint.step, keep: keep, best: best)
        outcome = .saved(path: folder.file(step: checkpoint.step))
      } catch {
        outcome = .failed(step: checkpoint.step, reason: AgreedError(error).message)
      }
      outcomes.withLock { $0.append(outcome) }
    }
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
