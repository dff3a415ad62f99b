import Images
import Pictures
import Storage
import Testing

/// The error of decoding `bytes`; nil if they are an image.
func fault(_ bytes: [UInt8], pixelLimit: Int = Image.usualPixelLimit) -> ImageError? {
  do throws(ImageError) {
    _ = try Image(decoding: bytes.span.bytes, pixelLimit: pixelLimit)
    return nil
  } catch {
    return error
  }
}

/// Image files of every kind become RGB, or a typed error of one line.
@Suite struct DecodingTests {
  private func decode(_ bytes: [UInt8]) throws -> Image {
    try Image(decoding: bytes.span.bytes)
  }

  /// What the picture is as RGB, its alpha dropped.
  private func rgb(_ picture: Picture) -> [UInt8] {
    let isGray = picture.channels < 3
    return (0..<picture.width * picture.height).flatMap { pixel -> [UInt8] in
      let start = pixel * picture.channels
      return (0..<3).map { channel in picture.pixels[start + (isGray ? 0 : channel)] }
    }
  }

  /// The largest difference of two images' bytes.
  private func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    zip(a, b).map { abs(Int($0) - Int($1)) }.max() ?? 0
  }

  @Test(arguments: 1...4) func `a PNG of any number of channels becomes RGB`(channels: Int) throws {
    let picture = Picture(width: 23, height: 9, channels: channels)
    let image = try decode(picture.png())
    #expect((image.width, image.height) == (23, 9))
    #expect(image.pixels == rgb(picture))
  }

  @Test func `a PNG with a palette becomes RGB`() throws {
    let picture = Picture(width: 15, height: 17)
    #expect(try decode(picture.png(palette: true)).pixels == picture.pixels)
  }

  @Test(arguments: [1, 3], [false, true])
  func `a JPEG is close to what was encoded`(channels: Int, progressive: Bool) throws {
    let picture = Picture(width: 40, height: 24, channels: channels)
    let image = try decode(picture.jpeg(progressive: progressive, quality: 100))
    #expect((image.width, image.height) == (40, 24))
    #expect(distance(image.pixels, rgb(picture)) <= 8)
  }

  @Test func `colours of print are multiplied out`() throws {
    let picture = Picture(width: 16, height: 16, channels: 4)
    // Stored as Adobe does, inverted: 255 is no ink.
    let expected = (0..<256).flatMap { pixel -> [UInt8] in
      let black = Int(picture.pixels[4 * pixel + 3])
      return (0..<3).map { UInt8(Int(picture.pixels[4 * pixel + $0]) * black / 255) }
    }
    #expect(distance(try decode(picture.jpeg(quality: 100)).pixels, expected) <= 8)
  }

  @Test(arguments: 1...8, [false, true])
  func `an image is turned as its Exif data ask`(orientation: UInt8, littleEndian: Bool) throws {
    let file = Picture(width: 24, height: 16).jpeg()
    let stored = try decode(file)
    let image = try decode(withOrientation(orientation, file, littleEndian: littleEndian))
    let swaps = orientation >= 5
    #expect((image.width, image.height) == (swaps ? 16 : 24, swaps ? 24 : 16))
    for (x, y) in [(0, 0), (23, 0), (0, 15), (5, 11)] {
      // Where the stored pixel goes, after the table in the Exif standard.
      let places = [
        (x, y), (23 - x, y), (23 - x, 15 - y), (x, 15 - y), (y, x), (15 - y, x), (15 - y, 23 - x),
        (y, 23 - x),
      ]
      let (column, row) = places[Int(orientation) - 1]
      let source = 3 * (y * 24 + x)
      let target = 3 * (row * image.width + column)
      #expect(image.pixels[target..<target + 3] == stored.pixels[source..<source + 3])
    }
  }

  @Test func `gray is the luminance`() throws {
    let image = Image(width: 3, height: 1, pixels: [255, 0, 0, 0, 255, 0, 9, 9, 9])
    #expect(image.gray == [76, 150, 9])
  }

  @Test func `what is no image is told by its content`() {
    #expect(fault([]) == .empty)
    #expect(fault(Array("GIF89a…".utf8)) == .unknownFormat)
    #expect(fault([0xFF, 0xD8, 0xFF]) == .cutShort(.jpeg))
    #expect(fault(Array(Picture(width: 8, height: 8).png()[..<8])) == .cutShort(.png))
  }

  @Test func `a file cut short anywhere is an error, and all but always called so`() {
    let picture = Picture(width: 32, height: 32)
    for (file, format) in [
      (picture.png(), ImageFormat.png), (picture.jpeg(), .jpeg),
      (picture.jpeg(progressive: true), .jpeg),
    ] {
      for length in stride(from: 4, to: file.count, by: 7) {
        let error = fault(Array(file[..<length]))
        #expect(
          length < 8 || error == .cutShort(format), "\(format) of \(length) bytes: \(error as Any)")
        #expect(error != nil)
      }
    }
  }

  @Test func `a damaged file is an error with the library's reason`() {
    var file = Picture(width: 32, height: 32).png()
    // A byte of the header chunk's check sum.
    file[30] ^= 1
    guard case .damaged(.png, let reason) = fault(file) else {
      Issue.record("\(fault(file) as Any)")
      return
    }
    #expect(reason.contains("CRC"))
    #expect(fault(file)?.message == "it is a damaged PNG (\(reason))")
  }

  @Test func `bytes between the markers and after the end are harmless`() throws {
    let picture = Picture(width: 16, height: 16)
    let (png, jpeg) = (picture.png(), picture.jpeg())
    #expect(try decode(png + [1, 2, 3]) == decode(png))
    #expect(try decode(jpeg + [1, 2, 3]) == decode(jpeg))
    // A stray byte before the end marker.
    #expect(try decode(jpeg.dropLast(2) + [7, 7, 0xFF, 0xD9]) == decode(jpeg))
  }

  @Test func `an image of too many pixels is refused before it is decoded`() {
    let picture = Picture(width: 32, height: 32)
    let expected = ImageError.tooLarge(width: 32, height: 32, limit: 1023)
    #expect(fault(picture.png(), pixelLimit: 1023) == expected)
    #expect(fault(picture.jpeg(), pixelLimit: 1023) == expected)
    #expect(fault(picture.jpeg(), pixelLimit: 1024) == nil)
    // A header that promises 65 500×65 500 pixels in a few hundred bytes.
    var bomb = picture.jpeg()
    let frame = bomb.indices.first { bomb[$0] == 0xFF && bomb[$0 + 1] == 0xC0 }!
    bomb.replaceSubrange(frame + 5..<frame + 9, with: [0xFF, 0xDC, 0xFF, 0xDC])
    #expect(
      fault(bomb) == .tooLarge(width: 65500, height: 65500, limit: Image.usualPixelLimit))
  }
}
