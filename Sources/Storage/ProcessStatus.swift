/// What the system says of this process in /proc/self/status.
public enum ProcessStatus {
  /// The field of the given name; empty where there is none.
  public static func field(_ name: String) -> String {
    let lines = ((try? TextFile.read("/proc/self/status")) ?? "").split(separator: "\n")
    let line = lines.first { $0.hasPrefix(name + ":") } ?? ""
    return String(line.drop { $0 != ":" }.dropFirst().drop { $0 == "\t" || $0 == " " })
  }
}
