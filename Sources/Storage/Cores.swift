#if canImport(Glibc)
  import Glibc
#endif

/// The cores of this machine, and those that this process may use.
public enum Cores {
  /// The cores of the machine.
  public static var online: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// The numbers of the cores that this process is bound to; all, if it is not bound.
  public static var allowed: [Int] {
    let cores = ProcessStatus.field("Cpus_allowed_list").split(separator: ",").flatMap {
      part -> Range<Int> in
      let ends = part.split(separator: "-").compactMap { Int($0) }
      guard let first = ends.first, let last = ends.last, first <= last else { return 0..<0 }
      return first..<last + 1
    }
    return cores.isEmpty ? Array(0..<online) : cores
  }

  /// How many ranks can compute at once: the allowed cores, or as many as a control group's quota
  /// is worth.
  public static var usable: Int {
    let quota = ControlGroup.coreLimit.map { max(1, Int($0.rounded(.up))) } ?? .max
    return min(allowed.count, quota)
  }
}
