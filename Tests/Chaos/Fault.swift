/// Something that happens to a run from outside.
struct Fault: Sendable {
  /// What it is called on the command line.
  let name: String
  /// What it is called in the table.
  let title: String
  /// What is promised.
  let promise: String
  /// How often it strikes in a full round.
  let runs: Int
  /// How often in the short round of `launch/test`; 0 for what others there come close to.
  let shortRuns: Int
  /// Lets it strike once; throws `Broken` or `Missed`.
  let strike: @Sendable (Trial, inout Chance) throws -> Finding

  /// All of them, in the table's order.
  static let all = [
    killedRank, fewerRanks, killedLauncher, killedSupervisor, killedSave, stoppedRank, terminated,
    usr1, usr2,
    damagedFile, killedSharder, fullDisk, poisonedSample, fuzzedInput,
  ]
}
