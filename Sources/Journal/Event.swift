/// A line of `metrics.jsonl`.
///
/// Which fields an event has depends on its kind; a reader passes over those that it does not know.
public struct Event: Codable, Sendable {
  /// What happened: `start`, `step`, `evaluation`, `decision`, `checkpoint`, `confusion`,
  /// `phases`, `complaint`, `skip`, `rollback`, `stall`, `recovery`, `end`.
  public var event: String
  /// Seconds since 1970.
  public var time: Double
  /// Steps done.
  public var step: Int?
  /// Epochs done.
  public var epoch: Double?
  /// The mean loss.
  public var loss: Double?
  /// The part of samples classified correctly.
  public var accuracy: Double?
  /// The part of samples with their label among the first five classes, where there are more.
  public var topFive: Double?
  /// The samples that were counted.
  public var samples: Int?
  /// The learning rate.
  public var rate: Double?
  /// The norm of the gradient.
  public var gradientNorm: Double?
  /// Training images a second since the last line.
  public var imagesPerSecond: Double?
  /// The rank that took least time for a micro-batch since the last line, without waiting.
  public var fastestRank: Int?
  /// How long it took, in seconds.
  public var fastestSeconds: Double?
  /// The rank that took most.
  public var slowestRank: Int?
  /// How long it took, in seconds.
  public var slowestSeconds: Double?
  /// How long something took, in seconds.
  public var seconds: Double?
  /// The number of processes.
  public var ranks: Int?
  /// What was evaluated on: `test`, `validation`.
  public var split: String?
  /// A file, or a remark.
  public var text: String?
  /// Of `start`: where the run takes place, such as `host`, `CPU`, `transport`.
  public var environment: [String: String]?
  /// Of `confusion`: what the classes are called.
  public var classes: [String]?
  /// Of `confusion`: how many samples of each label (row) were taken for each class (column).
  public var matrix: [[Int]]?
  /// Of `confusion`: the samples that were taken for another class with most confidence.
  public var mistakes: [Mistake]?
  /// Of `phases`: for each rank, the seconds that it spent on each phase of its steps.
  public var phases: [[String: Double]]?

  enum CodingKeys: String, CodingKey {
    case event, time, step, epoch, loss, accuracy, samples, rate, seconds, ranks, split
    case text, environment, classes, matrix, mistakes, phases
    case topFive = "top5"
    case gradientNorm = "gradient_norm"
    case imagesPerSecond = "images_per_second"
    case fastestRank = "fastest_rank"
    case fastestSeconds = "fastest_seconds"
    case slowestRank = "slowest_rank"
    case slowestSeconds = "slowest_seconds"
  }

  /// An event of a kind, after so many steps.
  public init(_ event: String, step: Int? = nil) {
    self.event = event
    self.step = step
    time = 0
  }
}
