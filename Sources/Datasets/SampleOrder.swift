internal import Storage

/// Says which samples a rank's micro-batches have, one micro-batch after the other.
internal protocol SampleOrder: AnyObject {
  /// Overwrites `identities` [b] with the samples of the micro-batch `number`; returns how many of
  /// them count.
  func identify(_ number: Int, into identities: inout MutableSpan<SampleIdentity>) -> Int

  /// Whether other samples may stand in for those that are damaged.
  var hasSubstitutes: Bool { get }

  /// The sample that stands in for a damaged one, at the given attempt to find one.
  func substitute(for identity: SampleIdentity, attempt: Int) -> SampleIdentity
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
  func identify(_ number: Int, into identities: inout MutableSpan<SampleIdentity>) -> Int {
    let (step, offset) = number.quotientAndRemainder(dividingBy: share.count)
    let first = step * globalBatch + (share.lowerBound + offset) * identities.count
    for slot in 0..<identities.count {
      identities[slot] = stream.identity(at: first + slot)
    }
    return identities.count
  }

  var hasSubstitutes: Bool { true }

  func substitute(for identity: SampleIdentity, attempt: Int) -> SampleIdentity {
    stream.substitute(for: identity, attempt: attempt)
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

  func identify(_ number: Int, into identities: inout MutableSpan<SampleIdentity>) -> Int {
    for slot in 0..<identities.count {
      let position = min(number * identities.count + slot, count - 1)
      let sample = samples?[position] ?? UInt32(position)
      identities[slot] = SampleIdentity(epoch: 0, sample: sample)
    }
    return min(identities.count, count - number * identities.count)
  }

  /// Every sample counts exactly once, so none stands in for another.
  var hasSubstitutes: Bool { false }

  func substitute(for identity: SampleIdentity, attempt: Int) -> SampleIdentity { identity }
}
