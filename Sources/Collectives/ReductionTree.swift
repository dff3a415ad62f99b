/// The one tree along which the gradients of a step's micro-batches are summed.
///
/// Node (h, j) is the sum over micro-batches j·2^h ..< min((j+1)·2^h, M), its left child plus its
/// right one; where the right child would be empty, the left is the node itself. The tree depends
/// on M alone. The number of ranks R decides only who computes which node: each rank takes a
/// contiguous share of micro-batches, merges siblings as they come and is left with the nodes that
/// its range covers; the owners of slices finish the tree from these left-overs.
public struct ReductionTree: Sendable {
  /// A node of the tree.
  public struct Node: Hashable, Sendable {
    /// Levels above the leaves.
    public var height: Int
    /// The position within its level, from 0.
    public var index: Int
  }

  /// `destination` += `source`: the right sibling is added to the left one.
  public struct Merge: Hashable, Sendable {
    /// The buffer that holds the left node, and afterwards the parent.
    public var destination: Int
    /// The buffer that holds the right node, free afterwards.
    public var source: Int
    /// The micro-batch whose gradient the left node is; nil where it is a sum.
    public var destinationLeaf: Int?
    /// The micro-batch whose gradient the right node is; nil where it is a sum.
    public var sourceLeaf: Int?
  }

  /// A sum that a rank's share leaves.
  public struct LeftOver: Hashable, Sendable {
    /// The rank whose buffer holds it.
    public var rank: Int
    /// The number of that buffer among the rank's.
    public var slot: Int
    /// The node of the tree that it is.
    public var node: Node
  }

  /// What one rank does with its micro-batches.
  public struct Share: Sendable {
    /// The rank's micro-batches, in the order in which it computes them.
    public var microBatches: Range<Int>
    /// The buffer for each micro-batch's gradient.
    public var slots: [Int] = []
    /// Merges of siblings, in order, between buffers of this rank.
    public var merges: [Merge] = []
    /// How many of `merges` come before each micro-batch; those after the last one come at the end.
    public var mergesBefore: [Int] = []
    /// The number of buffers that the rank needs.
    public var slotCount = 0
  }

  /// M, the number of micro-batches of a step.
  public let microBatches: Int
  /// Each rank's part.
  public let shares: [Share]
  /// What the shares leave, in the order of micro-batches.
  public let leftOvers: [LeftOver]
  /// The merges between left-overs (numbered as in `leftOvers`) that leave the root in number 0.
  public let finishingMerges: [Merge]

  /// The micro-batches whose gradients are handed over as they are, in order.
  var finishedLeaves: [Int] {
    leftOvers.compactMap { PendingSums(microBatches: microBatches).leaf(of: $0.node) }
  }

  /// The tree over `microBatches`, computed by `ranks` ranks, at least 1 and at most one a leaf.
  public init(microBatches: Int, ranks: Int) {
    precondition(
      ranks >= 1 && ranks <= microBatches,
      "\(ranks) ranks cannot share \(microBatches) micro-batches")
    self.microBatches = microBatches
    var shares: [Share] = []
    var leftOvers: [LeftOver] = []
    let runs = Runs(sharing: microBatches, among: ranks)
    for rank in 0..<ranks {
      let (share, pending) = stream(runs[rank], of: microBatches)
      shares.append(share)
      leftOvers += zip(pending.nodes, pending.places).map {
        LeftOver(rank: rank, slot: $1, node: $0)
      }
    }
    var finishing = PendingSums(microBatches: microBatches)
    var merges: [Merge] = []
    for (number, leftOver) in leftOvers.enumerated() {
      finishing.push(leftOver.node, at: number)
      finishing.mergeSiblings(into: &merges)
    }
    self.shares = shares
    self.leftOvers = leftOvers
    finishingMerges = merges
  }
}

/// A rank's share of `range`: at each leaf first the merges that are possible, then a free buffer.
private func stream(
  _ range: Range<Int>, of microBatches: Int
) -> (ReductionTree.Share, PendingSums) {
  var share = ReductionTree.Share(microBatches: range)
  var pending = PendingSums(microBatches: microBatches)
  for microBatch in range {
    pending.mergeSiblings(into: &share.merges)
    share.mergesBefore.append(share.merges.count)
    let slot = (0...).first { !pending.places.contains($0) } ?? 0
    share.slots.append(slot)
    share.slotCount = max(share.slotCount, slot + 1)
    pending.push(ReductionTree.Node(height: 0, index: microBatch), at: slot)
  }
  pending.mergeSiblings(into: &share.merges)
  return (share, pending)
}

/// Neighbouring sums that wait for their siblings, from left to right, and where each lies.
private struct PendingSums {
  let microBatches: Int
  var nodes: [ReductionTree.Node] = []
  var places: [Int] = []

  init(microBatches: Int) { self.microBatches = microBatches }

  mutating func push(_ node: ReductionTree.Node, at place: Int) {
    nodes.append(promoted(node))
    places.append(place)
  }

  /// Merges while the last two sums are siblings; earlier ones cannot have become so.
  mutating func mergeSiblings(into merges: inout [ReductionTree.Merge]) {
    while nodes.count >= 2 {
      let left = nodes[nodes.count - 2]
      let right = nodes[nodes.count - 1]
      guard left.height == right.height, left.index % 2 == 0, right.index == left.index + 1
      else { return }
      nodes.removeLast()
      merges.append(
        ReductionTree.Merge(
          destination: places[places.count - 2], source: places.removeLast(),
          destinationLeaf: leaf(of: left), sourceLeaf: leaf(of: right)))
      nodes[nodes.count - 1] = promoted(
        ReductionTree.Node(height: left.height + 1, index: left.index / 2))
    }
  }

  /// The one micro-batch that a node covers, if it is one.
  func leaf(of node: ReductionTree.Node) -> Int? {
    let first = node.index << node.height
    return node.height == 0 || first + 1 == microBatches ? first : nil
  }

  /// The highest node that is the same sum: a node without a right sibling is its parent.
  private func promoted(_ node: ReductionTree.Node) -> ReductionTree.Node {
    var node = node
    while node.index % 2 == 0, 1 << node.height < microBatches,
      (node.index + 1) << node.height >= microBatches
    {
      node = ReductionTree.Node(height: node.height + 1, index: node.index / 2)
    }
    return node
  }
}
