import CMPI

/// Shared memory of a node's ranks, wholly in the segment of the first of them, which alone asks for
/// `bytes`: one start, to which all ranks count alike.
func makeWindow(bytes: Int, among communicator: MPI_Comm?) throws(MPIError) -> MPI_Win? {
  var start: UnsafeMutableRawPointer?
  var window = unsafe lockstep_win_null()
  try check(
    unsafe MPI_Win_allocate_shared(bytes, 1, lockstep_info_null(), communicator, &start, &window),
    "MPI_Win_allocate_shared")
  try check(
    unsafe MPI_Win_lock_all(Int32(MPI_MODE_NOCHECK), window), "MPI_Win_lock_all")
  return unsafe window
}

/// Where the first rank's segment starts in this process, on a cache line.
func startOfWindow(_ window: MPI_Win?) throws(MPIError) -> UnsafeMutableRawPointer {
  var bytes = 0
  var unit: Int32 = 0
  var start: UnsafeMutableRawPointer?
  try check(
    unsafe MPI_Win_shared_query(window, 0, &bytes, &unit, &start), "MPI_Win_shared_query")
  guard let start = unsafe start else {
    throw MPIError(function: "MPI_Win_shared_query", reason: "no address for the shared memory")
  }
  return unsafe start.alignedUp(toMultipleOf: 64)
}
