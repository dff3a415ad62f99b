import Collectives
import Storage

#if canImport(Glibc)
  import Glibc
#endif

// What ranks keep in memory, each for itself and all together.

extension Examination {
  /// Main memory, and what a control group leaves of it.
  func memory() -> Finding {
    var finding = Finding("memory")
    let whole = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    finding.note("\(Self.size(Self.available)) of \(Self.size(whole)) free")
    let limit = ControlGroup.memoryLimit.flatMap { $0 < whole ? $0 : nil }
    if let limit { finding.note("a control group allows \(Self.size(limit))") }
    guard let need else { return finding }
    let wanted = need.rank * ranks
    finding.note("\(Self.size(wanted)) for \(ranks) ranks")
    let room = min(Self.available, limit ?? .max)
    if wanted > room {
      finding.fail(
        "\(ranks) ranks take \(Self.size(wanted)), and there are \(Self.size(room))",
        "set a smaller batch.micro, start fewer ranks, or give the container more memory")
    }
    return finding
  }

  /// Bytes that can be had without taking them from others.
  private static var available: Int {
    let lines = ((try? TextFile.read("/proc/meminfo")) ?? "").split(separator: "\n")
    let line = lines.first { $0.hasPrefix("MemAvailable:") } ?? ""
    return (line.split { !$0.isNumber }.first.flatMap { Int($0) } ?? 0) << 10
  }

  /// The folder in which ranks share gradients and parameters.
  func sharedMemory() -> Finding {
    var finding = Finding("shared memory")
    let folder = SharedMemory.folder
    guard let place = try? Folder.place(for: folder), place == folder else {
      finding.fail(
        "\(folder) is no folder that can be written in: ranks can share nothing",
        "mount a tmpfs there, or name another by OMPI_MCA_osc_sm_backing_directory and "
          + "OMPI_MCA_btl_vader_backing_directory")
      return finding
    }
    let (free, whole) = (Self.size(SharedMemory.free), Self.size(Folder.bytes(folder)))
    finding.note("\(free) of \(whole) free in \(folder)")
    if let need {
      finding.note("\(Self.size(need.sharedMemory)) for \(ranks) ranks")
      if SharedMemory.free < need.sharedMemory {
        finding.warn(
          "\(folder) has \(Self.size(SharedMemory.free)) free and \(ranks) ranks take "
            + "\(Self.size(need.sharedMemory)): they send messages instead, with the same bits but "
            + "slower",
          "docker run --shm-size=\(max(1, need.sharedMemory >> 30 + 1))g, or as root: mount -o "
            + "remount,size=\(need.sharedMemory >> 20 + 64)m \(folder)")
      }
    }
    return finding
  }
}
