import Kernels
import Storage

extension Network {
  /// Floating-point operations that training takes for one image, by convention: 6 a multiplication
  /// of a convolution or dense layer (output, input gradient, weight gradient, each a multiplication
  /// and an addition), less 2 for the first such layer, whose input needs no gradient.
  ///
  /// Padding counts as if it were multiplied; algorithms that multiply less, such as Winograd's,
  /// change nothing here.
  public var trainingOperations: Int { trainingOperationsByNode.reduce(0, +) }

  /// The same for each node.
  var trainingOperationsByNode: [Int] {
    let first = nodes.firstIndex { $0.multiplications > 0 }
    return nodes.indices.map { ($0 == first ? 4 : 6) * nodes[$0].multiplications }
  }
}

extension Network.Node {
  /// The multiplications of one sample's forward pass, where the layer is made of them; else 0.
  var multiplications: Int {
    switch layer {
    case let layer as Conv2D:
      shape.count * layer.kernel.count * inputs[0].shape.channels / layer.groups
    case let layer as Dense: inputs[0].shape.count * layer.outputs
    default: 0
    }
  }
}
