import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// The memory of a process, as its owner or root may read and change it from outside.
struct RunningMemory {
  let process: pid_t

  /// Flips a bit wherever a run of floats lies in memory that the process may write; returns in how
  /// many places that was.
  ///
  /// `shared` says whether to look in memory shared with other processes, or in its own.
  func flipBit(where values: [Float], shared: Bool) -> Int {
    let pattern = values.withUnsafeBytes { Data($0) }
    let memory = open("/proc/\(process)/mem", O_RDWR)
    guard memory >= 0 else { return 0 }
    defer { close(memory) }
    var places = 0
    for region in regions(shared: shared) {
      var bytes = Data(count: region.count)
      let count = bytes.withUnsafeMutableBytes {
        pread(memory, $0.baseAddress, $0.count, region.lowerBound)
      }
      guard count > 0 else { continue }
      var rest = bytes[..<count]
      while let found = rest.range(of: pattern) {
        var byte = bytes[found.lowerBound] ^ 1
        if pwrite(memory, &byte, 1, region.lowerBound + found.lowerBound) == 1 { places += 1 }
        rest = bytes[found.upperBound..<count]
      }
    }
    return places
  }

  /// Where the process has memory that it may write.
  private func regions(shared: Bool) -> [Range<Int>] {
    let file = "/proc/\(process)/maps"
    guard let maps = try? String(contentsOfFile: file, encoding: .utf8) else { return [] }
    return maps.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard words.count > 1, words[1] == (shared ? "rw-s" : "rw-p") else { return nil }
      let ends = words[0].split(separator: "-").compactMap { Int($0, radix: 16) }
      return ends.count == 2 ? ends[0]..<ends[1] : nil
    }
  }
}
