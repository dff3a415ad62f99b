internal import CZlib

/// Inflation of gzip-compressed data.
public enum Gzip {
  /// Whether `data` begin like a gzip file.
  public static func isCompressed(_ data: RawSpan) -> Bool {
    guard data.byteCount >= 2 else { return false }
    return unsafe data.unsafeLoadUnaligned(as: UInt16.self).littleEndian == 0x8B1F
  }

  /// The first bytes, up to `count` of them, that `data` stand for; what follows is not looked at.
  public static func beginning(
    of data: RawSpan, count: Int, path: String
  ) throws(GzipError) -> [UInt8] {
    let (output, ending) = try inflate(data, most: count, path: path)
    if case .damaged(let reason) = ending { throw GzipError(path: path, reason: reason) }
    return Array(output.prefix(count))
  }

  /// The bytes that `data`, a gzip file of one or more members, stand for.
  ///
  /// `path` names the file in errors, which say how the data are damaged. A file that stands for more
  /// than `limit` bytes is refused when it comes to them: a few bytes can stand for a thousand times
  /// as many.
  public static func inflate(
    _ data: RawSpan, path: String, limit: Int
  ) throws(GzipError) -> [UInt8] {
    let (output, ending) = try inflate(data, most: limit, path: path)
    switch ending {
    case .whole: return output
    case .further:
      throw GzipError(path: path, reason: "it holds more than the \(limit) bytes that it should")
    case .damaged(let reason): throw GzipError(path: path, reason: reason)
    }
  }

  private static func inflate(
    _ data: RawSpan, most: Int, path: String
  ) throws(GzipError) -> ([UInt8], Ending) {
    // zlib counts input in 32 bits.
    guard data.byteCount < Int(UInt32.max) else {
      throw GzipError(path: path, reason: "it is larger than 4 GB; decompress it with gunzip first")
    }
    var output: [UInt8] = []
    let ending = unsafe data.withUnsafeBytes {
      unsafe inflateMembers($0, most: most, into: &output)
    }
    return (output, ending)
  }
}

/// Gzip data are damaged.
public struct GzipError: ReportableError, Equatable {
  /// The compressed file.
  public let path: String
  /// What is wrong with it, and what to do.
  public let reason: String

  /// Damaged input is `badData`.
  public var exitCode: ExitCode { .badData }
  /// The form "cannot inflate train.gz: …".
  public var message: String { "cannot inflate \(path): \(reason)" }
}

/// How inflation came to its end.
private enum Ending {
  /// All of the data are inflated.
  case whole
  /// There is more than was asked for.
  case further
  case damaged(String)
}

/// Inflates member after member, until there are more than `most` bytes.
private func inflateMembers(
  _ input: UnsafeRawBufferPointer, most: Int, into output: inout [UInt8]
) -> Ending {
  let again = "; get the file again"
  guard unsafe !input.isEmpty else { return .damaged("it is empty" + again) }
  var stream = unsafe z_stream()
  guard unsafe lockstep_inflate_init_gzip(&stream) == Z_OK else {
    return .damaged("zlib has no memory")
  }
  defer { unsafe inflateEnd(&stream) }
  unsafe stream.next_in = UnsafeMutablePointer(
    mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
  unsafe stream.avail_in = UInt32(input.count)
  var chunk = [UInt8](repeating: 0, count: 1 << 20)
  while true {
    let (result, produced) = unsafe chunk.withUnsafeMutableBufferPointer { chunk in
      unsafe stream.next_out = chunk.baseAddress
      unsafe stream.avail_out = UInt32(chunk.count)
      let result = unsafe CZlib.inflate(&stream, Z_NO_FLUSH)
      return unsafe (result, chunk.count - Int(stream.avail_out))
    }
    output.append(contentsOf: chunk[..<produced])
    if output.count > most { return .further }
    switch result {
    case Z_STREAM_END:
      if unsafe stream.avail_in == 0 { return .whole }
      guard unsafe inflateReset(&stream) == Z_OK else { return .damaged("zlib failed" + again) }
    case Z_OK where unsafe stream.avail_in > 0 || produced == chunk.count: continue
    case Z_OK, Z_BUF_ERROR:
      return .damaged("it ends too early, after \(output.count) inflated bytes" + again)
    default:
      let detail = unsafe stream.msg.map { unsafe String(cString: $0) } ?? "error \(result)"
      return .damaged("it is damaged (\(detail), after \(output.count) inflated bytes)" + again)
    }
  }
}
