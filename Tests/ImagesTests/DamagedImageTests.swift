import Images
import Pictures
import Storage
import Testing

/// Damaged images of fixed seeds: an image or an error comes of each, never a crash.
@Suite struct DamagedImageTests {
  /// A copy with up to eight bytes changed, and at times cut, lengthened or with a stretch moved.
  private func damaged(_ file: [UInt8], seed: UInt64) -> [UInt8] {
    let random = RandomStream(seed: seed, purpose: .synthesis)
    func draw(_ bound: Int, _ position: Int) -> Int { random.integer(below: bound, at: position) }
    var bytes = file
    for change in 0...draw(8, 0) {
      // Half of the changes hit the first part, where headers and tables are.
      let reach = draw(2, 10 + change) == 0 ? bytes.count : min(bytes.count, 200)
      let value = [0, 0xFF, draw(256, 20 + change)][draw(3, 30 + change)]
      bytes[draw(reach, 40 + change)] = UInt8(value)
    }
    let place = draw(bytes.count, 1)
    switch draw(6, 2) {
    case 0: bytes.removeLast(bytes.count - place)
    case 1: bytes.insert(contentsOf: bytes[place...].prefix(draw(64, 3)), at: draw(place + 1, 4))
    case 2: bytes.removeSubrange(place..<min(place + draw(16, 3), bytes.count))
    default: break
    }
    // Where a check sum tells the damage, libpng looks no further: make half of them right again.
    if draw(2, 5) == 0 { mendCheckSums(&bytes) }
    return bytes
  }

  /// Gives the chunks of a PNG the check sums that their bytes ask for, as far as there are chunks.
  private func mendCheckSums(_ bytes: inout [UInt8]) {
    var start = 8
    while bytes.starts(with: [0x89, 0x50]), start + 12 <= bytes.count {
      let length = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
      let end = start + 8 + length
      guard end + 4 <= bytes.count else { return }
      var sum: UInt32 = ~0
      for byte in bytes[start + 4..<end] {
        sum ^= UInt32(byte)
        for _ in 0..<8 { sum = sum >> 1 ^ (sum & 1 == 0 ? 0 : 0xEDB8_8320) }
      }
      for index in 0..<4 { bytes[end + index] = UInt8(~sum >> (24 - 8 * UInt32(index)) & 255) }
      start = end + 4
    }
  }

  @Test func `twenty thousand damaged images are read, or refused in one line`() {
    let picture = Picture(width: 24, height: 16)
    let files = [
      picture.jpeg(), picture.jpeg(progressive: true), picture.jpeg(subsampled: true),
      Picture(width: 24, height: 16, channels: 4).jpeg(), withOrientation(6, picture.jpeg()),
      Picture(width: 24, height: 16, channels: 1).jpeg(progressive: true), picture.png(),
      Picture(width: 15, height: 15).png(palette: true),
      Picture(width: 24, height: 16, channels: 4).png(),
      Picture(width: 24, height: 16, channels: 2).png(),
    ]
    var decoded = 0
    for seed in 0..<20_000 {
      let bytes = damaged(files[seed % files.count], seed: UInt64(seed))
      do throws(ImageError) {
        // A small limit: a header changed to a huge size shall cost no time.
        let side = seed & 16 == 0 ? 8 : 2
        let image = try Image(decoding: bytes.span.bytes, square: side, pixelLimit: 1 << 18)
        #expect(image.pixels.count == 3 * side * side)
        decoded += 1
      } catch {
        #expect(!error.message.contains("\n"))
      }
    }
    // Both ways are taken: damage between the pixels' bytes often leaves an image.
    #expect(decoded > 200 && decoded < 19_800, "\(decoded)")
  }
}
