import Foundation
import Launching
import Testing

/// An article of launch/articles, as far as it can be tried: its fenced blocks.
struct Article: CustomTestStringConvertible, Sendable {
  /// A fenced block.
  struct Block: Sendable {
    /// The first word after the fence: `console`, `swift`, `yaml`.
    let language: String
    /// The rest of that line: a file, or why a `console` block cannot run.
    let argument: String
    /// The lines between the fences.
    let lines: [String]
  }

  /// A command of a `console` block, and what it is said to print.
  struct Step: Sendable {
    let command: String
    let output: [String]
  }

  let name: String
  let blocks: [Block]

  var testDescription: String { name }

  /// The folder of the articles.
  static let folder = package.appending(path: "launch/articles")

  static let all: [Article] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".md") }.sorted().compactMap { try? Article($0) }
  }()

  init(_ name: String) throws {
    self.name = name
    let text = try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
    var blocks: [Block] = []
    var open: (words: [Substring], lines: [String])?
    for line in text.components(separatedBy: "\n") {
      guard line.hasPrefix("```") else {
        open?.lines.append(line)
        continue
      }
      if let block = open {
        let words = block.words
        blocks.append(
          Block(
            language: words.first.map(String.init) ?? "",
            argument: words.dropFirst().joined(separator: " "), lines: block.lines))
        open = nil
      } else {
        open = (line.dropFirst(3).split(separator: " "), [])
      }
    }
    self.blocks = blocks
  }

  /// Blocks of commands that run here.
  var consoles: [Block] { blocks.filter { $0.language == "console" && $0.argument.isEmpty } }

  /// Blocks of commands that cannot, with the reason.
  var unrun: [Block] { blocks.filter { $0.language == "console" && !$0.argument.isEmpty } }
}

extension Article.Block {
  /// The commands of a `console` block; a line that ends in a backslash goes on in the next.
  var steps: [Article.Step] {
    var steps: [Article.Step] = []
    var command: String?
    var output: [String] = []
    func close() {
      if let command { steps.append(Article.Step(command: command, output: output)) }
    }
    for line in lines {
      if line.hasPrefix("$ ") {
        close()
        (command, output) = (String(line.dropFirst(2)), [])
      } else if let begun = command, begun.hasSuffix("\\") {
        command = begun + "\n" + line
      } else if !line.isEmpty {
        output.append(line)
      }
    }
    close()
    return steps
  }
}
