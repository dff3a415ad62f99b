import Kernels
import Storage

#if canImport(Glibc)
  import Glibc
#endif

/// What bits depend on besides the recipe: the kind of CPU, and the kernels chosen for it.
enum Machine {
  /// Bytes of main memory, or of what a control group allows of it.
  static var memoryBytes: Int {
    let whole = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    return min(whole, ControlGroup.memoryLimit ?? whole)
  }

  /// One line that is equal on machines that give equal bits.
  static func description() -> String {
    let information = (try? TextFile.read("/proc/cpuinfo")) ?? ""
    var fields: [Substring: Substring] = [:]
    for line in information.split(separator: "\n") {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let key = line[..<colon].prefix { $0 != "\t" }
      if fields[key] == nil { fields[key] = line[line.index(after: colon)...].dropFirst() }
    }
    let flags = (fields["flags"] ?? "").split(separator: " ")
    let level = flags.contains("avx512f") ? "AVX-512" : flags.contains("avx2") ? "AVX2" : "SSE"
    let parts = ["vendor_id", "cpu family", "model"].map { fields[$0] ?? "?" }
    return "CPU \(parts.joined(separator: " ")), OpenBLAS \(blasCoreName()), \(level)"
  }
}
