import Foundation
import Launching
import Testing

extension Runs {
  /// What the articles say is tried: every command, every excerpt.
  @Suite struct Articles {
    @Test(arguments: Article.all.filter { !$0.consoles.isEmpty })
    func `every command of an article runs, and prints what the article says`(article: Article)
      throws
    {
      try withTemporaryFolder { temporary in
        let folder = temporary.appending(path: "repository")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        try furnish(folder)
        if article.consoles.flatMap(\.steps).contains(where: { $0.command.contains("../shared") }) {
          try LentData.lend(to: folder)
        }
        for block in article.blocks where block.isFileToWrite {
          let text = block.lines.joined(separator: "\n") + "\n"
          try Data(text.utf8).write(to: folder.appending(path: block.argument))
        }
        let steps = article.consoles.flatMap(\.steps)
        var command = Command(["bash", "-c", Self.script(for: steps)], in: folder)
        command.limit = 240
        let outcome = try command.run()
        let parts = outcome.output.components(separatedBy: Self.mark + "\n")
        for (number, step) in steps.enumerated() {
          let printed = number < parts.count - 1 ? parts[number] : ""
          try #require(
            number < parts.count - 1,
            "\(article.name): $ \(step.command)\n\(parts.last ?? "")\n\(outcome.errors)")
          let missing = Printed(printed).firstMissing(of: step.output)
          #expect(
            missing == nil,
            "\(article.name): $ \(step.command)\nlacks: \(missing ?? "")\n\(printed)")
        }
        #expect(outcome.status == 0, "\(article.name): \(outcome.errors)")
      }
    }

    @Test(arguments: Article.all)
    func `every excerpt of an article stands in the file that it names`(article: Article) throws {
      for block in article.blocks where !block.argument.isEmpty && block.language != "console" {
        let file = package.appending(path: block.argument)
        if block.isFileToWrite { continue }
        let source = try String(contentsOf: file, encoding: .utf8)
        let excerpt = block.lines.joined(separator: "\n")
        #expect(source.contains(excerpt + "\n"), "\(article.name): \(block.argument)\n\(excerpt)")
      }
    }

    @Test func `what cannot run here is counted, and says why`() {
      let unrun = Article.all.flatMap { article in article.unrun.map { (article.name, $0) } }
      for (name, block) in unrun {
        print("not run, \(block.argument): \(name): \(block.steps.map(\.command))")
      }
      #expect(unrun.allSatisfy { $0.1.argument.hasPrefix("needs ") })
      #expect(unrun.count <= 4)
    }

    @Test func `articles are read and compared as they should be`() throws {
      let printed = Printed("step 3/40  loss 2.25\nend\nmore\n")
      #expect(printed.firstMissing(of: ["step 9/40  loss 0.1", "end", "more"]) == nil)
      #expect(printed.firstMissing(of: ["…", "more"]) == nil)
      #expect(printed.firstMissing(of: ["end"]) == "end")
      #expect(printed.firstMissing(of: ["…", "stop"]) == "stop")
      #expect(Printed("2\n").firstMissing(of: ["1"]) == "1")
      #expect(printed.firstMissing(of: ["step 9/40  loss much"]) != nil)
      #expect(Article.all.count >= 5)
      #expect(Article.all.flatMap(\.consoles).flatMap(\.steps).count >= 20)
    }

    private static let mark = "——— next command ———"

    /// One shell for all commands; it ends with the first that fails.
    private static func script(for steps: [Article.Step]) -> String {
      (["set -e -o pipefail", "source launch/env", "PATH=$PWD/Tests/Probes/slurm:$PATH"]
        + steps.flatMap { [$0.command, "echo '\(mark)'"] })
        .joined(separator: "\n")
    }

    /// Makes a folder look like the repository's, with no data and no runs in it; in place of Slurm
    /// there are commands of the same names.
    private func furnish(_ folder: URL) throws {
      for name in ["launch", "datasets", "Sources", "Tests", "README.md"] {
        try FileManager.default.createSymbolicLink(
          at: folder.appending(path: name), withDestinationURL: package.appending(path: name))
      }
      let programs = folder.appending(path: ".build-static/release")
      try FileManager.default.createDirectory(at: programs, withIntermediateDirectories: true)
      for program in ["trainer", "sharder"] {
        try FileManager.default.createSymbolicLink(
          at: programs.appending(path: program), withDestinationURL: URL(filePath: built(program)))
      }
    }
  }
}

extension Article.Block {
  /// Whether the block is a file that the commands need, and no excerpt from one of the repository.
  fileprivate var isFileToWrite: Bool {
    !argument.isEmpty && language != "console"
      && !FileManager.default.fileExists(atPath: package.appending(path: argument).path)
  }
}
