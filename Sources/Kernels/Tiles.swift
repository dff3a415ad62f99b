import CVectors
import Storage

/// The tiles of a pass of a `WinogradConvolution`.
struct Tiles {
  /// What is computed tile by tile.
  let image: Extent2D
  /// Outputs along a tile's side.
  let side: Int
  /// Inputs along a window's side.
  let window: Int
  let padding: Extent2D

  private var rows: Int { (image.height + side - 1) / side }
  private var columns: Int { (image.width + side - 1) / side }

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
      side: side, window: window, row_padding: padding.height, column_padding: padding.width)
  }
}

extension lockstep_tiles {
  /// Where, in floats of the images, lies what no tile before a block sees.
  fileprivate func news(of block: Range<Int>) -> Range<Int> {
    end(before: block.lowerBound)..<end(before: block.upperBound)
  }

  /// The end of the last line that a tile before another sees.
  private func end(before tile: Int) -> Int {
    if tile == 0 { return 0 }
    let (image, place) = (tile - 1).quotientAndRemainder(dividingBy: rows * columns)
    // Windows of the first tiles may lie above the image, those of the last ones below it.
    let below = place / columns * side + window - row_padding
    return (image * height + max(0, min(height, below))) * width * channels
  }
}

extension Ahead {
  /// Adds what a block of tiles is the first to see of images, or to write.
  mutating func add(
    _ images: UnsafePointer<Float>, _ tiles: lockstep_tiles, _ block: Range<Int>
  ) {
    unsafe add(images, tiles.news(of: block), channels: 1)
  }
}

/// Fetches what a block of tiles is the first to see of images, where no arithmetic goes before that
/// could hide it: many lines are on their way at a time.
func fetch(_ images: UnsafePointer<Float>, _ tiles: lockstep_tiles, _ block: Range<Int>) {
  let news = tiles.news(of: block)
  unsafe lockstep_fetch(images + news.lowerBound, news.count)
}
