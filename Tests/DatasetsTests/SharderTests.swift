import Foundation
import Pictures
import Storage
import Testing

/// The command: its exit codes, and one line for each failure.
@Suite struct SharderTests {
  /// The program, built beside the tests.
  private let program = URL(filePath: CommandLine.arguments[0])
    .deletingLastPathComponent().appending(path: "sharder")

  /// Runs `sharder`.
  private func sharder(
    _ arguments: [String]
  ) throws -> (status: Int32, output: String, errors: String) {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let lines = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (
      process.terminationStatus, String(decoding: text, as: UTF8.self),
      String(decoding: lines, as: UTF8.self)
    )
  }

  @Test func `creates, inspects and verifies, and names damaged shards`() throws {
    try withTemporaryFolder { folder in
      try writeOriginals(folder)
      let data = folder + "/data"
      let created = try sharder(["create", folder, "--output", data, "--shards", "2"])
      #expect(created.status == 0)
      #expect(created.errors.isEmpty)
      let inspected = try sharder(["inspect", data, "--json"])
      let json = try JSONSerialization.jsonObject(with: Data(inspected.output.utf8))
      #expect((json as? [String: Any])?["dataDigest"] is String)
      #expect(try sharder(["verify", data]).status == 0)
      try rewrite(data + "/train-00000-of-00002.h5") { $0[$0.count - 1] ^= 1 }
      try rewrite(data + "/test-00001-of-00002.h5") { $0.removeLast() }
      let verified = try sharder(["verify", data])
      #expect(verified.status == 65)
      #expect(verified.errors.contains("train-00000-of-00002.h5"))
      #expect(verified.errors.contains("test-00001-of-00002.h5"))
    }
  }

  @Test(arguments: [
    (["create"], 64), (["create", "/nowhere", "--output", "/tmp/x", "--format", "png"], 64),
    (["create", "/nowhere", "--output", "/tmp/x", "--validation", "1"], 64),
    (["create", "/nowhere", "--output", "/tmp/x", "--on-bad-image", "no"], 64),
    (["create", "/nowhere", "--output", "/tmp/x"], 66), (["inspect", "/nowhere"], 66),
    (["inspect", "/nowhere", "--jason"], 64), (["bogus"], 64),
  ])
  func `a failure is one line and a status after sysexits`(
    arguments: [String], status: Int
  ) throws {
    let (ended, _, lines) = try sharder(arguments)
    #expect(Int(ended) == status)
    #expect(lines.hasPrefix("sharder: "))
    #expect(lines.split(separator: "\n").count == 1, "\(lines)")
  }

  @Test func `an image folder is sharded, with progress and what was left out`() throws {
    try withTemporaryFolder { folder in
      for (name, ending) in [("a", "png"), ("b", "jpg")] {
        try Folder.create("\(folder)/in/\(name)")
        for number in 0..<10 {
          let picture = Picture(width: 30, height: 20, seed: UInt64(number))
          let bytes = ending == "png" ? picture.png() : picture.jpeg()
          try DurableFile.write(bytes.span.bytes, to: "\(folder)/in/\(name)/\(number).\(ending)")
        }
      }
      let bad = folder + "/in/b/3.jpg"
      try rewrite(bad) { $0.removeLast(9) }
      let command = ["create", folder + "/in", "--output", folder + "/out", "--validation", "0.2"]
      let refused = try sharder(command)
      #expect(refused.status == 65)
      #expect(
        refused.errors.hasSuffix(
          "sharder: \(bad): it is a JPEG that is cut short; repair or remove what is wrong, or leave "
            + "it out with --on-bad-image skip\n"))
      let created = try sharder(command + ["--on-bad-image", "skip", "--size", "16"])
      #expect(created.status == 0)
      #expect(created.output.contains("16×16×3 bytes, 2 classes: a, b"))
      #expect(created.output.contains("train: 15 samples"))
      #expect(created.output.contains("validation: 4 samples"))
      let lines = created.errors.split(separator: "\n")
      #expect(lines.count == 11 && lines.contains("sharder: 10 of 20 images"))
      #expect(lines.last?.hasPrefix("sharder: \(bad): it is a JPEG that is cut short") == true)
    }
  }

  @Test func `a full disk is one line, and leaves neither index nor partial files`() throws {
    // A limit on the size of files stands in for a full disk: both stop a write midway.
    try withTemporaryFolder { folder in
      try writeOriginals(folder, train: 9000, test: 10)
      let process = Process()
      process.executableURL = URL(filePath: "/bin/bash")
      let data = folder + "/data"
      process.arguments = [
        "-c", "trap '' XFSZ; ulimit -f 64; exec \"$0\" create \"$1\" --output \"$2\"",
        program.path, folder, data,
      ]
      let errors = Pipe()
      process.standardError = errors
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      let lines = String(
        decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 74)
      #expect(
        lines == "sharder: cannot write \(data)/train-00000-of-00001.h5: File too large; "
          + "check the disk\n")
      #expect(try Folder.names(in: data) == ["test-00000-of-00001.h5"])
    }
  }
}
