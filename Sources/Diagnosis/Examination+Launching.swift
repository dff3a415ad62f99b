import Collectives
import FoundationEssentials
import Storage

#if canImport(Glibc)
  import Glibc
#endif

// What starts ranks, and whether it does.

extension Examination {
  private static var settings: [String: String] { ProcessInfo.processInfo.environment }

  /// What a container, or the lack of one, forbids.
  func container() -> Finding {
    var finding = Finding("container")
    finding.note(Self.containerKind)
    let filter = ["0": "no system-call filter", "1": "strict mode", "2": "a system-call filter"]
    finding.note(filter[ProcessStatus.field("Seccomp")] ?? "an unknown system-call filter")
    finding.note(
      LaunchEnvironment.mayReadOtherProcesses
        ? "ranks may read one another's memory"
        : "ranks copy through shared memory, since they may not read one another's")
    if geteuid() == 0 {
      finding.note("root")
      if Self.settings["OMPI_ALLOW_RUN_AS_ROOT"] != "1"
        || Self.settings["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] != "1"
      {
        finding.warn(
          "plain mpirun refuses root", "source launch/env before it, or use trainer run -n \(ranks)"
        )
      }
    }
    if ranks > Cores.online, Self.settings["OMPI_MCA_rmaps_base_oversubscribe"] != "1" {
      finding.warn(
        "plain mpirun refuses \(ranks) ranks on \(Cores.online) cores",
        "source launch/env before it, or use trainer run -n \(ranks)")
    }
    return finding
  }

  private static var containerKind: String {
    if DurableFile.exists("/.dockerenv") { return "Docker" }
    if DurableFile.exists("/run/.containerenv") { return "Podman" }
    if let name = settings["SINGULARITY_NAME"] ?? settings["APPTAINER_NAME"] { return name }
    return "no container that shows"
  }

  /// The MPI library, mpirun, and the ways that messages can take.
  func mpi() -> Finding {
    var finding = Finding("MPI")
    finding.note("library \(MPILibrary.version)")
    let version = run(["mpirun", "--version"])
    guard version.status == 0 else {
      finding.fail(
        "mpirun --version \(version.ending)",
        "install Open MPI (launch/install-packages build), or put mpirun on the PATH")
      return finding
    }
    let line = version.output.split(separator: "\n").first ?? ""
    finding.note(String(line))
    let numbers = line.split { !$0.isNumber && $0 != "." }.first ?? "none"
    if !MPILibrary.version.contains(numbers) {
      finding.fail(
        "mpirun is \(line), the program runs on \(MPILibrary.version)",
        "put the mpirun of the library's installation first on the PATH")
    }
    let transports = Self.transports(in: run(["ompi_info", "--parsable"]).output)
    if !transports.isEmpty { finding.note("transports " + transports.joined(separator: ", ")) }
    return finding
  }

  /// The names in `mca:btl:vader:version:…`, each once.
  private static func transports(in text: String) -> [String] {
    var names: [String] = []
    for line in text.split(separator: "\n") where line.hasPrefix("mca:btl:") {
      let name = String(line.split(separator: ":")[2])
      if name != "base", !names.contains(name) { names.append(name) }
    }
    return names
  }

  /// Two ranks, started by mpirun as `trainer run` would.
  func launch() -> Finding {
    var finding = Finding("launch")
    finding.note(Self.place)
    finding.note("locale \(Self.locale)")
    let trial = run(["mpirun", "-n", "2"] + probe)
    let report = try? JSONDecoder().decode(
      LaunchProbe.Report.self, from: Data(trial.output.utf8))
    guard trial.status == 0, let report else {
      let line = trial.errors.split(separator: "\n").first { $0.contains { $0.isLetter } }
      finding.fail(
        "two ranks do not start: mpirun " + trial.ending + (line.map { ": \($0)" } ?? ""),
        trial.status == nil
          ? "look at the entries on MPI and shared memory; in a container, try --network host"
          : "mend what the line says; `trainer run -n 2` shows all of it")
      return finding
    }
    judge(report, &finding)
    return finding
  }

  private func judge(_ report: LaunchProbe.Report, _ finding: inout Finding) {
    let nodes = report.nodes == 1 ? "1 node" : "\(report.nodes) nodes"
    finding.note("\(report.ranks) ranks on \(nodes)")
    for exchange in report.exchanges {
      finding.note("\(exchange.transport) \(exchange.milliseconds) ms for 1 MB")
      if !exchange.isRight {
        finding.fail(
          "gradients that go by \(exchange.transport) arrive wrong",
          "set OMPI_MCA_btl_vader_single_copy_mechanism=none, and run trainer doctor again")
      }
      if let note = exchange.note { finding.warn(note, "see the entry on shared memory") }
    }
    if report.ranks != 2 {
      finding.fail(
        "mpirun -n 2 makes a world of \(report.ranks): each rank trains for itself",
        "use the mpirun of the MPI library that trainer is linked with")
    }
  }

  /// Where ranks are started.
  private static var place: String {
    for name in ["SLURM_JOB_NUM_NODES", "SLURM_NNODES"] {
      if let nodes = settings[name] { return "a Slurm job on \(nodes) nodes" }
    }
    if settings["OMPI_MCA_orte_default_hostfile"] != nil { return "machines of a host file" }
    return "this machine alone"
  }

  private static var locale: String {
    for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
      if let value = settings[name], !value.isEmpty { return value }
    }
    return "C"
  }
}
