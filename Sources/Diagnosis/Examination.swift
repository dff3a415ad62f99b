import Storage

/// Looks at all that a run depends on besides plan and data, and says what is wrong.
///
/// It believes what it measures: HDF5 and the disk are written to and read from, products are
/// compared, and two ranks are started by mpirun.
public struct Examination: Sendable {
  /// What a run takes, as far as the plan tells it.
  public struct Need: Sendable {
    /// Bytes that each rank takes.
    public let rank: Int
    /// Bytes of shared memory that all ranks of a machine take.
    public let sharedMemory: Int
    /// Bytes of a checkpoint.
    public let checkpoint: Int

    /// A run that takes so much.
    public init(rank: Int, sharedMemory: Int, checkpoint: Int) {
      (self.rank, self.sharedMemory, self.checkpoint) = (rank, sharedMemory, checkpoint)
    }
  }

  /// A program that was run.
  public struct Trial: Sendable {
    /// The exit status; nil if it did not end by itself.
    public let status: Int32?
    /// How it ended, for a line.
    public let ending: String
    /// What it printed.
    public let output: String
    /// What it printed on standard error.
    public let errors: String

    /// A program that ended so.
    public init(status: Int32?, ending: String, output: String, errors: String) {
      (self.status, self.ending) = (status, ending)
      (self.output, self.errors) = (output, errors)
    }
  }

  /// How many ranks are to run here.
  let ranks: Int
  /// Where runs are to be kept.
  let folder: String
  /// What a run takes; nil where that is not known.
  let need: Need?
  /// The words that start `LaunchProbe` on two ranks.
  let probe: [String]
  /// Runs a program for at most a minute.
  let run: @Sendable (_ words: [String]) -> Trial

  /// An examination for so many ranks with a run folder in `folder`.
  public init(
    ranks: Int, folder: String, need: Need?, probe: [String],
    run: @escaping @Sendable (_ words: [String]) -> Trial
  ) {
    (self.ranks, self.folder, self.need) = (ranks, folder, need)
    (self.probe, self.run) = (probe, run)
  }

  /// Everything that was found, in the order in which a run would meet it.
  public func findings() -> [Finding] {
    [
      processor(), cores(), blas(), memory(), container(), mpi(), sharedMemory(), launch(), hdf5(),
      disk(),
    ]
  }

  /// Bytes for people: `3.4 MB`, `24.1 GB`.
  static func size(_ bytes: Int) -> String {
    let (unit, name) = bytes < 1 << 30 ? (Double(1 << 20), "MB") : (Double(1 << 30), "GB")
    let tenths = Int((Double(bytes) / unit * 10).rounded())
    return "\(tenths / 10).\(tenths % 10) \(name)"
  }
}
