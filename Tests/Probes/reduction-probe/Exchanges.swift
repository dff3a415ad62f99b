import Collectives

/// What the world's exchanges give: the same line on every rank.
func exchanges(in world: World) throws -> String {
  let (rank, size) = (world.rank, world.size)
  let text = try world.broadcast(text: rank == 0 ? "größer als ein Byte" : nil)
  let empty = try world.broadcast(text: rank == 0 ? "" : "ignored")
  var counts: [Int64] = [1, Int64(rank), 1 << 60 / Int64(size)]
  try world.sum(&counts)

  // Rank r contributes r numbers, so the first run is empty.
  let runs = Runs(Array(0..<size))
  var doubles = [Double](repeating: 0, count: runs.total)
  var integers = [Int64](repeating: 0, count: runs.total)
  for index in runs[rank] {
    doubles[index] = Double(rank) + 0.5
    integers[index] = Int64(rank)
  }
  try world.allGather(&doubles, runs)
  try world.allGather(&integers, runs)

  let alike = try world.firstRankDiffering(on: "Haswell")
  let unlike = try world.firstRankDiffering(on: rank >= 2 ? "Zen" : "Haswell")
  try world.barrier()
  return """
    text \(text) empty \(empty.isEmpty) \
    maximum \(try world.maximum(rank * 7)) minimum \(try world.minimum(3 - rank)) \
    sums \(counts) doubles \(doubles) integers \(integers) \
    alike \(alike ?? -1) unlike \(unlike ?? -1) \
    nodes \(world.nodeCount) of \(world.ranksOnNode) \
    rank known before: \(World.rankBeforeStart == rank)
    """
}
