import Storage
import Testing

/// Philox4x32-10 against the known answers of Random123 (kat_vectors), and its derived numbers.
@Suite struct PhiloxTests {
  @Test func `gives the published known answers`() {
    let zero = Philox.words(counter: SIMD4(repeating: 0), key: SIMD2(repeating: 0))
    #expect(zero == SIMD4(0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8))
    let ones = Philox.words(counter: SIMD4(repeating: .max), key: SIMD2(repeating: .max))
    #expect(ones == SIMD4(0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD))
    let pi = Philox.words(
      counter: SIMD4(0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344),
      key: SIMD2(0xA409_3822, 0x299F_31D0))
    #expect(pi == SIMD4(0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1))
  }

  @Test func `uniform numbers fill 0 to 1 evenly`() {
    let stream = RandomStream(seed: 1, purpose: .synthesis)
    let numbers = (0..<100_000).map { Double(stream.uniform($0)) }
    #expect(numbers.allSatisfy { (0..<1).contains($0) })
    let (mean, variance) = moments(numbers)
    #expect(abs(mean - 0.5) < 0.005)
    #expect(abs(variance - 1.0 / 12) < 0.002)
  }

  @Test func `normal numbers have mean 0 and variance 1`() {
    let stream = RandomStream(seed: 2, purpose: .initialization)
    let numbers = (0..<100_000).map { Double(stream.normal($0)) }
    let (mean, variance) = moments(numbers)
    #expect(abs(mean) < 0.015)
    #expect(abs(variance - 1) < 0.02)
    let fourth = numbers.map { $0 * $0 * $0 * $0 }.reduce(0, +) / Double(numbers.count)
    #expect(abs(fourth - 3) < 0.15)
  }

  @Test func `whole numbers stay below their bound and reach all of it`() {
    let stream = RandomStream(seed: 3, purpose: .permutation)
    var counts = [Int](repeating: 0, count: 7)
    for position in 0..<7000 { counts[stream.integer(below: 7, at: position)] += 1 }
    #expect(counts.allSatisfy { (850...1150).contains($0) })
  }

  @Test func `seed, purpose, layer, epoch and sample each change the numbers`() {
    let words = [
      RandomStream(seed: 1, purpose: .dropout).word(0),
      RandomStream(seed: 2, purpose: .dropout).word(0),
      RandomStream(seed: 1, purpose: .augmentation).word(0),
      RandomStream(seed: 1, purpose: .dropout, layer: 1).word(0),
      RandomStream(seed: 1, purpose: .dropout, epoch: 1).word(0),
      RandomStream(seed: 1, purpose: .dropout, sample: 1).word(0),
    ]
    #expect(Set(words).count == words.count)
  }
}

private func moments(_ numbers: [Double]) -> (mean: Double, variance: Double) {
  let mean = numbers.reduce(0, +) / Double(numbers.count)
  let squares = numbers.map { ($0 - mean) * ($0 - mean) }
  return (mean, squares.reduce(0, +) / Double(numbers.count))
}
