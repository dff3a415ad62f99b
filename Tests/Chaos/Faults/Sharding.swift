import Foundation
import Launching
import Storage

#if canImport(Glibc)
  import Glibc
#endif

extension Fault {
  static let killedSharder = Fault(
    name: "kill-sharder", title: "kill -9 of `sharder create` at a random moment",
    promise: "repeated, it makes the same bytes; nothing else is left", runs: 50, shortRuns: 2
  ) { trial, chance in
    func command(_ output: String) -> Command {
      let originals = package.appending(path: "datasets/sample").path
      return Command(
        "sharder", ranks: nil, ["create", originals, "--output", output, "--shards", "20"],
        in: trial.folder)
    }
    let began = Date.now
    try command("whole").run().requireSuccess("sharder")
    let duration = Date.now.timeIntervalSince(began)
    let run = try command("data").start()
    // The shell that prepares the command has children of its own.
    let process = awaited(upTo: 5) { run.launcher.flatMap { isNamed("sharder", $0) ? $0 : nil } }
    chance.sleep(upTo: duration)
    if let process, process > 1 { kill(process, SIGKILL) }
    if try run.finish().status == 0 { throw Missed() }
    let (data, whole) = (trial.folder.path + "/data", trial.folder.path + "/whole")
    func requireWhole() throws {
      let (names, wanted) = (try Folder.names(in: data), try Folder.names(in: whole))
      try require(names == wanted, "\(names)")
      for name in wanted {
        let (digest, other) = try (
          MappedFile(data + "/" + name).digest, MappedFile(whole + "/" + name).digest
        )
        try require(digest == other, "\(name) is another")
      }
    }
    let place = Folder.exists(data) ? try Folder.names(in: data) : []
    // The index comes last: where it is, nothing may be missing.
    if place.contains("index.json") { try requireWhole() }
    try command("data").run().requireSuccess("sharder, repeated")
    try requireWhole()
    return Finding(kind: "\(place.count) files before")
  }
}

/// Whether a process runs the program of that name.
private func isNamed(_ name: String, _ process: pid_t) -> Bool {
  (try? TextFile.read("/proc/\(process)/comm")) == name + "\n"
}
