import Collectives
import FoundationEssentials
import Kernels
import Storage

#if canImport(Glibc)
  import Glibc
#endif

extension Machine {
  /// Where a run takes place, for people who read of it later; nothing of it changes a result.
  static func environment(of world: World, transport: TransportChoice) -> [String: String] {
    let cpu = (try? TextFile.read("/proc/cpuinfo")) ?? ""
    let system = (try? TextFile.read("/etc/os-release")) ?? ""
    return [
      "host": world.nodeCount > 1 ? "\(world.hostName) and others" : world.hostName,
      "nodes": "\(world.nodeCount)",
      "processor": value(of: "model name\t", in: cpu, after: ":"),
      "cores of a node": "\(ProcessInfo.processInfo.activeProcessorCount)",
      "memory of a node": "\(memoryBytes >> 30) GB",
      "OpenBLAS kernels": blasCoreName(),
      "system": value(of: "PRETTY_NAME", in: system, after: "="),
      "transport": transport.rawValue,
      "folder": FileManager.default.currentDirectoryPath,
      "command": CommandLine.arguments.joined(separator: " "),
    ].filter { !$0.value.isEmpty }
  }

  /// The value of the first line of that name, without quotes and blanks around it.
  private static func value(of name: String, in text: String, after mark: Character) -> String {
    let line = text.split(separator: "\n").first { $0.hasPrefix(name) } ?? ""
    let value = line.drop { $0 != mark }.dropFirst()
    return String(value.drop { $0 == " " }.filter { $0 != "\"" })
  }
}
