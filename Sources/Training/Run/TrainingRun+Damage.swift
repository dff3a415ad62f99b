import Collectives
import Datasets

// Samples of damaged blocks that are left out, where the plan asks for that.

extension TrainingRun {
  /// How many samples of each damaged block all ranks have left out so far, for the checkpoint.
  ///
  /// All ranks call this together. What is new is said.
  func sumOfLeftOutSamples() throws -> [String: Double] {
    guard let store = leavesOut else { return [:] }
    var counts = samples.leftOutSamples
    try world.sum(&counts)
    var control: [String: Double] = [:]
    for (block, count) in counts.enumerated() where count > 0 {
      control[Checkpoint.leftOutName(block)] = Double(count)
      coordinator.sayLeftOut(block, of: store)
    }
    return control
  }
}

extension Checkpoint {
  /// What the number of samples left out of a block is called in the control group.
  static func leftOutName(_ block: Int) -> String { "left_out_of_block_\(block)" }

  /// How many samples of each block were left out before this checkpoint.
  func leftOutSamples(blocks store: SampleStore) -> [Int64] {
    (0..<store.blockCount).map { block in
      control[Self.leftOutName(block)].flatMap { Int64(exactly: $0) } ?? 0
    }
  }
}
