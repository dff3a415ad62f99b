/// How many samples of each class a model took for which class.
public struct ConfusionMatrix: Equatable, Sendable {
  /// The number of classes, C.
  public let classCount: Int
  /// The samples of each label (row) that were taken for each class (column), [C, C].
  public private(set) var counts: [Int64]

  /// A matrix of no samples.
  public init(classCount: Int) {
    self.classCount = classCount
    counts = [Int64](repeating: 0, count: classCount * classCount)
  }

  /// The matrix of the given rows; nil unless they are as many as each is long, and not negative.
  public init?(rows: [[Int]]) {
    guard rows.allSatisfy({ $0.count == rows.count && $0.allSatisfy { $0 >= 0 } }) else {
      return nil
    }
    classCount = rows.count
    counts = rows.flatMap { $0.map(Int64.init) }
  }

  /// Counts a sample.
  public mutating func count(label: Int, predicted: Int) {
    counts[label * classCount + predicted] += 1
  }

  /// Replaces the counts by what `body` makes of them, such as their sums over ranks.
  public mutating func replaceCounts(_ body: (inout [Int64]) throws -> Void) rethrows {
    try body(&counts)
  }

  /// The samples with this label that were taken for this class.
  public subscript(label: Int, predicted: Int) -> Int {
    Int(counts[label * classCount + predicted])
  }

  /// The matrix row by row.
  public var rows: [[Int]] {
    (0..<classCount).map { label in (0..<classCount).map { self[label, $0] } }
  }

  /// All samples.
  public var total: Int { Int(counts.reduce(0, +)) }

  /// The samples that were taken for what they are.
  public var correct: Int { (0..<classCount).reduce(0) { $0 + self[$1, $1] } }

  /// How well a class is told from the others.
  public func figures(of label: Int) -> ClassFigures {
    ClassFigures(
      samples: (0..<classCount).reduce(0) { $0 + self[label, $1] },
      predicted: (0..<classCount).reduce(0) { $0 + self[$1, label] },
      correct: self[label, label])
  }
}

/// How well one class is told from the others.
public struct ClassFigures: Equatable, Sendable {
  /// The samples of the class.
  public let samples: Int
  /// The samples that were taken for it.
  public let predicted: Int
  /// Those of both.
  public let correct: Int

  /// The part of what was taken for the class that is of it; nil if nothing was.
  public var precision: Double? { predicted == 0 ? nil : Double(correct) / Double(predicted) }
  /// The part of the class that was found; nil if there is none of it.
  public var recall: Double? { samples == 0 ? nil : Double(correct) / Double(samples) }
  /// The harmonic mean of precision and recall, 2·TP / (samples + predicted); nil for neither.
  public var f1: Double? {
    samples + predicted == 0 ? nil : 2 * Double(correct) / Double(samples + predicted)
  }
}
