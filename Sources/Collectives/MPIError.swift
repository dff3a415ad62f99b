import CMPI
public import Storage

/// A call of MPI that failed: which, why, and what to do.
public struct MPIError: ReportableError, Equatable {
  /// The function that failed, such as `MPI_Allgatherv`.
  public let function: String
  /// Open MPI's text for its error code.
  public let reason: String

  /// Most often another rank, or a network, has gone.
  public let exitCode = ExitCode.tryAgain

  /// The message for the user, in one line.
  public var message: String {
    "\(function) failed: \(reason); see that all ranks run the same program and that launch/env "
      + "was sourced, then start again: the run resumes from its newest checkpoint"
  }
}

/// Throws if `code`, returned by `function`, says that it failed.
///
/// Every call of MPI passes here. Success costs one comparison and no allocation.
func check(_ code: Int32, _ function: StaticString) throws(MPIError) {
  if code == MPI_SUCCESS { return }
  var text = [CChar](repeating: 0, count: Int(MPI_MAX_ERROR_STRING))
  var length: Int32 = 0
  unsafe MPI_Error_string(code, &text, &length)
  let bytes = text.prefix(Int(length)).map { UInt8(bitPattern: $0) }
  throw MPIError(
    function: "\(function)", reason: String(decoding: bytes, as: UTF8.self))
}
