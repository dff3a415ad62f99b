import Storage

/// A few numbers of every rank that all ranks come to know: each writes its run, then they exchange.
///
/// The memory is this rank's own, so a late rank still reads the numbers of its step.
@safe final class Board {
  /// Which run is whose.
  let runs: Runs
  /// The numbers of all ranks, run after run.
  let words: UnsafeMutableBufferPointer<Double>
  private let storage: AlignedArray<Double>

  init(counts: [Int]) {
    runs = Runs(counts)
    storage = AlignedArray(count: runs.total)
    unsafe words = storage.unsafeElements
  }

  /// The number at `index`.
  subscript(index: Int) -> Double {
    get { unsafe words[index] }
    set { unsafe words[index] = newValue }
  }
}
