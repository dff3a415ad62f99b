import Testing

@Suite struct `Layers of the house` {
  @Test func `every folder of Sources is a room of the table`() throws {
    #expect(try Repository.folders(under: "Sources") == LayerTable.rooms.keys.sorted())
  }

  @Test func `arrows of the table run down only`() throws {
    for (name, room) in LayerTable.rooms {
      for imported in room.imports {
        guard let below = LayerTable.rooms[imported] else { continue }
        #expect(below.floor < room.floor, "\(name) may not import \(imported)")
      }
    }
  }

  @Test(arguments: LayerTable.rooms.keys.sorted())
  func `a target imports only what the table allows`(name: String) throws {
    let room = try #require(LayerTable.rooms[name])
    let imports = try ImportLines.modules(of: name).subtracting(LayerTable.system)
    #expect(imports.subtracting(room.imports).sorted() == [], "imported by \(name)")
  }

  @Test(arguments: LayerTable.groundFloor)
  func `each C library is imported by exactly one target`(library: String) throws {
    let importers = try Repository.folders(under: "Sources").filter {
      try ImportLines.modules(of: $0).contains(library)
    }
    #expect(importers.count == 1, "\(library) is imported by \(importers)")
  }

  @Test func `import lines are read with attributes, access levels and members`() {
    let source = """
      // import Nothing
      import Storage
      internal import CMPI
      @preconcurrency public import struct Foundation.URL
      @_exported import Kernels
      let text = "import NotThis"
      """
    #expect(ImportLines.modules(in: source) == ["Storage", "CMPI", "Foundation", "Kernels"])
  }

  @Test(arguments: Repository.files(under: "Sources").filter { $0.hasSuffix("/shim.h") })
  func `a shim has no branch and no loop`(path: String) throws {
    let code = try Repository.text(of: path).split(whereSeparator: \.isNewline)
      .filter { !$0.drop(while: \.isWhitespace).hasPrefix("//") }
      .joined(separator: "\n")
    let words = Set(code.split { !$0.isLetter && !$0.isNumber && $0 != "_" })
    #expect(words.isDisjoint(with: ["if", "else", "for", "while", "do", "switch", "goto"]))
    #expect(!code.contains("?") && !code.contains("&&") && !code.contains("||"))
  }
}
