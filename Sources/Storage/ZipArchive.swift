internal import CZlib

/// A zip archive, to read: stored and deflated entries, also of more than 4 GB (PKWARE's APPNOTE).
///
/// Nothing in the file is believed before it is checked against the file's size, and what an entry
/// inflates to against its CRC.
public struct ZipArchive: ~Copyable {
  /// One file in the archive.
  public struct Entry: Equatable, Sendable {
    /// Its name.
    public let name: String
    /// Its size when unpacked.
    public let bytes: Int
    let isDeflated: Bool
    let packedBytes: Int
    let checkSum: UInt32
    /// Where its local header begins.
    let offset: Int
  }

  /// The files in the archive, in the order of its directory.
  public let entries: [Entry]
  private let file: MappedFile

  /// Opens the archive and reads its directory.
  public init(_ path: String) throws {
    let file = try MappedFile(path)
    entries = try ZipDirectory(file.bytes, path: path).entries
    self.file = file
  }

  /// Unpacks a file.
  public func read(_ entry: Entry) throws(ZipError) -> [UInt8] {
    let packed = try packedBytes(of: entry)
    var output: [UInt8] = []
    if entry.isDeflated {
      // Deflate makes at most 1032 bytes of one: more is a lie that nobody reserves memory for.
      guard entry.bytes / 1032 <= entry.packedBytes else { throw fault(entry, "is damaged") }
      let input = unsafe packed.withUnsafeBytes { unsafe $0 }
      guard unsafe inflate(input, into: &output, limit: entry.bytes) else {
        throw fault(entry, "cannot be inflated")
      }
    } else {
      unsafe packed.withUnsafeBytes { unsafe output.append(contentsOf: $0) }
    }
    guard output.count == entry.bytes, checkSum(output) == entry.checkSum else {
      throw fault(entry, "is damaged: its check sum does not hold")
    }
    return output
  }

  /// The packed bytes of a file, behind its local header.
  @_lifetime(borrow self)
  private func packedBytes(of entry: Entry) throws(ZipError) -> RawSpan {
    let bytes = file.bytes
    guard bytes.littleEndian(4, at: entry.offset) == 0x0403_4B50,
      let name = bytes.littleEndian(2, at: entry.offset + 26),
      let extra = bytes.littleEndian(2, at: entry.offset + 28)
    else { throw fault(entry, "has no local header") }
    let start = entry.offset + 30 + name + extra
    guard start <= bytes.byteCount, entry.packedBytes <= bytes.byteCount - start else {
      throw fault(entry, "reaches beyond the end of the file")
    }
    return bytes.extracting(start..<start + entry.packedBytes)
  }

  private func fault(_ entry: Entry, _ reason: String) -> ZipError {
    ZipError(path: file.path, reason: "its entry \(entry.name) \(reason)")
  }
}

/// A zip archive is damaged, or of a kind that is not read.
public struct ZipError: ReportableError, Equatable {
  /// The archive.
  public let path: String
  /// What is wrong with it.
  public let reason: String

  /// Damaged input is `badData`.
  public var exitCode: ExitCode { .badData }
  /// The form "cannot unpack train.npz: …".
  public var message: String { "cannot unpack \(path): \(reason); get the file again" }
}

/// Inflates raw deflate data, piece by piece; false if the data are damaged, or more than `limit`.
///
/// Memory grows with what really comes out.
private func inflate(
  _ input: UnsafeRawBufferPointer, into output: inout [UInt8], limit: Int
) -> Bool {
  var stream = unsafe z_stream()
  guard unsafe lockstep_inflate_init_raw(&stream) == Z_OK else { return false }
  defer { unsafe inflateEnd(&stream) }
  var chunk = [UInt8](repeating: 0, count: 1 << 18)
  var taken = 0
  while true {
    // zlib counts input in 32 bits.
    let piece = min(input.count - taken, 1 << 30)
    unsafe stream.next_in = UnsafeMutablePointer(
      mutating: input.baseAddress.map { unsafe ($0 + taken).assumingMemoryBound(to: UInt8.self) })
    unsafe stream.avail_in = UInt32(piece)
    let (result, produced) = unsafe chunk.withUnsafeMutableBufferPointer { chunk in
      unsafe stream.next_out = chunk.baseAddress
      unsafe stream.avail_out = UInt32(chunk.count)
      let result = unsafe CZlib.inflate(&stream, Z_NO_FLUSH)
      return unsafe (result, chunk.count - Int(stream.avail_out))
    }
    taken += unsafe piece - Int(stream.avail_in)
    guard produced <= limit - output.count else { return false }
    output.append(contentsOf: chunk[..<produced])
    if result == Z_STREAM_END { return true }
    guard result == Z_OK, produced > 0 || taken < input.count else { return false }
  }
}

/// The CRC-32 of bytes.
private func checkSum(_ bytes: [UInt8]) -> UInt32 {
  var sum: UInt = 0
  for start in stride(from: 0, to: bytes.count, by: 1 << 30) {
    let end = min(start + 1 << 30, bytes.count)
    sum = unsafe bytes[start..<end].withUnsafeBufferPointer {
      unsafe crc32(sum, $0.baseAddress, UInt32($0.count))
    }
  }
  return UInt32(truncatingIfNeeded: sum)
}
