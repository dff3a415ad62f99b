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
    /// What was decided while running.
    var control: [String: Double] = [:]

    /// The beginning, unless said otherwise.
    init(step: Int = 0, control: [String: Double] = [:]) {
      self.step = step
      self.control = control
    }

    /// The position as a text that travels between ranks; numbers keep all their bits.
    var text: String {
      (["\(step)"] + control.map { "\($0.key)=\($0.value.bitPattern)" }).joined(separator: " ")
    }

    /// The position of a text.
    init(text: String) {
      let words = text.split(separator: " ")
      step = words.first.flatMap { Int($0) } ?? 0
      for word in words.dropFirst() {
        let parts = word.split(separator: "=")
        guard parts.count == 2, let bits = UInt64(parts[1]) else { continue }
        control[String(parts[0])] = Double(bitPattern: bits)
      }
    }
  }

  /// Where the run of this checkpoint stands.
  var position: Position { Position(step: step, control: control) }
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
