public import Datasets

/// On which samples to train: a folder made by `sharder`.
public struct DataPlan: Codable, Hashable, Sendable {
  /// The folder with `index.json`.
  public var folder: String
  /// Height and width that image files in shards are brought to; nil for the data set's usual ones.
  public var size: Int?
  /// The number of training samples held out for validation, in place of a split of that name.
  public var validation: Int
  /// Whether data are compared with their digests: blocks when they are first read.
  public var verify: Bool
  /// Whether a run stops at damaged data, or goes on without them.
  public var onDamaged: DamagePolicy

  enum CodingKeys: String, CodingKey, CaseIterable {
    case folder, size, validation, verify
    case onDamaged = "on_damaged"
  }

  /// Reads a mapping; `PlanSource` makes one of a folder alone.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.strictContainer(keyedBy: CodingKeys.self)
    folder = try keys.decode(String.self, forKey: .folder)
    size = try keys.decodeIfPresent(Int.self, forKey: .size)
    validation = try keys.value(.validation, default: 0)
    verify = try keys.value(.verify, default: true)
    onDamaged = try keys.word(.onDamaged, default: .stop)
    if let size {
      let most = ShardIndex.largestSize
      try keys.check(size, .size, in: 1...most, "from 1 to \(most)")
    }
    try keys.check(validation, .validation, in: 0..., "at least 0")
  }
}

/// How many samples make a step and a micro-batch.
public struct BatchPlan: Codable, Hashable, Sendable {
  /// The samples of a step, B.
  public var global: Int
  /// The samples of a micro-batch, b; the unit of arithmetic.
  public var micro: Int
  /// If given, the learning rate is for a batch of so many samples, and is scaled linearly.
  public var reference: Int?

  enum CodingKeys: String, CodingKey, CaseIterable { case global, micro, reference }

  /// Reads a mapping.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.strictContainer(keyedBy: CodingKeys.self)
    global = try keys.value(.global, default: 256)
    micro = try keys.value(.micro, default: 16)
    reference = try keys.decodeIfPresent(Int.self, forKey: .reference)
    try keys.check(global, .global, in: 1..., "at least 1")
    try keys.check(global, .global, in: ...1_000_000, "at most 1000000")
    try keys.check(micro, .micro, in: 1..., "at least 1")
    if let reference { try keys.check(reference, .reference, in: 1..., "at least 1") }
    if global % micro != 0 {
      let nearest = (1...min(micro, global)).last { global % $0 == 0 } ?? 1
      throw PlanError(
        "plan: batch: \(global) samples do not divide into micro-batches of \(micro); "
          + "use --set batch.micro=\(nearest), or another batch.global")
    }
  }

  /// The micro-batches of a step, M.
  var microBatches: Int { global / micro }
}
