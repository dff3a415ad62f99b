import Networks
import Storage

/// All that a run needs to go on, or a model to be used: a pure function of recipe, data, seed
/// and step.
public struct Checkpoint: Sendable {
  /// The number of steps done.
  public var step: Int
  /// The recipe, in its canonical form.
  public var recipe: String
  /// What the classes are called.
  public var classNames: [String]
  /// The mean of each channel, of pixels in 0...1, that is subtracted from images.
  public var means: [Double]
  /// The standard deviation of each channel that images are divided by.
  public var deviations: [Double]
  /// The flat array of parameters.
  public var parameters: [Float]
  /// The optimizer's state arrays, each in the layout of the parameters.
  public var states: [State]
  /// What was decided while running; empty unless the recipe asks for such a decision.
  public var control: [String: Double]

  /// One array that is kept from step to step beside the parameters.
  public struct State: Sendable {
    /// The name of the moving average of the weights.
    static let average = "average"

    /// What it holds: `momentum`, or `average`.
    public var name: String
    /// Its elements.
    public var values: [Float]

    /// A named array.
    public init(name: String, values: [Float]) {
      self.name = name
      self.values = values
    }

    /// Whether the array of that name has anything for the tensor.
    ///
    /// Optimizers keep nothing for running statistics; the average is a whole model.
    static func covers(_ tensor: ParameterLayout.Tensor, in name: String) -> Bool {
      name == average || tensor.specification.role.isLearned
    }
  }
}

extension Checkpoint {
  /// Where a run stands: all that its ranks must know of a checkpoint besides the arrays.
  struct Position: Sendable {
    /// The number of steps done.
    var step = 0
    /// The best accuracy on validation samples, and after how many steps.
    var best: (accuracy: Double, step: Int)?

    init(step: Int = 0, best: (accuracy: Double, step: Int)? = nil) {
      self.step = step
      self.best = best
    }

    /// The position as a text that travels between ranks; numbers keep all their bits.
    var text: String {
      "\(step) " + (best.map { "\($0.accuracy.bitPattern) \($0.step)" } ?? "")
    }

    /// The position of a text.
    init(text: String) {
      let numbers = text.split(separator: " ").compactMap { UInt64($0) }
      step = Int(numbers.first ?? 0)
      best = numbers.count == 3 ? (Double(bitPattern: numbers[1]), Int(numbers[2])) : nil
    }
  }

  /// What a checkpoint holds of the best evaluation so far.
  static func control(best: (accuracy: Double, step: Int)?) -> [String: Double] {
    best.map { ["best_accuracy": $0.accuracy, "best_step": Double($0.step)] } ?? [:]
  }

  /// Where the run of this checkpoint stands.
  var position: Position {
    var position = Position(step: step)
    if let accuracy = control["best_accuracy"], let step = control["best_step"] {
      position.best = (accuracy, Int(step))
    }
    return position
  }
}

/// Why a checkpoint cannot be used, in one line.
struct CheckpointError: ReportableError, Equatable {
  /// What is wrong, where, and what to do.
  let message: String
  /// A checkpoint that does not fit is bad data.
  let exitCode: ExitCode

  init(_ message: String, exitCode: ExitCode = .badData) {
    self.message = message
    self.exitCode = exitCode
  }
}
