/// A length of training: steps, or epochs.
///
/// In a plan it is a whole number of steps, or a text such as `1 epoch`, `0.5 epochs`, `200 steps`.
public struct Interval: Codable, Hashable, Sendable {
  /// What an interval is counted in.
  public enum Unit: String, Sendable {
    /// Steps of one global batch.
    case steps
    /// Passes over the training samples.
    case epochs
  }

  /// How many.
  public let count: Double
  /// Of what.
  public let unit: Unit

  /// So many steps.
  public static func steps(_ count: Int) -> Interval { Interval(Double(count), .steps) }
  /// So many epochs.
  public static func epochs(_ count: Double) -> Interval { Interval(count, .epochs) }

  private init(_ count: Double, _ unit: Unit) {
    self.count = count
    self.unit = unit
  }

  /// Reads a number of steps or a text with a unit.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let steps = try? container.decode(Int.self) {
      self.init(Double(steps), .steps)
    } else {
      let text = try container.decode(String.self)
      let words = text.split(separator: " ")
      guard words.count == 2, let count = Double(words[0]),
        let unit = Unit(rawValue: words[1].hasSuffix("s") ? String(words[1]) : words[1] + "s")
      else {
        throw PlanError(
          at: decoder.codingPath,
          "\(text) is no interval; write a number of steps, or a text such as 2 epochs")
      }
      self.init(count, unit)
    }
    guard (0...1e9).contains(count), unit == .epochs || count == count.rounded() else {
      throw PlanError(
        at: decoder.codingPath,
        "is \(count) \(unit.rawValue), must be from 0 to 1000000000, and steps whole")
    }
  }

  /// Writes what `init(from:)` reads.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch unit {
    case .steps: try container.encode(Int(count))
    case .epochs: try container.encode("\(count) epochs")
    }
  }

  /// The interval in whole steps, where an epoch has `samples` samples and a step takes `batch`.
  func inSteps(samples: Int, batch: Int) -> Interval {
    switch unit {
    case .steps: self
    // Whole samples first: 0.07 · 60 000 is not quite 4200.
    case .epochs: .steps(Int((wholeSamples(samples) / Double(batch)).rounded(.up)))
    }
  }

  /// When something repeated at this interval is due.
  public func recurrence(samples: Int, batch: Int) -> Recurrence {
    let length = unit == .steps ? count * Double(batch) : wholeSamples(samples)
    return Recurrence(samples: Int(length), batch: batch)
  }

  /// The samples of so many epochs; at least one unless there are none.
  private func wholeSamples(_ samples: Int) -> Double {
    count == 0 ? 0 : max(1, (count * Double(samples)).rounded())
  }
}

/// Something due each time that so many samples have been used; a pure function of the step.
public struct Recurrence: Sendable {
  /// The samples between two occurrences; 0 for never.
  let samples: Int
  /// The samples of a step.
  let batch: Int

  /// Whether it is due at all.
  var isEver: Bool { samples > 0 }

  /// Whether step number `step`, counted from 0, is one after which it is due.
  public func isDue(after step: Int) -> Bool {
    samples > 0 && (step + 1) * batch / samples > step * batch / samples
  }
}
