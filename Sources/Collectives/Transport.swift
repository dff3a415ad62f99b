/// How gradients, numbers and parameters travel between ranks.
public enum TransportChoice: String, Sendable, CaseIterable {
  /// The window where all ranks share a node and it fits, else messages.
  case automatic
  /// A shared-memory window.
  case window
  /// Messages between private memories.
  case messages
}

/// Memory that a transport owns, as one rank sees it.
@safe struct ReductionMemory {
  /// All parameters.
  let parameters: UnsafeMutableBufferPointer<Float>
  /// This rank's slice of each state array of the optimizer.
  let states: [UnsafeMutableBufferPointer<Float>]
  /// This rank's gradient buffers, each of full length.
  let slots: [UnsafeMutableBufferPointer<Float>]
  /// This rank's slice of every left-over node, once gradients are exchanged.
  let leftOvers: [UnsafeMutableBufferPointer<Float>]
}

/// The moves between ranks in a step; every rank makes each of them, and none allocates.
///
/// Only `progress` may be called any number of times.
protocol Transport: AnyObject {
  var memory: ReductionMemory { get }

  /// Begins the way of this step's left-over sums to the owners of slices, who read those of the
  /// last step no more.
  func beginGradients() throws(MPIError)

  /// Takes note that this rank's left-over sums are final on bucket `index`; buckets come in order.
  func sendGradients(_ index: Int) throws(MPIError)

  /// Moves on what is under way, between two layers.
  func progress() throws(MPIError)

  /// Makes every rank's left-over sums readable by the owners of slices.
  func finishGradients() throws(MPIError)

  /// Makes every rank's run of `board` known to all.
  func exchange(_ board: Board) throws(MPIError)

  /// Makes the owners' new parameters known to all.
  func publish() throws(MPIError)

  /// Makes the root's parameters known to all.
  func broadcastParameters() throws(MPIError)

  /// The whole of a state array where it is shared, else nil; then it has to be gathered.
  func sharedState(_ number: Int) -> UnsafeMutableBufferPointer<Float>?

  /// Collects the slices of a state array in the root's `full`.
  func gatherState(
    _ number: Int, into full: UnsafeMutableBufferPointer<Float>
  ) throws(MPIError)

  /// Hands the slices of the root's `full` to their owners.
  func scatterState(
    _ number: Int, from full: UnsafeMutableBufferPointer<Float>
  ) throws(MPIError)

  /// Gives the memory back; every rank calls it, and nothing of it may be in use.
  func close() throws(MPIError)
}

/// Who has what: all that a transport needs to know.
struct ReductionParts {
  let layout: ReductionLayout
  let tree: ReductionTree
  let slices: SlicePartition
  /// The blocks as backward finishes them.
  let buckets: [Bucket]
  let boards: [Board]
}
