import Kernels
import Storage
import Testing

/// Kernels of augmentation against plain loops in Double.
@Suite struct ImageKernelTests {
  /// An image [H, W, C] of reproducible bytes.
  struct Picture {
    let size: Extent2D
    let channels: Int
    var bytes: [UInt8]

    init(_ size: Extent2D, _ channels: Int, seed: UInt64 = 1) {
      self.size = size
      self.channels = channels
      let stream = RandomStream(seed: seed, purpose: .synthesis)
      bytes = (0..<size.count * channels).map { UInt8(truncatingIfNeeded: stream.word($0)) }
    }

    subscript(_ row: Int, _ column: Int, _ channel: Int) -> Double {
      Double(bytes[(row * size.width + column) * channels + channel])
    }

    /// The largest distance of `others` from what `expected` says of every row, column and channel.
    func distance(
      _ others: [UInt8], _ size: Extent2D, _ expected: (Int, Int, Int) -> Double
    ) -> Double {
      var largest = 0.0
      for row in 0..<size.height {
        for column in 0..<size.width {
          for channel in 0..<channels {
            let value = Double(others[(row * size.width + column) * channels + channel])
            largest = max(largest, abs(value - expected(row, column, channel)))
          }
        }
      }
      return largest
    }
  }

  static let pictures = [
    Picture(Extent2D(1, 1), 1), Picture(Extent2D(5, 7), 3), Picture(Extent2D(32, 32), 3),
    Picture(Extent2D(28, 19), 1), Picture(Extent2D(9, 33), 2),
  ]

  @Test(arguments: pictures)
  func `a window shows each pixel where it must, by either way`(picture: Picture) {
    let fill = (0..<picture.channels).map { UInt8(10 + $0) }
    let table = (0..<256 * picture.channels).map { Float($0) / 7 }
    for (top, left, isMirrored, isUpsideDown) in [
      (0, 0, false, false), (-2, 3, true, false), (1, -4, false, true), (-40, 2, false, false),
      (3, -3, true, true), (0, 60, true, false),
    ] {
      var window = PixelWindow(
        top: top, left: left, Extent2D(picture.size.height + 1, picture.size.width + 2))
      (window.isMirrored, window.isUpsideDown) = (isMirrored, isUpsideDown)
      var bytes = [UInt8](repeating: 0, count: window.size.count * picture.channels)
      var target = bytes.mutableSpan
      copyWindow(
        window, of: picture.bytes.span, size: picture.size, border: .constant, fill: fill.span,
        into: &target)
      var numbers = unwritten(bytes.count)
      var output = numbers.mutableSpan
      normalizeWindow(
        window, of: picture.bytes.span, size: picture.size, fill: fill.span, table: table.span,
        into: &output)
      let distance = picture.distance(bytes, window.size) { row, column, channel in
        let y = top + (isUpsideDown ? window.size.height - 1 - row : row)
        let x = left + (isMirrored ? window.size.width - 1 - column : column)
        let isInside = y >= 0 && x >= 0 && y < picture.size.height && x < picture.size.width
        return isInside ? picture[y, x, channel] : Double(fill[channel])
      }
      #expect(distance == 0)
      for (index, byte) in bytes.enumerated() {
        let entry = table[256 * (index % picture.channels) + Int(byte)]
        #expect(numbers[index] == entry)
      }
    }
  }

  @Test func `borders go on as their pictures say`() {
    func row(_ border: PixelBorder) -> [Int?] { (-4..<7).map { border.place($0, of: 3) } }
    #expect(row(.constant) == [nil, nil, nil, nil, 0, 1, 2, nil, nil, nil, nil])
    #expect(row(.edge) == [0, 0, 0, 0, 0, 1, 2, 2, 2, 2, 2])
    #expect(row(.reflect) == [0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2])
    #expect(row(.symmetric) == [2, 2, 1, 0, 0, 1, 2, 2, 1, 0, 0])
    #expect(row(.wrap) == [2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0])
    #expect(PixelBorder.reflect.place(-3, of: 1) == 0)
  }

