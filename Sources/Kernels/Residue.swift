import Storage

/// The positions of an axis of the input that are `residue` modulo the stride, and what their
/// gradients are made of.
///
/// Position residue + i·stride is seen by the kernel elements k with stride | residue + padding −
/// k·dilation, from output i + (residue + padding − k·dilation) / stride.
struct Residue {
  let residue: Int
  /// How many positions there are.
  let positions: Int
  /// The kernel's elements, ascending.
  let elements: Elements
  /// The output that the last element belongs to, for the first position.
  let firstSource: Int
  /// From an element's output to that of the element before it.
  let sourceStep: Int

  init(_ residue: Int, input: Int, kernel: Int, stride: Int, padding: Int, dilation: Int) {
    self.residue = residue
    positions = (input - residue + stride - 1) / stride
    let start = residue + padding
    let period = stride / greatestCommonDivisor(stride, dilation)
    let first = (0..<period).first { (start - $0 * dilation) % stride == 0 } ?? kernel
    elements = Elements(first: first, step: period, end: kernel)
    firstSource = elements.isEmpty ? 0 : (start - elements.last * dilation) / stride
    sourceStep = period * dilation / stride
  }

  /// How far the sources of all residues reach beyond `source` outputs, before and after.
  static func margins(
    _ residues: Residues, source: Int
  ) -> (before: Int, after: Int) {
    var (before, after) = (0, 0)
    for residue in residues where !residue.elements.isEmpty {
      let last = residue.firstSource + (residue.elements.count - 1) * residue.sourceStep
      before = max(before, -residue.firstSource)
      after = max(after, last + residue.positions - source)
    }
    return (before, after)
  }
}

/// Every `step`-th number from `first` to before `end`.
struct Elements: RandomAccessCollection {
  let first: Int
  let step: Int
  let end: Int

  var startIndex: Int { 0 }
  var endIndex: Int { first < end ? (end - first + step - 1) / step : 0 }
  var last: Int { self[endIndex - 1] }
  subscript(index: Int) -> Int { first + index * step }
}

private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
  b == 0 ? a : greatestCommonDivisor(b, a % b)
}

/// All residues of an axis.
struct Residues: RandomAccessCollection {
  let input: Int
  let kernel: Int
  let stride: Int
  let padding: Int
  let dilation: Int

  var startIndex: Int { 0 }
  var endIndex: Int { Swift.min(stride, input) }

  subscript(residue: Int) -> Residue {
    Residue(
      residue, input: input, kernel: kernel, stride: stride, padding: padding, dilation: dilation)
  }
}

extension WindowGeometry {
  /// The rows of the input by their residues modulo the stride.
  var rowResidues: Residues {
    Residues(
      input: input.height, kernel: kernel.height, stride: stride.height, padding: padding.height,
      dilation: dilation.height)
  }

  /// The columns of the input by their residues modulo the stride.
  var columnResidues: Residues {
    Residues(
      input: input.width, kernel: kernel.width, stride: stride.width, padding: padding.width,
      dilation: dilation.width)
  }
}
