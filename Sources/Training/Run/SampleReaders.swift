import Collectives
import Datasets
import Storage

/// Makes readers of a rank's share of each step: one at the start, and one whenever a run goes back.
struct SampleReaders {
  let data: TrainingData
  let batch: BatchPlan
  let augmentation: Augmentation
  let share: Range<Int>
  let ahead: Bool

  /// A reader from a step on; what was left out before is in `checkpoint`, which the root has.
  func reader(from step: Int, after checkpoint: Checkpoint?) -> BatchReader {
    data.reader(
      batch, augmentation, share: share, firstStep: step, ahead: ahead,
      leftOut: checkpoint?.leftOutSamples(blocks: data.training))
  }
}
