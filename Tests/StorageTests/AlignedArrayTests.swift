import Storage
import Testing

/// Memory for vector loads.
@Suite struct AlignedArrayTests {
  @Test(arguments: [0, 1, 15, 16, 17, 100_003, 600_000])
  func `is aligned and zeroed`(count: Int) {
    let array = AlignedArray<Float>(count: count)
    #expect(array.count == count)
    let address = UInt(bitPattern: array.unsafeElements.baseAddress)
    #expect(address % UInt(count * 4 >= 2 << 20 ? 2 << 20 : cacheLine) == 0)
    #expect(array.unsafeElements.allSatisfy { $0 == 0 })
  }

  @Test func `keeps what is written through its span`() {
    var array = AlignedArray<Int32>(count: 3)
    var span = array.mutableSpan
    span[1] = 7
    #expect(array.span[1] == 7)
    #expect(array.span[2] == 0)
  }
}
