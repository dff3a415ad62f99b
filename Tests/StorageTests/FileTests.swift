import Foundation
import Storage
import Testing

/// Digests, mapped files and durable writes.
@Suite struct FileTests {
  @Test func `digests are those of sha256sum`() throws {
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    #expect(SHA256Digest(of: "").hex == empty)
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    #expect(SHA256Digest(of: "abc").description == abc)
    #expect(SHA256Digest(hex: abc.uppercased()) == SHA256Digest(of: "abc"))
    #expect(SHA256Digest(hex: abc.dropLast()) == nil)
    #expect(SHA256Digest(hex: abc.dropLast() + "g") == nil)
    let (first, rest) = (Array("a".utf8), Array("bc".utf8))
    var hasher = SHA256Hasher()
    hasher.update(first.span.bytes)
    hasher.update(rest.span.bytes)
    let pieces = hasher.finish()
    #expect(pieces == SHA256Digest(of: "abc"))
    let json = try JSONEncoder().encode([SHA256Digest(of: "abc")])
    #expect(String(decoding: json, as: UTF8.self) == "[\"\(abc)\"]")
    #expect(try JSONDecoder().decode([SHA256Digest].self, from: json)[0].hex == abc)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([SHA256Digest].self, from: Data("[\"abc\"]".utf8))
    }
  }

  @Test func `a mapped file has the bytes that were written`() throws {
    try withTemporaryFolder { folder in
      try DurableFile.write("seven bytes", to: folder + "/a")
      let file = try MappedFile(folder + "/a")
      #expect(file.count == 11)
      #expect(String(decoding: file.contents, as: UTF8.self) == "seven bytes")
      let digest = SHA256Digest(of: file.bytes)
      #expect(digest == SHA256Digest(of: "seven bytes"))
      try DurableFile.write("", to: folder + "/empty")
      #expect(try MappedFile(folder + "/empty").count == 0)
    }
  }

  @Test func `a file that is missing, or a folder, is named in one line`() throws {
    try withTemporaryFolder { folder in
      let missing = #expect(throws: FileError.self) { _ = try MappedFile(folder + "/none") }
      #expect(
        missing?.message
          == "cannot open \(folder)/none: No such file or directory; check the path")
      #expect(missing?.exitCode == .noInput)
      #expect(throws: FileError("read", path: folder, errorNumber: EISDIR)) {
        _ = try MappedFile(folder)
      }
    }
  }

  @Test func `a written file replaces the old one and leaves nothing beside it`() throws {
    try withTemporaryFolder { folder in
      try DurableFile.write("old", to: folder + "/a")
      try DurableFile.write("new", to: folder + "/a")
      #expect(try String(contentsOfFile: folder + "/a", encoding: .utf8) == "new")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a"])
    }
  }

  @Test func `a failed write leaves the old file untouched and nothing beside it`() throws {
    try withTemporaryFolder { folder in
      let new = Array("new".utf8)
      try DurableFile.write("old", to: folder + "/a")
      #expect(throws: FileError.self) {
        try DurableFile.write("new", to: folder + "/missing/a")
      }
      // The rename fails: a folder has the name.
      try FileManager.default.createDirectory(
        atPath: folder + "/b/c", withIntermediateDirectories: true)
      #expect(throws: FileError.self) { try DurableFile.write("new", to: folder + "/b") }
      #expect(throws: FileError.self) {
        try DurableFile.writeWithDigest(new.span.bytes, to: folder + "/b")
      }
      let left = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      #expect(left == ["a", "b"])
      #expect(try String(contentsOfFile: folder + "/a", encoding: .utf8) == "old")
    }
  }

  @Test func `sha256sum accepts the digest beside a file`() throws {
    try withTemporaryFolder { folder in
      let bytes = Array("abc".utf8)
      let digest = try DurableFile.writeWithDigest(bytes.span.bytes, to: folder + "/x")
      #expect(digest == SHA256Digest(of: "abc"))
      #expect(try DurableFile.statedDigest(of: folder + "/x") == digest)
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/sha256sum")
      process.arguments = ["--check", "--status", "x.sha256"]
      process.currentDirectoryURL = URL(filePath: folder)
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
    }
  }

  @Test func `a file is compared with its digest on disk, and any change of either is found`()
    throws
  {
    try withTemporaryFolder { folder in
      let path = folder + "/x"
      // More than one chunk of reading.
      let bytes = (0..<(1 << 20) + 5).map { UInt8(truncatingIfNeeded: $0 >> 3) }
      try DurableFile.writeWithDigest(bytes.span.bytes, to: path)
      #expect(try DurableFile.isSoundOnDisk(path))
      let line = try String(contentsOfFile: path + ".sha256", encoding: .utf8)
      for (place, letter) in line.enumerated() {
        guard let value = letter.asciiValue else { continue }
        // The other case of a letter, or another character.
        var changed = Array(line.utf8)
        changed[place] = value ^ 32
        try Data(changed).write(to: URL(filePath: path + ".sha256"))
        #expect(try DurableFile.statedDigest(of: path) == nil, "\(place)")
        #expect(try !DurableFile.isSoundOnDisk(path), "\(place)")
      }
      try Data(line.utf8).write(to: URL(filePath: path + ".sha256"))
      try Data(bytes.dropLast()).write(to: URL(filePath: path))
      #expect(try !DurableFile.isSoundOnDisk(path))
    }
  }

  @Test func `half written files are removed, and nothing else`() throws {
    try withTemporaryFolder { folder in
      for name in ["a", "a.77.partial", "b.partial.h5"] {
        try Data("x".utf8).write(to: URL(filePath: folder + "/" + name))
      }
      DurableFile.removePartialFiles(in: folder)
      #expect(try Folder.names(in: folder) == ["a", "b.partial.h5"])
      DurableFile.removePartialFiles(in: folder + "/none")
    }
  }

  @Test func `room on a disk is told for any place on it`() throws {
    try withTemporaryFolder { folder in
      let free = try #require(Folder.freeBytes(at: folder))
      #expect(free > 0 && free < 1 << 60)
      #expect(Folder.freeBytes(at: folder + "/none") == nil)
    }
  }

  @Test func `folders are made with those above them, and listed in order`() throws {
    try withTemporaryFolder { folder in
      try Folder.create(folder + "/a/b/")
      try Folder.create(folder + "/a/b")
      try DurableFile.write("", to: folder + "/a/x")
      #expect(try Folder.names(in: folder + "/a") == ["b", "x"])
      let error = #expect(throws: FileError.self) { try Folder.create(folder + "/a/x/y") }
      #expect(error?.exitCode == .ioError)
      try DurableFile.remove(folder + "/a/x")
      try DurableFile.remove(folder + "/a/x")
      #expect(!DurableFile.exists(folder + "/a/x"))
    }
  }
}
