/// The limits that control groups put on this process: containers and batch systems set them, and
/// the machine's own figures do not show them.
public enum ControlGroup {
  /// How many cores' time this process may take; nil for all.
  public static var coreLimit: Double? {
    limits(of: "cpu") { (folder: String) -> Double? in
      if let words = words("cpu.max", folder), words.count == 2, let quota = Double(words[0]),
        let period = Double(words[1])
      {
        return quota / period
      }
      guard let quota = words("cpu.cfs_quota_us", folder)?.first.flatMap({ Double($0) }), quota > 0,
        let period = words("cpu.cfs_period_us", folder)?.first.flatMap({ Double($0) })
      else { return nil }
      return quota / period
    }.min()
  }

  /// How many bytes of memory this process and its companions may take; nil for all.
  public static var memoryLimit: Int? {
    limits(of: "memory") { (folder: String) -> Int? in
      let word = (words("memory.max", folder) ?? words("memory.limit_in_bytes", folder))?.first
      // The first version says "none" by a number that no machine reaches.
      return word.flatMap { Int($0) }.flatMap { $0 < 1 << 60 ? $0 : nil }
    }.min()
  }

  /// A limit of every group that this process is in, from its own up to the whole machine's.
  private static func limits<Limit>(
    of controller: String, _ limit: (_ folder: String) -> Limit?
  ) -> [Limit] {
    folders(of: controller).compactMap(limit)
  }

  private static func folders(of controller: String) -> [String] {
    let lines = ((try? TextFile.read("/proc/self/cgroup")) ?? "").split(separator: "\n")
    return lines.flatMap { line -> [String] in
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { return [] }
      // A second-version hierarchy has no list of controllers, and lies at the root.
      if parts[1].isEmpty { return ancestors(of: parts[2], in: "/sys/fs/cgroup") }
      guard parts[1].split(separator: ",").contains(Substring(controller)) else { return [] }
      return ancestors(of: parts[2], in: "/sys/fs/cgroup/\(parts[1])")
    }
  }

  /// The folder at `path` below `root`, and those above it up to `root`.
  private static func ancestors(of path: Substring, in root: String) -> [String] {
    let names = path.split(separator: "/")
    return (0...names.count).map { root + "/" + names.prefix($0).joined(separator: "/") }
  }

  private static func words(_ file: String, _ folder: String) -> [Substring]? {
    guard let text = try? TextFile.read("\(folder)/\(file)") else { return nil }
    return text.split { $0 == " " || $0 == "\n" }
  }
}
