import Collectives
import Journal
import Networks

/// What an evaluation counts besides losses: first on one rank's share, then on all.
struct Tally {
  /// How many mistakes are kept.
  static let mistakesKept = 24

  /// How many samples of each class were taken for which.
  private(set) var confusion: ConfusionMatrix
  /// The most confident mistakes, the worst first.
  private(set) var mistakes: [Mistake] = []
  /// How many samples have their label among the first five classes.
  private(set) var inTopFive = 0
  private let split: String

  /// A tally of no samples of a set.
  init(split: String, classCount: Int) {
    self.split = split
    confusion = ConfusionMatrix(classCount: classCount)
  }

  /// Counts a sample.
  mutating func add(_ prediction: Prediction, label: Int, place: Int, sample: Int) {
    if place < 5 { inTopFive += 1 }
    confusion.count(label: label, predicted: prediction.predicted)
    guard prediction.predicted != label, prediction.confidence.isFinite else { return }
    let mistake = Mistake(
      split: split, sample: sample, label: label, predicted: prediction.predicted,
      confidence: prediction.confidence)
    if mistakes.count == Self.mistakesKept, !Self.comesBefore(mistake, mistakes.last) { return }
    mistakes.append(mistake)
    keepWorst()
  }

  /// Completes the tally from those of all ranks, which call this together: counts are integers,
  /// and mistakes are ordered by their numbers, so all ranks end with the same for any number of
  /// them.
  mutating func combine(in world: World) throws {
    try confusion.replaceCounts { try world.sum(&$0) }
    var counts = [Int64(inTopFive)]
    try world.sum(&counts)
    inTopFive = Int(counts[0])
    let runs = Runs([Int](repeating: 4 * Self.mistakesKept, count: world.size))
    var numbers = [Int64](repeating: -1, count: runs.total)
    for (place, mistake) in mistakes.enumerated() {
      let start = runs[world.rank].lowerBound + 4 * place
      numbers[start] = Int64(mistake.sample)
      numbers[start + 1] = Int64(mistake.label)
      numbers[start + 2] = Int64(mistake.predicted)
      numbers[start + 3] = Int64(bitPattern: mistake.confidence.bitPattern)
    }
    try world.allGather(&numbers, runs)
    mistakes = stride(from: 0, to: numbers.count, by: 4).filter { numbers[$0] >= 0 }.map {
      Mistake(
        split: split, sample: Int(numbers[$0]), label: Int(numbers[$0 + 1]),
        predicted: Int(numbers[$0 + 2]),
        confidence: Double(bitPattern: UInt64(bitPattern: numbers[$0 + 3])))
    }
    keepWorst()
  }

  private mutating func keepWorst() {
    mistakes.sort { Self.comesBefore($0, $1) }
    mistakes.removeLast(max(0, mistakes.count - Self.mistakesKept))
  }

  /// The more confident one first; of equals the one with the lower number.
  private static func comesBefore(_ one: Mistake, _ other: Mistake?) -> Bool {
    guard let other else { return true }
    return (-one.confidence, one.sample) < (-other.confidence, other.sample)
  }
}
