import Foundation
import Testing

@Suite struct `Files of the house` {
  private static let written = ["Sources", "Tests", "launch", "datasets"]
    .flatMap(Repository.files(under:))

  /// Files that people write, by their ending; recorded figures and samples are not among them, nor
  /// what other programs generate.
  private static let sources = written.filter {
    !$0.hasSuffix(".pb.swift")
      && ["swift", "h", "c", "py", "yaml", "md", ""].contains(URL(filePath: $0).pathExtension)
  }

  @Test func `no source file is longer than 500 lines`() throws {
    for path in Self.sources {
      let lines = try Repository.text(of: path).count(where: \.isNewline)
      #expect(lines <= 500, "\(path)")
    }
  }

  @Test func `no file, folder or type has a name that says nothing`() throws {
    let empty = ["util", "helper", "common", "manager", "misc"]
    for path in Self.written {
      #expect(!empty.contains(where: path.lowercased().contains), "\(path)")
    }
    let declarations = ["struct", "class", "enum", "actor", "protocol", "typealias", "extension"]
    for path in Self.sources where path.hasSuffix(".swift") {
      let words = try Repository.text(of: path).split { $0 == " " || $0.isNewline }
      for (word, name) in zip(words, words.dropFirst()) where declarations.contains(String(word)) {
        guard name.first?.isUppercase == true else { continue }
        #expect(!empty.contains(where: name.lowercased().contains), "\(name) in \(path)")
      }
    }
  }

  @Test func `nothing is left for later in a comment`() throws {
    let marks = ["TO" + "DO", "FIX" + "ME"]
    for path in Self.sources {
      let text = try Repository.text(of: path)
      #expect(!marks.contains(where: text.contains), "\(path)")
    }
  }

  /// Words that begin with a folder of this repository are taken for paths.
  @Test func `every path that a document names exists`() throws {
    let documents =
      ["README.md"].filter(Repository.exists) + Self.sources.filter { $0.hasSuffix(".md") }
    for document in documents {
      let words = try Repository.text(of: document).split {
        !$0.isLetter && !$0.isNumber && !"_-./+".contains($0)
      }
      for word in words where isPath(word) {
        let path = String(word).trimmingCharacters(in: CharacterSet(charactersIn: "."))
        #expect(Repository.exists(path), "\(path), named in \(document)")
      }
    }
  }

  private func isPath(_ word: Substring) -> Bool {
    ["launch/", "datasets/", "Sources/", "Tests/"].contains(where: word.hasPrefix)
  }
}
