public import Storage

/// How a window slides over the positions of an image [H, W].
///
/// Element k of the window at output o lies at input o·stride − padding + k·dilation, on each axis.
public struct WindowGeometry: Hashable, Sendable {
  /// Height and width of the input.
  public let input: Extent2D
  /// Height and width of the output: ⌊(in + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1.
  public let output: Extent2D
  /// Elements of the window.
  public let kernel: Extent2D
  /// Inputs from one window to the next.
  public let stride: Extent2D
  /// Positions that are imagined on each side of the input.
  public let padding: Extent2D
  /// Inputs from one element of the window to the next.
  public let dilation: Extent2D

  /// The window with the given extents; it must fit into the padded input.
  @inlinable
  public init(
    input: Extent2D, kernel: Extent2D, stride: Extent2D = 1, padding: Extent2D = 0,
    dilation: Extent2D = 1
  ) {
    self.input = input
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
    output = Extent2D(
      Self.positions(
        input.height, kernel.height, stride.height, padding.height, dilation.height),
      Self.positions(input.width, kernel.width, stride.width, padding.width, dilation.width))
    precondition(
      output.smallest > 0, "a kernel \(kernel), dilation \(dilation), on \(input) + \(padding)")
  }

  /// How many windows fit on one axis; 0 if none does.
  @inlinable
  public static func positions(
    _ input: Int, _ kernel: Int, _ stride: Int, _ padding: Int, _ dilation: Int
  ) -> Int {
    let room = input + 2 * padding - dilation * (kernel - 1) - 1
    return room < 0 ? 0 : room / stride + 1
  }

  /// The rows of the window at output row `row` that lie inside the input.
  @inlinable
  func rowsInside(_ row: Int) -> Range<Int> {
    Self.inside(firstRow(row), kernel.height, dilation.height, input.height)
  }

  /// The columns of the window at output column `column` that lie inside the input.
  @inlinable
  func columnsInside(_ column: Int) -> Range<Int> {
    Self.inside(firstColumn(column), kernel.width, dilation.width, input.width)
  }

  /// The input row of the window's first row; negative in the padding.
  @inlinable
  func firstRow(_ row: Int) -> Int { row * stride.height - padding.height }

  /// The input column of the window's first column; negative in the padding.
  @inlinable
  func firstColumn(_ column: Int) -> Int { column * stride.width - padding.width }

  @inlinable
  static func inside(_ first: Int, _ kernel: Int, _ dilation: Int, _ extent: Int) -> Range<Int> {
    if first >= 0 && first + dilation * (kernel - 1) < extent { return 0..<kernel }
    let lower = first >= 0 ? 0 : min(kernel, (dilation - 1 - first) / dilation)
    let upper = first >= extent ? 0 : min(kernel, (extent - first + dilation - 1) / dilation)
    return lower..<max(lower, upper)
  }
}
