import Datasets

/// What a model must know of its data to be used: it lies in every checkpoint.
struct Preprocessing: Sendable {
  /// What the classes are called.
  let classNames: [String]
  /// The mean of each channel, of pixels in 0...1.
  let means: [Double]
  /// The standard deviation of each channel.
  let deviations: [Double]

  init(_ dataset: Dataset) {
    classNames = dataset.classNames
    means = dataset.normalization.means
    deviations = dataset.normalization.deviations
  }
}
