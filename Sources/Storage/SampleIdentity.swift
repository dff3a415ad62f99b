/// Which sample of which epoch: all that randomness may depend on, besides the seed.
public struct SampleIdentity: Hashable, Sendable, BitwiseCopyable {
  /// The epoch, from 0.
  public var epoch: UInt32
  /// The index of the sample in its data set, from 0.
  public var sample: UInt32

  /// The sample with index `sample` in epoch `epoch`.
  public init(epoch: UInt32, sample: UInt32) {
    self.epoch = epoch
    self.sample = sample
  }
}
