import Foundation

/// What a program under mpirun printed and returned.
struct Outcome {
  var status: Int32
  var output: String

  /// The probe's lines without their rank, each different one once.
  var distinctLines: Set<String> {
    Set(lines.map { $0.split(separator: ":", maxSplits: 1).last.map(String.init) ?? $0 })
  }

  /// The probe's lines, one a rank.
  var lines: [String] {
    output.split(separator: "\n").map(String.init).filter { $0.hasPrefix("rank ") }
  }
}

/// Starts the reduction probe on `ranks` ranks, or without mpirun for nil; a hang ends in status 124.
func reductionProbe(ranks: Int?, _ arguments: String...) throws -> Outcome {
  let launcher = ranks.map { ["mpirun", "--oversubscribe", "-n", "\($0)"] } ?? []
  return try launch(launcher + [probe] + arguments)
}

/// Starts the reduction probe on ranks that alternate between two hosts.
func reductionProbeOnTwoHosts(ranks: Int, _ arguments: String...) throws -> Outcome {
  try launch([twoHosts, "\(ranks)", probe] + arguments)
}

/// Whether this machine lets a test make hosts of network namespaces: as root, with iproute2.
let twoHostsArePossible = (try? launch([twoHosts, "1", "/bin/true"]).status) == 0

private let probe = products.appendingPathComponent("reduction-probe").path

private let twoHosts = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().appendingPathComponent("Probes/two-hosts").path

private func launch(_ command: [String]) throws -> Outcome {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
  process.arguments = ["--kill-after=5", "120"] + command
  var environment = ProcessInfo.processInfo.environment
  // What launch/env sets: root, fewer cores than ranks, containers without CMA.
  environment["OMPI_ALLOW_RUN_AS_ROOT"] = "1"
  environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1"
  environment["OMPI_MCA_rmaps_base_oversubscribe"] = "1"
  environment["OMPI_MCA_mpi_yield_when_idle"] = "1"
  environment["OMPI_MCA_hwloc_base_binding_policy"] = "none"
  environment["OMPI_MCA_btl_vader_single_copy_mechanism"] = "none"
  process.environment = environment
  let pipe = Pipe()
  process.standardOutput = pipe
  process.standardError = pipe
  process.standardInput = FileHandle.nullDevice
  try process.run()
  let data = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return Outcome(
    status: process.terminationStatus, output: String(decoding: data, as: UTF8.self))
}

/// Where the build put the probe: beside the test bundle.
private let products: URL = {
  let program = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
  let beside = program.deletingLastPathComponent()
  if FileManager.default.fileExists(atPath: beside.appendingPathComponent("reduction-probe").path) {
    return beside
  }
  return URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent(".build/release")
}()
