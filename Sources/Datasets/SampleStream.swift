public import Storage

/// The endless sample stream: the concatenation of the epochs' permutations.
///
/// Which sample has which position is a pure function of the seed; the stream only remembers the
/// permutation of the epoch that it was last asked about.
public struct SampleStream: Sendable {
  /// The number of samples of an epoch.
  public var count: Int { samples.count }

  internal let seed: UInt64
  private let samples: [UInt32]
  private var permutation: [UInt32]
  private var epoch: UInt32?

  /// The stream over samples 0 ..< count.
  public init(count: Int, seed: UInt64) {
    self.init(samples: Array(0..<UInt32(count)), seed: seed)
  }

  /// The stream over the given samples, such as those that are not held out for validation.
  public init(samples: [UInt32], seed: UInt64) {
    precondition(!samples.isEmpty, "a stream needs at least one sample")
    self.samples = samples
    self.seed = seed
    permutation = [UInt32](repeating: 0, count: samples.count)
  }

  /// The sample at `position`, from 0; step k of a run takes positions kB ..< (k+1)B.
  ///
  /// Positions may come in any order; going back and forth between epochs costs a permutation each.
  public mutating func identity(at position: Int) -> SampleIdentity {
    precondition(position >= 0, "position \(position) in the sample stream")
    let (epoch, index) = position.quotientAndRemainder(dividingBy: count)
    if self.epoch != UInt32(epoch) { permute(epoch: UInt32(epoch)) }
    return SampleIdentity(epoch: UInt32(epoch), sample: permutation[index])
  }

  /// A sample that may stand in for one that is damaged: a pure function of seed, epoch and sample.
  func substitute(for identity: SampleIdentity, attempt: Int) -> SampleIdentity {
    let random = RandomStream(
      seed: seed, purpose: .substitution, epoch: identity.epoch, sample: identity.sample)
    let sample = samples[random.integer(below: count, at: attempt)]
    return SampleIdentity(epoch: identity.epoch, sample: sample)
  }

  /// Overwrites the permutation with that of `epoch` (Fisher and Yates, 1938; Durstenfeld, 1964).
  private mutating func permute(epoch: UInt32) {
    for index in samples.indices { permutation[index] = samples[index] }
    let random = RandomStream(seed: seed, purpose: .permutation, epoch: epoch)
    for index in stride(from: samples.count - 1, to: 0, by: -1) {
      permutation.swapAt(index, random.integer(below: index + 1, at: index))
    }
    self.epoch = epoch
  }
}

/// Samples of the training split divided into those to train on and those held out.
public struct ValidationSplit: Equatable, Sendable {
  /// The samples to train on, ascending.
  public let training: [UInt32]
  /// The samples held out for validation, ascending.
  public let heldOut: [UInt32]

  /// Holds out `heldOut` of `count` samples, chosen by the seed alone.
  public init(count: Int, heldOut: Int, seed: UInt64) {
    precondition(
      heldOut >= 0 && heldOut < count, "\(heldOut) of \(count) samples cannot be held out")
    var samples = Array(0..<UInt32(count))
    let random = RandomStream(seed: seed, purpose: .validation)
    for index in 0..<heldOut {
      samples.swapAt(index, index + random.integer(below: count - index, at: index))
    }
    self.heldOut = samples[..<heldOut].sorted()
    training = samples[heldOut...].sorted()
  }
}
