public import Storage

/// One operation of a network: an immutable value that knows shapes and calls kernels.
///
/// A layer owns no memory. The model hands it, for each micro-batch, what it reads and writes.
/// Shapes are those of one sample, [H, W, C] or [C]; memory holds a whole micro-batch, sample by
/// sample.
public protocol Layer: Sendable {
  /// What tables of layers call it: `Conv2D 3×3, stride 2`.
  var kind: String { get }

  /// The shape of one output sample, or what is wrong with the inputs.
  func outputShape(of inputs: [Shape]) throws(NetworkError) -> Shape

  /// The tensors that the layer learns or keeps, in a fixed order.
  func parameters(of inputs: [Shape]) -> [ParameterSpecification]

  /// The memory that the layer needs besides inputs, output and parameters.
  func memory(of inputs: [Shape], microBatch: Int) -> LayerMemory

  /// Which activations the backward pass reads again.
  var backwardReads: BackwardReads { get }

  /// Brings the parameters into the form that `forward` reads as `pass.prepared`.
  func prepareForward(_ pass: borrowing PreparationPass)

  /// Brings the parameters into the form that `backward` reads as `pass.prepared`.
  func prepareBackward(_ pass: borrowing PreparationPass)

  /// The input whose gradient `backward` makes in place of the output's; nil if none.
  var gradientInPlace: Int? { get }

  /// Whether `backward` adds `pass.furtherGradient` to the output's gradient by itself.
  var addsFurtherGradient: Bool { get }

  /// Computes `pass.output` from `pass.input`.
  func forward(_ pass: borrowing ForwardPass)

  /// Overwrites the gradients of the inputs that need one, and those of all parameters.
  func backward(_ pass: borrowing BackwardPass)
}

extension Layer {
  /// No parameters, unless a layer says otherwise.
  public func parameters(of inputs: [Shape]) -> [ParameterSpecification] { [] }

  /// No memory, unless a layer says otherwise.
  public func memory(of inputs: [Shape], microBatch: Int) -> LayerMemory { LayerMemory() }

  /// Nothing, unless a layer says otherwise.
  public func prepareForward(_ pass: borrowing PreparationPass) {}

  /// Nothing, unless a layer says otherwise.
  public func prepareBackward(_ pass: borrowing PreparationPass) {}

  /// Every input's gradient has memory of its own, unless a layer says otherwise.
  public var gradientInPlace: Int? { nil }

  /// The model adds up gradients, unless a layer says otherwise.
  public var addsFurtherGradient: Bool { false }
}

/// A layer whose output is its input under another shape: no memory moves, forward or backward.
public protocol ViewLayer: Layer {}

extension ViewLayer {
  /// Nothing is read.
  public var backwardReads: BackwardReads { [] }
  /// The gradient stays where it is.
  public var gradientInPlace: Int? { 0 }
  /// Nothing is done.
  public func forward(_ pass: borrowing ForwardPass) {}
  /// Nothing is done.
  public func backward(_ pass: borrowing BackwardPass) {}
}

/// The activations that a backward pass reads again, so that their memory stays.
public struct BackwardReads: OptionSet, Sendable {
  /// The bits of the set.
  public let rawValue: Int
  /// A set of the given bits.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// The layer's first input.
  public static let input = BackwardReads(rawValue: 1)
  /// The layer's output.
  public static let output = BackwardReads(rawValue: 2)
}

/// How many elements of memory a layer needs for a micro-batch.
public struct LayerMemory: Sendable {
  /// Floats written by the forward pass and read by the backward pass.
  public var saved: Int
  /// Integers written by the forward pass and read by the backward pass.
  public var savedIndices: Int
  /// Floats in use only while the forward or the backward pass of the layer runs.
  public var workspace: Int
  /// Floats made of the parameters, once for all micro-batches of a step, for the forward pass.
  public var preparedForward: Int
  /// The same for the backward pass.
  public var preparedBackward: Int

  /// The given numbers of elements.
  public init(
    saved: Int = 0, savedIndices: Int = 0, workspace: Int = 0, preparedForward: Int = 0,
    preparedBackward: Int = 0
  ) {
    self.saved = saved
    self.savedIndices = savedIndices
    self.workspace = workspace
    self.preparedForward = preparedForward
    self.preparedBackward = preparedBackward
  }
}

/// Whether a pass learns or judges.
public enum Mode: Sendable {
  /// Batch statistics, dropout.
  case training
  /// Running statistics, no dropout.
  case evaluation
}

/// What is wrong with a network, in one line.
public struct NetworkError: ReportableError, Equatable {
  /// What is wrong, where, and what to do.
  public let message: String
  /// A network is part of the plan: a mistake in it is a mistake of usage.
  public var exitCode: ExitCode { .usage }

  /// An error with the given line.
  public init(_ message: String) { self.message = message }
}
