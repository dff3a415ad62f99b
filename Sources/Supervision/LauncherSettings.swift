import FoundationEssentials
import Storage

/// What mpirun is told, so that it starts on any machine; what the user has set stays.
///
/// The same as in launch/env, less what every rank sets for itself.
struct LauncherSettings {
  /// The variables of mpirun's environment.
  private(set) var variables = ProcessInfo.processInfo.environment

  private let isOnSeveralMachines: Bool

  init(onSeveralMachines: Bool = false) {
    isOnSeveralMachines = onSeveralMachines
    // Open MPI refuses root without both, and containers know nobody else.
    set("OMPI_ALLOW_RUN_AS_ROOT", "1")
    set("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1")
    // Open MPI refuses more ranks than cores unless told to allow them.
    set("OMPI_MCA_rmaps_base_oversubscribe", "1")
    // Binding gains nothing on one memory node, and ties every small job to the same first cores.
    if !DurableFile.exists("/sys/devices/system/node/node1") {
      set("OMPI_MCA_hwloc_base_binding_policy", "none")
    }
    // Whoever fails says so in a line of its own: no paragraph, stack trace or register dump.
    set("OMPI_MCA_orte_execute_quiet", "1")
    set("OMPI_MCA_opal_signal", "")
    set("SWIFT_BACKTRACE", "enable=no")
    // libevent's epoll code warns of a race of its own when all ranks end with an error.
    set("EVENT_NOEPOLL", "1")
    // Two threads would change the bits; ranks fill the cores.
    set("OPENBLAS_NUM_THREADS", "1")
    set("OMP_NUM_THREADS", "1")
    // A machine that is gone without a word is noticed after 25 seconds; Open MPI's own settings
    // take eight minutes, in which mpirun cannot even be told to end.
    set("OMPI_MCA_oob_tcp_keepalive_time", "10")
    set("OMPI_MCA_oob_tcp_keepalive_intvl", "5")
    set("OMPI_MCA_oob_tcp_keepalive_probes", "3")
  }

  /// What tells mpirun to pass variables on to ranks on other machines; of Open MPI's own it does so
  /// itself.
  static func exported(_ variables: [String: String]) -> [String] {
    ["PATH", "LD_LIBRARY_PATH", "SWIFT_BACKTRACE", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"]
      .filter { variables[$0] != nil }.flatMap { ["-x", $0] }
  }

  /// Whether ranks may run on other machines, where a folder of this one does not exist.
  var spansMachines: Bool {
    if isOnSeveralMachines { return true }
    if let nodes = variables["SLURM_JOB_NUM_NODES"] ?? variables["SLURM_NNODES"] {
      return nodes != "1"
    }
    return ["OMPI_MCA_orte_default_hostfile", "PBS_NODEFILE", "LSB_HOSTS", "PE_HOSTFILE"]
      .contains { variables[$0] != nil }
  }

  /// Makes folders for the files of Open MPI's processes, and tells mpirun of them.
  mutating func makeFolders() throws(FileError) -> [PrivateFolder] {
    if spansMachines { return [] }
    let sessions = try PrivateFolder(
      in: variables["OMPI_MCA_orte_tmpdir_base"] ?? variables["TMPDIR"] ?? "/tmp")
    variables["OMPI_MCA_orte_tmpdir_base"] = sessions.path
    // Messages and windows share memory through files; a full /dev/shm is for the ranks to tell.
    let base = variables["OMPI_MCA_osc_sm_backing_directory"] ?? "/dev/shm"
    guard let memory = try? PrivateFolder(in: base) else { return [sessions] }
    variables["OMPI_MCA_osc_sm_backing_directory"] = memory.path
    variables["OMPI_MCA_btl_vader_backing_directory"] = memory.path
    return [sessions, memory]
  }

  private mutating func set(_ name: String, _ value: String) {
    if variables[name] == nil { variables[name] = value }
  }
}
