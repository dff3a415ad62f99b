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

  /// Each rank sets for itself what depends on its own node; mpirun is told the rest.
  @Test func `the supervisor and the ranks set all that launch/env sets, and nothing else`()
    throws
  {
    let env = try names(in: "launch/env", #/export (\w+)=/#)
    let mpirun = try names(in: "Sources/Supervision/LauncherSettings.swift", #/\bset\("(\w+)"/#)
    let ranks = try names(in: "Sources/Collectives/LaunchEnvironment.swift", #/\bset\("(\w+)"/#)
    #expect(mpirun.count > 5 && ranks.count > 1)
    #expect(mpirun.union(ranks) == env.subtracting(["PATH"]))
  }

  /// What a pattern finds in a file.
  private func names(
    in path: String, _ pattern: Regex<(Substring, Substring)>
  ) throws -> Set<String> {
    Set(try Repository.text(of: path).matches(of: pattern).map { String($0.1) })
  }

  @Test func `wrong arguments are a usage error`() throws {
    #expect(try Bash(["launch/install-packages", "everything"]).status == 64)
    #expect(try Bash(["launch/install", "--prefix"]).status == 64)
    #expect(try Bash(["launch/install", "everywhere"]).status == 64)
  }
}
