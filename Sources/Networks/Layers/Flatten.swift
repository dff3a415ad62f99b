public import Storage

/// [H, W, C] → [H·W·C]: the same memory, channels innermost.
public struct Flatten: ViewLayer {
  /// A flatten.
  public init() {}

  /// All elements of the one input in a row.
  public func outputShape(of inputs: [Shape]) throws(NetworkError) -> Shape {
    guard inputs.count == 1 else { throw NetworkError("flatten needs one input, not \(inputs)") }
    return [inputs[0].count]
  }
}
