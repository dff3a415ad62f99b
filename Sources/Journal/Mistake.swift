/// A sample that a model took for another class.
public struct Mistake: Codable, Equatable, Sendable {
  /// The set of samples: `test`, `validation`.
  public var split: String
  /// The sample's number in its split of the data set.
  public var sample: Int
  /// The class that it is of.
  public var label: Int
  /// The class that it was taken for.
  public var predicted: Int
  /// The probability that the model gave to that class.
  public var confidence: Double
  /// A picture of it as the network sees it, a PNG file in the run folder; nil where there is none.
  public var image: String?

  /// A mistake without a picture.
  public init(split: String, sample: Int, label: Int, predicted: Int, confidence: Double) {
    self.split = split
    self.sample = sample
    self.label = label
    self.predicted = predicted
    self.confidence = confidence
  }
}
