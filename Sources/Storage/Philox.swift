/// The counter-based generator Philox4x32-10: a pure function from a counter and a key to 128 bits.
///
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
public enum Philox {
  /// The four words that belong to `counter` under `key`.
  @inlinable
  public static func words(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var c = counter
    var k = key
    for _ in 0..<10 {
      let low = UInt64(c.x) * 0xD251_1F53
      let high = UInt64(c.z) * 0xCD9E_8D57
      c = SIMD4(
        UInt32(truncatingIfNeeded: high >> 32) ^ c.y ^ k.x,
        UInt32(truncatingIfNeeded: high),
        UInt32(truncatingIfNeeded: low >> 32) ^ c.w ^ k.y,
        UInt32(truncatingIfNeeded: low))
      k = k &+ SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return c
  }
}
