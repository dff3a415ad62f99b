import Kernels
import Storage
import Testing

@Suite struct BlocksTests {
  private func numbers(_ count: Int, sample: UInt32) -> [Float] {
    let random = RandomStream(seed: 5, purpose: .synthesis, sample: sample)
    return (0..<count).map { random.normal($0) }
  }

  @Test(arguments: [16, 48, 4080, 4096])
  func `blocks are added and scaled element by element`(count: Int) {
    let source = numbers(count, sample: 1)
    let before = numbers(count, sample: 2)
    var block = before
    var span = block.mutableSpan
    addBlock(source.span, into: &span)
    scaleBlock(&span, by: 1 / 12)
    #expect(block == zip(before, source).map { ($0 + $1) * (1 / 12) })
  }

  @Test(arguments: [16, 48, 4080, 4096])
  func `the sum of squares agrees with a plain loop`(count: Int) {
    let block = numbers(count, sample: 3)
    let plain = block.reduce(0.0) { $0 + Double($1) * Double($1) }
    let sum = sumOfSquares(of: block.span)
    #expect(abs(sum - plain) <= 1e-12 * plain)
  }

  @Test(arguments: [16, 48, 4080, 4096])
  func `a digest changes with every single bit, and with the order of elements`(count: Int) {
    let block = numbers(count, sample: 4)
    let digest = digestBlock(block.span)
    #expect(digestBlock(block.span) == digest)
    for place in Set([0, 1, 15, count / 2, count - 1]) {
      for bit in 0..<32 {
        var other = block
        other[place] = Float(bitPattern: block[place].bitPattern ^ 1 << bit)
        #expect(digestBlock(other.span) != digest)
      }
    }
    var swapped = block
    swapped.swapAt(0, count - 1)
    #expect(digestBlock(swapped.span) != digest)
    var zeros = [Float](repeating: 0, count: count)
    let ofZeros = digestBlock(zeros.span)
    zeros[count - 1] = -0.0
    #expect(digestBlock(zeros.span) != ofZeros)
  }

  @Test func `a padded tail adds nothing`() {
    var block = numbers(48, sample: 4)
    block.replaceSubrange(33..., with: [Float](repeating: 0, count: 15))
    let plain = block[..<33].reduce(0.0) { $0 + Double($1) * Double($1) }
    let sum = sumOfSquares(of: block.span)
    #expect(abs(sum - plain) <= 1e-12 * plain)
  }

  @Test(arguments: [16, 48, 4080, 4096])
  func `the last addition of a mean equals addition, scaling and sum apart`(count: Int) {
    let source = numbers(count, sample: 6)
    var apart = numbers(count, sample: 7)
    var together = apart
    var span = apart.mutableSpan
    addBlock(source.span, into: &span)
    let squares = scaleBlock(&span, by: 1 / 3)
    var other = together.mutableSpan
    let mean = finishBlock(source.span, into: &other, scaledBy: 1 / 3)
    let alone = sumOfSquares(of: apart.span)
    #expect(together == apart && mean.squares == squares && squares == alone)
    #expect(mean.finite.source && mean.finite.destination)
  }

  @Test(arguments: [Float.nan, -.nan, .infinity, -.infinity], [0, 15, 16, 100, 4095])
  func `one number that is not finite is found wherever it is`(value: Float, position: Int) {
    let good = numbers(4096, sample: 5)
    var bad = good
    bad[position] = value
    let badSum = sumOfSquares(of: bad.span)
    #expect(!badSum.isFinite)
    for (source, destination) in [(good, good), (good, bad), (bad, good), (bad, bad)] {
      var (added, finished) = (destination, destination)
      var span = added.mutableSpan
      let found = addBlock(source.span, into: &span)
      span = finished.mutableSpan
      let mean = finishBlock(source.span, into: &span, scaledBy: 0.5)
      #expect(found.source == (source == good) && found.destination == (destination == good))
      #expect(mean.finite == found)
      #expect(mean.squares.isFinite == (found.source && found.destination))
    }
  }

  @Test func `the largest numbers are finite`() {
    let block = [Float](repeating: .greatestFiniteMagnitude, count: 4096)
    var sum = block
    var span = sum.mutableSpan
    let finite = addBlock(block.span, into: &span)
    let squares = sumOfSquares(of: block.span)
    #expect(finite.source && finite.destination && squares.isFinite && sum[0] == .infinity)
  }
}
