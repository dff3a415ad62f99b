import CProcesses
import Storage

#if canImport(Glibc)
  import Glibc
#endif

/// mpirun, started by this process and watched to its end, with all that it starts.
struct Launcher {
  private let environment: [String: String]
  private let folders: [PrivateFolder]
  private let sweeper: Sweeper

  /// Makes ready to start mpirun, on other machines too where ranks are on several; removes what
  /// earlier runs have left.
  init(onSeveralMachines: Bool) throws {
    var settings = LauncherSettings(onSeveralMachines: onSeveralMachines)
    guard lockstep_process_adopt_orphans() == 0 else {
      throw SupervisionError("cannot adopt orphaned processes", errorNumber: errno)
    }
    folders = try settings.makeFolders()
    environment = settings.variables
    sweeper = try Sweeper(of: folders)
  }

  /// Starts mpirun with so many ranks of a program, where mpirun likes or on the hosts; returns its
  /// process.
  func start(
    ranks: Int, on hosts: Hosts?, _ program: [String]
  ) throws(SupervisionError) -> pid_t {
    let places = hosts.map { $0.words + LauncherSettings.exported(environment) } ?? []
    return try start(["mpirun", "-n", "\(ranks)"] + places + program)
  }

  /// Starts an mpirun that ends with 0, and without a word, if each of the hosts can be reached.
  func start(askingFor hosts: Hosts) throws(SupervisionError) -> pid_t {
    let silently = ["sh", "-c", #"exec mpirun "$@" >/dev/null 2>&1"#, "mpirun"]
    let count = "\(hosts.names.count)"
    return try start(silently + ["-n", count, "--map-by", "node"] + hosts.words + ["true"])
  }

  private func start(_ words: [String]) throws(SupervisionError) -> pid_t {
    let settings = environment.map { "\($0.key)=\($0.value)" }
    let process = unsafe withCStrings(words) { words in
      unsafe withCStrings(settings) { unsafe lockstep_process_start(words, $0) }
    }
    if process > 0 { return process }
    throw SupervisionError(
      "cannot start mpirun; install Open MPI (launch/install-packages), or put it on the PATH",
      errorNumber: errno)
  }

  /// How mpirun ended; nil while it runs.
  func ending(of process: pid_t) -> Ending? {
    var status: Int32 = 0
    guard unsafe waitpid(process, &status, WNOHANG) == process else { return nil }
    endOrphans()
    for folder in folders { folder.empty() }
    return Ending(waitStatus: status)
  }

  /// Removes the folders.
  func finish() {
    sweeper.finish()
    for folder in folders { folder.remove() }
  }

  /// Ends every process that mpirun has left, and waits for that: the next ranks need the run's
  /// folder and the memory.
  private func endOrphans() {
    while true {
      let orphans = children().filter { $0 != sweeper.process }
      if orphans.isEmpty { return }
      for orphan in orphans {
        kill(orphan, SIGKILL)
        waitpid(orphan, nil, 0)
      }
    }
  }

  /// This process's children, adopted ones among them.
  private func children() -> [pid_t] {
    let text = try? TextFile.read("/proc/self/task/\(getpid())/children")
    // 0 and negative numbers would be groups of processes.
    return (text ?? "").split { $0 == " " || $0 == "\n" }.compactMap { pid_t($0) }
      .filter { $0 > 0 }
  }
}

/// The process that removes folders after this one, however this one ends.
private struct Sweeper {
  let process: pid_t
  private let pipe: Int32

  init(of folders: [PrivateFolder]) throws(SupervisionError) {
    var writer: Int32 = -1
    let paths = folders.map(\.path)
    process = unsafe withCStrings(paths) {
      unsafe lockstep_process_start_sweeper($0, &writer)
    }
    pipe = writer
    if process < 0 { throw SupervisionError("cannot start a process", errorNumber: errno) }
  }

  /// Lets it end, without the wait for locks that this process holds.
  func finish() {
    kill(process, SIGKILL)
    waitpid(process, nil, 0)
    close(pipe)
  }
}
