import CMPI
public import Storage

// For benchmarks only: what a trainer would call that leaves the order of sums to MPI.

extension World {
  /// Replaces `values` by their sums over all ranks, as plain `MPI_Allreduce` makes them.
  ///
  /// The order of these sums depends on the number of ranks and on their sizes, so no training uses
  /// it; benchmarks measure the reducer against it. Throws `MPIError`.
  public func allReduceForComparison(_ values: inout AlignedArray<Float>) throws(MPIError) {
    let count = Int32(values.count)
    try check(
      unsafe MPI_Allreduce(
        lockstep_in_place(), values.unsafeElements.baseAddress, count, lockstep_float(),
        lockstep_sum(), communicator),
      "MPI_Allreduce")
  }
}
