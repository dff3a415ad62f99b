import Storage

/// Where each tensor lies in the flat array of parameters, and the blocks it is handled in.
///
/// Gradients, optimizer state and averages have the same layout. A tensor starts at a multiple of
/// 64 bytes and is cut into blocks of at most 4096 elements; the padding at its end stays zero.
public struct ParameterLayout: Sendable {
  /// One tensor in the flat array.
  public struct Tensor: Sendable {
    /// The full name, as torchvision has it: `layer1.0.conv1.weight`.
    public let name: String
    /// What it holds.
    public let specification: ParameterSpecification
    /// Its elements in the flat array, without padding.
    public let range: Range<Int>
    /// Its blocks, as indices into `blocks`.
    public let blocks: Range<Int>
  }

  /// A run of the flat array that one kernel call handles whole.
  public struct Block: Sendable {
    /// Its elements with padding; a multiple of 16.
    public let range: Range<Int>
    /// The index of the tensor it belongs to.
    public let tensor: Int
  }

  /// The most elements a block holds.
  public static let blockSize = 4096
  /// Floats in a cache line.
  static let alignment = cacheLine / MemoryLayout<Float>.stride

  /// All tensors, in the order of the network.
  public private(set) var tensors: [Tensor] = []
  /// All blocks, in the order of the flat array.
  public private(set) var blocks: [Block] = []
  /// The elements of the flat array, padding included.
  public private(set) var count = 0

  /// An empty layout.
  init() {}

  /// Adds a tensor at the end; returns its elements.
  mutating func append(name: String, _ specification: ParameterSpecification) -> Range<Int> {
    let range = count..<count + specification.shape.count
    let firstBlock = blocks.count
    while count < range.upperBound {
      let used = min(Self.blockSize, range.upperBound - count)
      let padded = (used + Self.alignment - 1) / Self.alignment * Self.alignment
      blocks.append(Block(range: count..<count + padded, tensor: tensors.count))
      count += padded
    }
    tensors.append(
      Tensor(
        name: name, specification: specification, range: range, blocks: firstBlock..<blocks.count))
    return range
  }

  /// The number of learned elements: what papers call the parameter count.
  public var learnedCount: Int {
    tensors.filter(\.specification.role.isLearned).reduce(0) { $0 + $1.range.count }
  }

  /// The number of the first block that holds a statistic; those of all learned tensors are before
  /// it.
  public var firstStatisticsBlock: Int {
    tensors.first { !$0.specification.role.isLearned }?.blocks.lowerBound ?? blocks.count
  }

  /// Draws every tensor's first values; a pure function of the seed.
  public func initialize(_ parameters: inout MutableSpan<Float>, seed: UInt64) {
    precondition(parameters.count == count, "\(parameters.count) parameters, not \(count)")
    for (index, tensor) in tensors.enumerated() {
      var values = parameters.slice(tensor.range)
      tensor.specification.initializer.draw(
        into: &values, shape: tensor.specification.shape, seed: seed, tensor: index)
    }
  }
}
