import Storage

/// A node of a network with its place in memory, for one size of micro-batch.
///
/// Ranges are elements of the model's arena unless they say otherwise.
struct CompiledNode: Sendable {
  let layer: any Layer
  /// The layer's place in the network as it was described; tells the layers apart in random streams.
  let index: Int
  let inputShapes: [Shape]
  let outputShape: Shape
  let inputs: [Range<Int>]
  let output: Range<Int>
  let outputGradient: Range<Int>
  /// Where the gradient of each input goes; nil if nobody needs it.
  private(set) var inputGradients: [Range<Int>?]
  /// Gradients that further consumers of the output leave, to be added to `outputGradient` first.
  let summedGradients: [Range<Int>]
  /// One more of them, which the layer itself adds; else empty.
  let furtherGradient: Range<Int>
  let saved: Range<Int>
  let savedIndices: Range<Int>
  let forwardWorkspace: Range<Int>
  let backwardWorkspace: Range<Int>
  let preparedForward: Range<Int>
  let preparedBackward: Range<Int>
  /// Elements of the flat array of parameters.
  let parameters: [Range<Int>]

  /// Whether anybody needs the gradient of an input.
  var needsInputGradients: Bool { inputGradients.contains { $0 != nil } }

  /// The node as it would be if nobody needed the gradients of its inputs.
  var withoutInputGradients: CompiledNode {
    var node = self
    node.inputGradients = inputGradients.map { _ in nil }
    return node
  }
}
