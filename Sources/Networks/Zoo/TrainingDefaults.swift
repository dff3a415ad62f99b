/// How a network is usually trained: what a plan leaves out.
public struct TrainingDefaults: Hashable, Sendable {
  /// How often all samples are seen.
  public let epochs: Int
  /// The optimizer, as plans name it.
  public let optimizer: String
  /// The learning rate for a global batch of 256; see `Schedule.scaled`.
  public let rate: Double
  /// The weight decay, λ.
  public let weightDecay: Double
  /// The decay of the rate, as plans name it.
  public let schedule: String
  /// The epochs over which the rate rises.
  public let warmupEpochs: Double

  /// SGD, with momentum, under half a cosine.
  init(epochs: Int, rate: Double, weightDecay: Double, warmupEpochs: Double) {
    self.epochs = epochs
    optimizer = OptimizerMethod.sgd().name
    self.rate = rate
    self.weightDecay = weightDecay
    schedule = RateDecay.cosine().name
    self.warmupEpochs = warmupEpochs
  }

  /// Caffe's LeNet, with a rate for its larger batch.
  static let leNet = TrainingDefaults(
    epochs: 8, rate: 0.05, weightDecay: 5e-4, warmupEpochs: 0.5)
  /// VGG with batch norm on small images.
  static let vgg = TrainingDefaults(
    epochs: 100, rate: 0.1, weightDecay: 5e-4, warmupEpochs: 5)
  /// He et al., 2015, section 4.2: 0.1 at batch 128, 164 epochs.
  static let resNetCIFAR = TrainingDefaults(
    epochs: 164, rate: 0.2, weightDecay: 1e-4, warmupEpochs: 5)
  /// Goyal et al., 2017.
  static let resNet = TrainingDefaults(
    epochs: 90, rate: 0.1, weightDecay: 1e-4, warmupEpochs: 5)
  /// Sandler et al., 2018, and torchvision: a small rate and decay for a small network.
  static let mobileNetV2 = TrainingDefaults(
    epochs: 300, rate: 0.045, weightDecay: 4e-5, warmupEpochs: 5)
  /// A network that nobody has trained before: one described in a plan.
  static let unknown = TrainingDefaults(
    epochs: 20, rate: 0.05, weightDecay: 5e-4, warmupEpochs: 1)
}
