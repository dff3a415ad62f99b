import Storage

/// Digests of what a rank last wrote into its slices of parameters and state: what has another one
/// later was changed by somebody else.
struct Seals: ~Copyable {
  private var digests: AlignedArray<UInt64>
  private let arrays: Int
  /// Whether the digests are of what is there now.
  var areValid = false
  /// The first damage that was found.
  var damage: MemoryDamage?

  /// Seals of so many blocks of so many arrays.
  init(blocks: Int, arrays: Int) {
    digests = AlignedArray(count: blocks * arrays)
    self.arrays = arrays
  }

  /// The digest of a block of the slice, counted from its first, in one array.
  subscript(block: Int, array: Int) -> UInt64 {
    get { digests[block * arrays + array] }
    set { digests[block * arrays + array] = newValue }
  }
}
