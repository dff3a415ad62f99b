/// A line of `metrics.jsonl`.
struct Event: Encodable {
  /// What happened: `start`, `step`, `evaluation`, `decision`, `checkpoint`, `complaint`,
  /// `end`.
  var event: String
  /// Seconds since 1970.
  var time: Double
  /// Steps done.
  var step: Int?
  /// Epochs done.
  var epoch: Double?
  /// The mean loss.
  var loss: Double?
  /// The part of samples classified correctly.
  var accuracy: Double?
  /// The samples that were counted.
  var samples: Int?
  /// The learning rate.
  var rate: Double?
  /// The norm of the gradient.
  var gradientNorm: Double?
  /// Training images a second since the last line.
  var imagesPerSecond: Double?
  /// The number of processes.
  var ranks: Int?
  /// What was evaluated on: `test`, `validation`.
  var split: String?
  /// A file, or a remark.
  var text: String?

  enum CodingKeys: String, CodingKey {
    case event, time, step, epoch, loss, accuracy, samples, rate, ranks, split, text
    case gradientNorm = "gradient_norm"
    case imagesPerSecond = "images_per_second"
  }

  init(_ event: String, step: Int? = nil) {
    self.event = event
    self.step = step
    time = 0
  }
}
