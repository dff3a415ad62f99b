import Foundation
import Testing

@Suite struct `Launch scripts` {
  /// Every file that names its interpreter in the first line.
  private static let scripts = ["launch", "datasets", ".ci"]
    .flatMap(Repository.files(under:))
    .filter { firstLine(of: $0).hasPrefix("#!") }

  private static let inBash =
    ["launch/env"] + scripts.filter { firstLine(of: $0).hasSuffix("bash") }

  private static func firstLine(of path: String) -> String {
    let text = try? Repository.text(of: path)
    return String(text?.prefix { !$0.isNewline } ?? "")
  }

  @Test(arguments: scripts) func `a script can be started`(path: String) {
    #expect(Repository.isExecutable(path))
  }

  @Test(arguments: inBash) func `bash can read a script`(path: String) throws {
    #expect(try Bash(["-n", path]).status == 0)
  }

  @Test func `sourcing the environment again changes nothing, and any folder will do`() throws {
    let path = Repository.url("launch/env").path
    let once = try Bash(["-euc", "source launch/env; cd /; env | grep -v ^_= | sort"])
    let again = try Bash(
      ["-euc", "source '\(path)'; source '\(path)'; env | grep -v ^_= | sort"],
      in: URL(filePath: "/"))
    let program = "\nPATH=\(Repository.url(".build-static/release").path):"
    #expect(once.status == 0 && once.output.contains("\nOMPI_ALLOW_RUN_AS_ROOT=1\n"))
    #expect(once.output.contains(program))
    #expect(
      once.output.split(separator: "\n").filter { !$0.hasPrefix("OLDPWD=") }
        == again.output.split(separator: "\n").filter { !$0.hasPrefix("OLDPWD=") })
  }

  @Test func `a wrong number of ranks or group of packages is a usage error`() throws {
    #expect(try Bash(["launch/local", "-n", "many"]).status == 64)
    #expect(try Bash(["launch/install-packages", "everything"]).status == 64)
  }
}
