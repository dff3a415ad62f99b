import Storage

/// The machines that ranks may run on.
public struct Hosts: Equatable, Sendable {
  /// A machine, and how many ranks it takes.
  struct Host: Equatable, Sendable {
    let name: String
    let slots: Int

    /// Checks that both can be told to mpirun; `place` stands in messages.
    init(_ name: Substring, slots: Int?, place: String) throws(SupervisionError) {
      guard !name.isEmpty, name.first != "-", name.allSatisfy({ !$0.isWhitespace && $0 != "," })
      else {
        throw SupervisionError("\(place): \"\(name)\" is no name of a machine")
      }
      guard let slots, slots > 0 else {
        throw SupervisionError(
          "\(place): \(name): say how many ranks it takes, a whole number of at least 1")
      }
      (self.name, self.slots) = (String(name), slots)
    }
  }

  private(set) var list: [Host] = []

  /// The machines of a list such as `node1:8,node2:8`; one without a number takes one rank.
  public init(list: String) throws(SupervisionError) {
    for part in list.split(separator: ",", omittingEmptySubsequences: false) {
      let place = "--host"
      guard let colon = part.lastIndex(of: ":") else {
        try add(Host(part, slots: 1, place: place), place)
        continue
      }
      let slots = Int(part[part.index(after: colon)...])
      try add(Host(part[..<colon], slots: slots, place: place), place)
    }
  }

  /// The machines of a file with lines such as `node1 slots=8`.
  public init(file: String) throws {
    let lines = try TextFile.read(file).split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let words = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" || $0 == "\r" }
      guard let name = words.first else { continue }
      let place = "\(file):\(index + 1)"
      let slots = words.dropFirst().first { $0.hasPrefix("slots=") }
      try add(Host(name, slots: slots.flatMap { Int($0.dropFirst(6)) }, place: place), place)
    }
    if list.isEmpty { throw SupervisionError("\(file): names no machine") }
  }

  private mutating func add(_ host: Host, _ place: String) throws(SupervisionError) {
    guard !names.contains(host.name) else {
      throw SupervisionError("\(place): \(host.name) is there twice")
    }
    list.append(host)
  }

  /// What they are called.
  var names: [String] { list.map(\.name) }

  /// How many ranks they take together.
  public var slots: Int { list.reduce(0) { $0 + $1.slots } }

  /// Whether ranks run on more than one machine.
  var areSeveral: Bool { list.count > 1 }

  /// Those that are called so.
  func only(_ names: [String]) -> Hosts {
    var hosts = self
    hosts.list = list.filter { names.contains($0.name) }
    return hosts
  }

  /// What mpirun is told of them; no more ranks on one than it takes, as long as that is enough.
  var words: [String] { ["--host", list.map { "\($0.name):\($0.slots)" }.joined(separator: ",")] }
}
