import CVectors
import Storage

/// The tiles of a pass of a `WinogradConvolution`: 4×4 outputs each.
struct Tiles {
  /// What is computed tile by tile.
  let image: Extent2D
  /// Inputs along a window's side.
  let window: Int
  let padding: Extent2D

  /// Outputs along a tile's side.
  static let side = 4

  private var rows: Int { (image.height + Self.side - 1) / Self.side }
  private var columns: Int { (image.width + Self.side - 1) / Self.side }

  func count(samples: Int) -> Int { samples * rows * columns }

  /// Blocks of at most `size` tiles of all samples.
  func blocks(of size: Int, samples: Int) -> RangeBlocks {
    RangeBlocks(count(samples: samples), size: size)
  }

  /// The tiles on images that are read or written; the padding is that of windows.
  func on(_ image: Extent2D, channels: Int, padding: Extent2D? = nil) -> lockstep_tiles {
    let padding = padding ?? self.padding
    return lockstep_tiles(
      height: image.height, width: image.width, channels: channels, rows: rows, columns: columns,
      window: window, row_padding: padding.height, column_padding: padding.width)
  }
}
