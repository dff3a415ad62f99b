import Storage

#if canImport(Glibc)
  import Glibc
#endif

/// What a process can still set for itself before MPI starts, where `launch/env` was not sourced.
public enum LaunchEnvironment {
  /// Sets what Open MPI needs on few cores and in containers; what is set already stays.
  static func complete() {
    // Ranks that wait would otherwise spin on the cores of those that compute.
    if ranksOnNode > Cores.online { set("OMPI_MCA_mpi_yield_when_idle", "1") }
    // Ranks copy from one another's memory with a system call that containers may forbid.
    if !mayReadOtherProcesses { set("OMPI_MCA_btl_vader_single_copy_mechanism", "none") }
    // Open MPI would print a stack trace where a rank's own line says more.
    set("OMPI_MCA_opal_signal", "")
  }

  /// The ranks that the launcher starts on this machine; 1 if it does not say.
  private static var ranksOnNode: Int {
    guard let text = unsafe getenv("OMPI_COMM_WORLD_LOCAL_SIZE") else { return 1 }
    return unsafe Int(String(cString: text)) ?? 1
  }

  /// Whether neither a system-call filter nor Yama forbids `process_vm_readv`.
  public static var mayReadOtherProcesses: Bool {
    let yama = (try? TextFile.read("/proc/sys/kernel/yama/ptrace_scope")) ?? "0"
    return ProcessStatus.field("Seccomp") != "2" && !yama.hasPrefix("2") && !yama.hasPrefix("3")
  }

  /// A bit for each core that this process may run on, 64 in a word.
  static func usableCores(words: Int) -> [Int64] {
    var mask = [Int64](repeating: 0, count: words)
    for core in Cores.allowed where core < 64 * words { mask[core / 64] |= 1 << (core % 64) }
    return mask
  }

  private static func set(_ name: String, _ value: String) {
    unsafe setenv(name, value, 0)
  }
}
