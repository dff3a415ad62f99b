import Storage

#if canImport(Glibc)
  import Glibc
#endif

/// The folder in which ranks of one machine share memory.
public enum SharedMemory {
  /// Where Open MPI places the memory of windows.
  public static var folder: String {
    guard let folder = unsafe getenv("OMPI_MCA_osc_sm_backing_directory") else { return "/dev/shm" }
    return unsafe String(cString: folder)
  }

  /// Free bytes; 0 where it cannot be asked.
  public static var free: Int { Folder.freeBytes(folder) }

  /// Bytes that `layout` takes there on so many ranks of one machine, their messages included.
  public static func needed(_ layout: ReductionLayout, ranks: Int) -> Int {
    let tree = ReductionTree(microBatches: layout.microBatches, ranks: ranks)
    let slices = SlicePartition(blocks: layout.blocks, ranks: ranks)
    let extraSums = Board(counts: slices.blockRanges.map { $0.count * layout.extraBlockSums })
    let parts = ReductionParts(
      layout: layout, tree: tree, slices: slices, buckets: [],
      boards: [StepBoard(layout, tree, slices).board, extraSums])
    return WindowPlan(parts).needed(ranksOnNode: ranks)
  }
}
