internal import Storage

/// Says which samples a rank's micro-batches have, one micro-batch after the other.
internal protocol SampleOrder: AnyObject {
  /// Overwrites `identities` [b] with the samples of the micro-batch `number`.
  func identify(_ number: Int, into identities: inout MutableSpan<SampleIdentity>)
}

/// The order of training: a rank's share of each step's part of the endless sample stream.
internal final class TrainingOrder: SampleOrder {
  private var stream: SampleStream
  private let globalBatch: Int
  private let share: Range<Int>

  init(_ stream: SampleStream, globalBatch: Int, share: Range<Int>) {
    self.stream = stream
    self.globalBatch = globalBatch
    self.share = share
  }

  /// Micro-batches count on from step to step: step k has numbers k·n ..< (k + 1)·n of n a step.
  func identify(_ number: Int, into identities: inout MutableSpan<SampleIdentity>) {
    let (step, offset) = number.quotientAndRemainder(dividingBy: share.count)
    let first = step * globalBatch + (share.lowerBound + offset) * identities.count
    for slot in 0..<identities.count {
      identities[slot] = stream.identity(at: first + slot)
    }
  }
}

/// The order of an evaluation: all samples, or the given ones, and then the last again and again.
internal final class EvaluationOrder: SampleOrder {
  private let samples: [UInt32]?
  private let count: Int

  init(_ samples: [UInt32]?, count: Int) {
    self.samples = samples
    self.count = count
  }

  func identify(_ number: Int, into identities: inout MutableSpan<SampleIdentity>) {
    for slot in 0..<identities.count {
      let position = min(number * identities.count + slot, count - 1)
      let sample = samples?[position] ?? UInt32(position)
      identities[slot] = SampleIdentity(epoch: 0, sample: sample)
    }
  }
}
