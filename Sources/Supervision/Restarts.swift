/// Decides whether and how a run is started again.
struct Restarts {
  /// How often in a row it may be without a newer checkpoint.
  let limit: Int
  /// With how few ranks.
  let fewestRanks: Int
  /// How many ranks the next start has.
  private(set) var ranks: Int
  /// How many starts in a row have ended without a newer checkpoint.
  private(set) var fruitless = 0
  private var newest: Int?
  /// The machines that the next start is on; nil for where mpirun likes.
  private(set) var hosts: Hosts?
  private let allHosts: Hosts?
  /// The cores that there were.
  private var cores: Int
  /// What is to be said of cores that are gone.
  private var remark = ""

  /// The decisions for a run whose newest checkpoint is that after `step`, or that has none.
  init(
    limit: Int, ranks: Int, fewestRanks: Int, cores: Int, hosts: Hosts?, newest step: Int?
  ) {
    (self.limit, self.ranks, self.fewestRanks, newest) = (limit, ranks, fewestRanks, step)
    (self.cores, self.hosts, allHosts) = (cores, hosts, hosts)
  }

  /// Takes note of the machines that answer: the next start is on these, with as many ranks as they
  /// take, if that is allowed; else they share.
  mutating func fit(_ answering: Hosts) {
    guard let allHosts else { return }
    let silent = allHosts.names.filter { !answering.names.contains($0) }
    remark = ""
    hosts = allHosts
    if silent.isEmpty { return }
    remark = silent.joined(separator: ", ")
    remark += silent.count == 1 ? " does not answer, " : " do not answer, "
    // With none, all that can be done is to try again later.
    if answering.names.isEmpty { return }
    hosts = answering
    ranks = max(min(ranks, fewestRanks), min(ranks, answering.slots))
  }

  /// Takes note of the cores that are left: with each that is gone goes a rank, if that is allowed.
  ///
  /// Where several ranks share a core, their part of them.
  mutating func fit(cores left: Int) {
    remark = ""
    defer { cores = max(1, left) }
    guard left < cores else { return }
    remark = "\(cores - left) of \(cores) cores gone, "
    let fitting = ranks <= cores ? min(ranks, left) : ranks * left / cores
    ranks = max(min(ranks, fewestRanks), fitting)
  }

  /// Whether to start again, now that the newest checkpoint is that after `step`.
  ///
  /// The first time with as many ranks; where that came to nothing, with half of them.
  mutating func isWorthAnother(newest step: Int?) -> Bool {
    let hasProgress = step.map { $0 > newest ?? 0 } ?? false
    fruitless = hasProgress ? 0 : fruitless + 1
    newest = step
    guard limit > 0, fruitless <= limit else { return false }
    if fruitless > 1 { ranks = max(min(ranks, fewestRanks), ranks / 2) }
    return true
  }

  /// Seconds to wait before: what keeps a run from starting may pass.
  var delay: Int { fruitless < 2 ? 0 : min(30, 1 << (fruitless - 2)) }

  /// The next start, for a line.
  var description: String {
    let count = "\(ranks) rank" + (ranks == 1 ? "" : "s")
    let place = newest.map { "from the checkpoint after step \($0)" } ?? "from the beginning"
    let tries = fruitless == 0 ? "" : " (restart \(fruitless) of \(limit) without a newer one)"
    return "\(remark)starting again with \(count) \(place)\(tries)"
  }
}