  @Test(arguments: pictures, PixelBorder.allCases)
  func `an affine map reads between pixels as a plain loop does`(
    picture: Picture, border: PixelBorder
  ) {
    var map = AffineMap()
    (map.xx, map.xy, map.x0) = (0.8, -0.35, 2.1)
    (map.yx, map.yy, map.y0) = (0.25, 1.15, -1.7)
    let fill = (0..<picture.channels).map { UInt8(200 + $0) }
    var bytes = [UInt8](repeating: 0, count: picture.bytes.count)
    var target = bytes.mutableSpan
    resample(
      picture.bytes.span, size: picture.size, through: map, interpolation: .bilinear,
      border: border, fill: fill.span, into: &target)
    let distance = picture.distance(bytes, picture.size) { row, column, channel in
      let (x, y) = (Double(column) + 0.5, Double(row) + 0.5)
      let (u, v) = (map.xx * x + map.xy * y + map.x0, map.yx * x + map.yy * y + map.y0)
      let (width, height) = (Double(picture.size.width), Double(picture.size.height))
      if border == .constant && (u < 0 || v < 0 || u >= width || v >= height) {
        return Double(fill[channel])
      }
      let inner = border == .constant ? PixelBorder.edge : border
      var sum = 0.0
      for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
        let (left, top) = ((u - 0.5).rounded(.down), (v - 0.5).rounded(.down))
        let share = abs(1 - Double(dx) - (u - 0.5 - left)) * abs(1 - Double(dy) - (v - 0.5 - top))
        let place = (
          inner.place(Int(top) + dy, of: picture.size.height)!,
          inner.place(Int(left) + dx, of: picture.size.width)!
        )
        sum += share * picture[place.0, place.1, channel]
      }
      return sum
    }
    #expect(distance <= 0.5001)
  }

  @Test(arguments: pictures, [Extent2D(4, 4), Extent2D(40, 3), Extent2D(17, 60)])
  func `resizing weighs pixels by a triangle as wide as the reduction`(
    picture: Picture, target: Extent2D
  ) {
    let size = picture.size
    let region = PixelWindow(
      top: size.height / 4, left: size.width / 5,
      Extent2D(size.height - size.height / 4, size.width - size.width / 3))
    let part = PixelWindow(
      top: 1, left: target.width / 3, Extent2D(target.height - 1, target.width / 2))
    var bytes = [UInt8](repeating: 0, count: part.size.count * picture.channels)
    var output = bytes.mutableSpan
    Resizer(largest: size, target: target, channels: picture.channels).resize(
      region, of: picture.bytes.span, size: size, to: target, part: part, into: &output)
    func shares(_ from: Int, _ count: Int, _ target: Int, _ place: Int) -> [(Int, Double)] {
      let scale = Double(count) / Double(target)
      let width = max(scale, 1)
      let middle = (Double(place) + 0.5) * scale
      let all = (0..<count).map { (from + $0, max(0, 1 - abs(Double($0) + 0.5 - middle) / width)) }
      let sum = all.reduce(0) { $0 + $1.1 }
      return all.map { ($0.0, $0.1 / sum) }
    }
    let distance = picture.distance(bytes, part.size) { row, column, channel in
      var sum = 0.0
      for (y, a) in shares(region.top, region.size.height, target.height, part.top + row) {
        for (x, b) in shares(region.left, region.size.width, target.width, part.left + column)
        where a * b > 0 {
          sum += a * b * picture[y, x, channel]
        }
      }
      return sum
    }
    // Rounded after rows and again after columns.
    #expect(distance <= 1.01)
  }

  @Test(arguments: pictures) func `a blur is two weighted means`(picture: Picture) {
    let sigma = 0.8
    var (down, along) = (unwritten(5), unwritten(3))
    var downSpan = down.mutableSpan
    var alongSpan = along.mutableSpan
    fillGaussWeights(&downSpan, sigma: sigma)
    fillGaussWeights(&alongSpan, sigma: sigma)
    #expect(abs(down.reduce(0, +) - 1) < 1e-6 && down[0] == down[4] && along[1] > along[0])
    var between = unwritten(picture.bytes.count)
    var bytes = picture.bytes
    var betweenSpan = between.mutableSpan
    var target = bytes.mutableSpan
    blur(
      picture.bytes.span, size: picture.size, channels: picture.channels, down: down.span,
      along: along.span, between: &betweenSpan, into: &target)
    let distance = picture.distance(bytes, picture.size) { row, column, channel in
      var sum = 0.0
      for y in -2...2 {
        for x in -1...1 {
          let place = (
            PixelBorder.reflect.place(row + y, of: picture.size.height)!,
            PixelBorder.reflect.place(column + x, of: picture.size.width)!
          )
          sum +=
            Double(down[y + 2]) * Double(along[x + 1]) * picture[place.0, place.1, channel]
        }
      }
      return sum
    }
    #expect(distance <= 0.501)
  }

  @Test func `colours that stay the same stay the same`() {
    let picture = Picture(Extent2D(16, 16), 3)
    var bytes = picture.bytes
    var pixels = bytes.mutableSpan
    saturate(&pixels, channels: 3, factor: 1)
    #expect(bytes == picture.bytes)
    var gray = (0..<48).map { UInt8($0 / 3 * 5) }
    let before = gray
    var grayPixels = gray.mutableSpan
    turnHue(&grayPixels, channels: 3, by: 77)
    saturate(&grayPixels, channels: 3, factor: 0)
    #expect(gray == before)
  }

  @Test func `samples are mixed with the one before them, the first with the last`() {
    let images: [Float] = [1, 2, 3, 4, 5, 6]
    var (mixed, last) = (images, unwritten(2))
    var mixedSpan = mixed.mutableSpan
    var lastSpan = last.mutableSpan
    mixWithPredecessors(&mixedSpan, share: 0.75, last: &lastSpan)
    #expect(mixed == [2, 3, 2.5, 3.5, 4.5, 5.5])
    var cut: [Float] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    var four = unwritten(4)
    var cutSpan = cut.mutableSpan
    var fourSpan = four.mutableSpan
    cutFromPredecessors(
      &cutSpan, rows: 1..<2, columns: 0..<1, width: 2, channels: 1, last: &fourSpan)
    #expect(cut == [1, 2, 11, 4, 5, 6, 3, 8, 9, 10, 7, 12])
  }
}
