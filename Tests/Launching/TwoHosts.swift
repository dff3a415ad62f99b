import Foundation

/// Two network namespaces of this machine that stand for two hosts, joined by a cable.
public enum TwoHosts {
  /// The program that makes them, and runs another one on them.
  public static let program = package.appending(path: "Tests/Probes/two-hosts").path

  /// Whether this machine lets a test make them: as root, with iproute2.
  public static let arePossible = (try? Command([program, "1", "/bin/true"]).run().status) == 0
}
