import Storage
import Testing

/// Folders, their locks, and files that grow by lines.
@Suite struct FolderTests {
  @Test func `a folder is kept for one owner, and free once the owner goes`() throws {
    try withTemporaryFolder { folder in
      let owner = try #require(try FolderLock(folder))
      #expect(try FolderLock(folder) == nil)
      withExtendedLifetime(owner) {}
      do {
        let elsewhere = folder + "/inner"
        try Folder.create(elsewhere)
        #expect(try FolderLock(elsewhere) != nil)
        #expect(try FolderLock(elsewhere) != nil)
      }
    }
  }

  @Test func `folders above are made too, and a file in the way is an error that names it`() throws
  {
    try withTemporaryFolder { folder in
      try Folder.create(folder + "/a/b/c")
      try Folder.create(folder + "/a/b/c")
      #expect(!Folder.contains("d", folder + "/a/b/c"))
      try DurableFile.write("", to: folder + "/a/b/c/d")
      #expect(Folder.contains("d", folder + "/a/b/c"))
      let error = #expect(throws: FileError.self) { try Folder.create(folder + "/a/b/c/d/e") }
      #expect(error?.message.contains("/a/b/c/d") == true)
    }
  }

  @Test func `lines are added at the end, whole`() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/lines"
      for round in 0..<2 {
        let file = try LineFile(appendingTo: path)
        for number in 0..<3 { try file.append("round \(round), line \(number)") }
      }
      let lines = try TextFile.read(path).split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count == 7 && lines[3] == "round 1, line 0" && lines[6] == "")
    }
  }

  @Test func `the nearest name takes the fewest edits`() {
    #expect(nearestName(to: "momentun", among: ["lr", "momentum", "nesterov"]) == "momentum")
    #expect(nearestName(to: "resnt20", among: ["resnet18", "resnet20", "lenet"]) == "resnet20")
    #expect(nearestName(to: "x", among: []) == nil)
  }
}
