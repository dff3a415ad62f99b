internal import CHDF5
public import Storage

/// A call of libhdf5 failed, or a file holds something that is not accepted.
public struct HDF5Error: ReportableError, Equatable {
  /// The function of libhdf5 that failed, or what was tried.
  public let function: String
  /// The file, and the object inside it after a colon.
  public let place: String
  /// What is wrong.
  public let reason: String
  /// What to do.
  public let remedy: String

  /// A failure of `function` at `place`.
  public init(
    _ function: String, place: String, reason: String,
    remedy: String = "check the file with `h5dump -H`, or get it again"
  ) {
    self.function = function
    self.place = place
    self.reason = reason
    self.remedy = remedy
  }

  /// What is wrong with a file is `badData`.
  public var exitCode: ExitCode { .badData }
  /// The form "shard.h5:/images: H5Dopen2 failed: …; check the file".
  public var message: String { "\(place): \(function) failed: \(reason); \(remedy)" }
}

/// The result of a call that says "negative" for failure, or the error that libhdf5 remembers.
///
/// Every call whose failure matters goes through here.
@discardableResult
internal func check<Result: SignedInteger>(
  _ result: Result, _ function: String, _ place: String
) throws(HDF5Error) -> Result {
  guard result < 0 else { return result }
  throw HDF5Error(function, place: place, reason: rememberedReason())
}

/// Keeps libhdf5 from printing its error stack: errors are thrown instead.
///
/// The setting belongs to the calling thread, so every opening of a file repeats it.
internal func silenceErrorPrinting() {
  _ = H5open()
  _ = H5Eset_auto2(0, nil, nil)
}

/// What libhdf5 remembers of the last failure: what failed, and why at the innermost level.
private func rememberedReason() -> String {
  var descriptions: [String] = []
  let append: H5E_walk2_t = { _, error, list in
    guard let list = unsafe list, let text = unsafe error?.pointee.desc else { return 0 }
    unsafe list.assumingMemoryBound(to: [String].self).pointee.append(String(cString: text))
    return 0
  }
  unsafe withUnsafeMutablePointer(to: &descriptions) {
    _ = unsafe H5Ewalk2(0, H5E_WALK_DOWNWARD, append, $0)
  }
  guard let outer = descriptions.first, let inner = descriptions.last else {
    return "libhdf5 gives no reason"
  }
  return (outer == inner ? outer : "\(outer) (\(inner))").split(separator: "\n").joined(
    separator: " ")
}
