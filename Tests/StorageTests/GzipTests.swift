import Foundation
import Storage
import Testing

/// Inflation of gzip files, whole and damaged.
@Suite struct GzipTests {
  @Test func `inflates what gzip compressed, in several members`() throws {
    let text = String(repeating: "Lockstep ", count: 300_000)
    let file = try gzip(text) + gzip("end")
    let isCompressed = Gzip.isCompressed(file.span.bytes)
    #expect(isCompressed)
    let inflated = try Gzip.inflate(file.span.bytes, path: "x.gz", limit: 1 << 22)
    #expect(String(decoding: inflated, as: UTF8.self) == text + "end")
  }

  @Test func `inflates no more than asked for`() throws {
    let count = 64 << 20
    let bomb = try gzip(String(repeating: "0", count: count))
    #expect(bomb.count < count / 900)
    let beginning = try Gzip.beginning(of: bomb.span.bytes, count: 20, path: "x.gz")
    #expect(beginning == [UInt8](repeating: 48, count: 20))
    let error = #expect(throws: GzipError.self) {
      try Gzip.inflate(bomb.span.bytes, path: "x.gz", limit: 4000)
    }
    #expect(
      error?.message == "cannot inflate x.gz: it holds more than the 4000 bytes that it should")
    let small = try gzip("small")
    #expect(
      try Gzip.beginning(of: small.span.bytes, count: 20, path: "x.gz") == Array("small".utf8))
    #expect(try Gzip.inflate(small.span.bytes, path: "x.gz", limit: 5) == Array("small".utf8))
  }

  @Test func `says how damaged data are damaged`() throws {
    let file = try gzip(String(repeating: "Lockstep ", count: 1000))
    let short = Array(file.dropLast(9))
    let cut = #expect(throws: GzipError.self) {
      try Gzip.inflate(short.span.bytes, path: "x.gz", limit: 1 << 22)
    }
    #expect(cut?.message.contains("cannot inflate x.gz: it ends too early") == true)
    var changed = file
    changed[file.count - 6] ^= 1
    let damaged = #expect(throws: GzipError.self) {
      try Gzip.inflate(changed.span.bytes, path: "x.gz", limit: 1 << 22)
    }
    #expect(damaged?.message.contains("incorrect data check") == true)
    let empty: [UInt8] = []
    #expect(throws: GzipError.self) {
      try Gzip.inflate(empty.span.bytes, path: "x.gz", limit: 1 << 22)
    }
  }

  /// The text, compressed by the system's gzip.
  private func gzip(_ text: String) throws -> [UInt8] {
    try withTemporaryFolder { folder in
      try DurableFile.write(text, to: folder + "/x")
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/gzip")
      process.arguments = ["-n", folder + "/x"]
      try process.run()
      process.waitUntilExit()
      return try MappedFile(folder + "/x.gz").contents
    }
  }
}
