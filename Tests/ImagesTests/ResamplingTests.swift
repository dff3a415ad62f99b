import Images
import Pictures
import Testing

/// Making squares: what torchvision's Resize and CenterCrop do.
///
/// Tests/Interop holds it against PIL.
@Suite struct ResamplingTests {
  private func square(_ bytes: [UInt8], _ side: Int) throws -> Image {
    try Image(decoding: bytes.span.bytes, square: side)
  }

  @Test func `a square of the side wanted is left as it is`() throws {
    let picture = Picture(width: 20, height: 20)
    #expect(try square(picture.png(), 20).pixels == picture.pixels)
  }

  @Test func `the middle of the longer side is kept`() throws {
    let picture = Picture(width: 31, height: 20)
    // Half of 11 is 5.5: Python rounds halves to even.
    let expected = (0..<20).flatMap { row -> [UInt8] in
      let start = 3 * (31 * row + 6)
      return Array(picture.pixels[start..<start + 60])
    }
    #expect(try square(picture.png(), 20).pixels == expected)
  }

  @Test(arguments: [(1, 1), (1, 300), (300, 1), (7, 500), (501, 499), (64, 63)])
  func `an image of one colour stays so, of whatever size`(width: Int, height: Int) throws {
    var picture = Picture(width: width, height: height)
    for index in picture.pixels.indices { picture.pixels[index] = UInt8(10 + index % 3 * 120) }
    for side in [1, 16, 100] {
      let image = try square(picture.png(), side)
      #expect((image.width, image.height) == (side, side))
      #expect(image.pixels.indices.allSatisfy { image.pixels[$0] == 10 + $0 % 3 * 120 })
    }
  }

  @Test(arguments: [64, 61]) func `a slope stays a slope when it is made smaller`(side: Int) throws
  {
    var picture = Picture(width: 488, height: 488)
    for index in picture.pixels.indices {
      picture.pixels[index] = UInt8(index / 3 % 488 * 250 / 488)
    }
    for file in [picture.png(), picture.jpeg(quality: 100)] {
      let image = try square(file, side)
      for x in 2..<side - 2 {
        let expected: Double = (Double(x) + 0.5) / Double(side) * 250 - 0.5
        let value = Double(image.pixels[3 * (side * 9 + x)])
        #expect(abs(value - expected) <= 1.5)
      }
    }
  }

  @Test func `a turned image is cut as it stands`() throws {
    let file = Picture(width: 400, height: 250).jpeg()
    let upright = try square(file, 50)
    let turned = try square(withOrientation(3, file), 50)
    let reversed = (0..<2500).reversed().flatMap { pixel -> [UInt8] in
      Array(upright.pixels[3 * pixel..<3 * pixel + 3])
    }
    let distances = zip(turned.pixels, reversed).map { abs(Int($0) - Int($1)) }
    #expect(distances.max() ?? 0 <= 2)
  }
}
