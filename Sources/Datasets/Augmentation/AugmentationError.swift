public import Storage

/// What is wrong with a list of transforms.
public struct AugmentationError: ReportableError, Equatable {
  /// What is wrong, where, and what to do, in one line.
  public let message: String
  /// A mistake in a plan is a mistake of usage.
  public var exitCode: ExitCode { .usage }

  /// An error with the given line.
  internal init(_ message: String) { self.message = message }

  /// The same error of the transform at a place in a list, from 0.
  internal func at(_ place: Int, _ transform: String) -> AugmentationError {
    AugmentationError("transform \(place + 1) (\(transform)): \(message)")
  }
}
