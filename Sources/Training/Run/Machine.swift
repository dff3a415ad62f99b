import Collectives
import Kernels
import Storage

/// What bits depend on besides the recipe: the kind of CPU, and the kernels chosen for it.
enum Machine {
  /// One line that is equal on machines that give equal bits.
  static func description() -> String {
    let information = (try? String(decoding: MappedFile.readAll("/proc/cpuinfo"), as: UTF8.self)) ?? ""
    var fields: [String: Substring] = [:]
    for line in information.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { continue }
      let key = parts[0].trimmingSuffix
      if fields[key] == nil { fields[key] = parts[1] }
    }
    let flags = (fields["flags"] ?? "").split(separator: " ")
    let level = flags.contains("avx512f") ? "avx512" : flags.contains("avx2") ? "avx2" : "sse"
    let parts = ["vendor_id", "cpu family", "model"].map { (fields[$0] ?? " ?").dropFirst() }
    return "\(parts.joined(separator: " ")) · OpenBLAS \(blasCoreName()) · \(level)"
  }
}
