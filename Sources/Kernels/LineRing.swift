/// The last few lines of an image, each where its number modulo the lines held says: a strip finds
/// there what it shares with the strip before.
struct LineRing {
  /// Lines that there is room for.
  let held: Int
  /// The line after the last that is there.
  private var end = 0

  /// Empty, before an image's first line.
  init(held: Int) { self.held = held }

  /// Where a line lies.
  func place(_ line: Int) -> Int { line % held }

  /// Takes in lines, at most as many as are held, and gives back those that were not there.
  mutating func extend(to lines: Range<Int>) -> Runs {
    let first = Swift.max(end, lines.lowerBound)
    end = Swift.max(first, lines.upperBound)
    return runs(first..<end)
  }

  /// The runs of lines that lie one after the other.
  func runs(_ lines: Range<Int>) -> Runs { Runs(rest: lines, held: held) }

  struct Runs: Sequence, IteratorProtocol {
    fileprivate var rest: Range<Int>
    fileprivate let held: Int

    mutating func next() -> Range<Int>? {
      if rest.isEmpty { return nil }
      let first = rest.lowerBound
      let end = Swift.min(rest.upperBound, (first / held + 1) * held)
      rest = end..<rest.upperBound
      return first..<end
    }
  }
}
