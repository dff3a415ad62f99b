internal import FoundationEssentials
public import Storage
internal import SwiftProtobuf

/// A file of events that TensorBoard reads: it grows record by record, each written in one call.
///
/// A record is the length of its data, UInt64; the check sum of those eight bytes; the data, one
/// message; and their check sum. All numbers are little-endian.
public final class EventFile {
  private let file: GrowingFile

  /// Creates a file in `folder`, for steps after `step`.
  ///
  /// What earlier files of the folder say of later steps does not count any more: a run that was
  /// killed takes them again. Names ascend with time, since TensorBoard reads files in that order.
  public init(in folder: String, after step: Int, host: String) throws(FileError) {
    let now = Date.now.timeIntervalSince1970
    let milliseconds = String(Int(now * 1000))
    let name =
      "\(milliseconds.dropLast(3)).\(milliseconds.suffix(3)).\(host)."
      + "\(ProcessInfo.processInfo.processIdentifier)"
    file = try GrowingFile(appendingTo: "\(folder)/events.out.tfevents.\(name)")
    var version = Tensorboard_Event()
    version.wallTime = now
    version.fileVersion = "brain.Event:2"
    try append(version)
    var start = Tensorboard_Event()
    start.wallTime = now
    start.step = Int64(step) + 1
    start.sessionLog.status = .start
    try append(start)
  }

  /// Adds values after so many steps; `time` is in seconds since 1970.
  public func append(_ values: [EventValue], step: Int, time: Double) throws(FileError) {
    if values.isEmpty { return }
    var event = Tensorboard_Event()
    event.wallTime = time
    event.step = Int64(step)
    event.summary.value = values.map(\.message)
    try append(event)
  }

  private func append(_ event: Tensorboard_Event) throws(FileError) {
    guard let data: [UInt8] = try? event.serializedBytes() else { return }
    var record = littleEndian(UInt64(data.count))
    record += littleEndian(CRC32C.masked(of: record))
    record += data
    record += littleEndian(CRC32C.masked(of: data))
    try file.append(record)
  }
}

private func littleEndian(_ number: some FixedWidthInteger & UnsignedInteger) -> [UInt8] {
  (0..<number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
}
