import Storage
import Testing

@Suite struct `A line of a terminal that is written over` {
  private func text(_ body: (inout StatusText) -> Void) -> (text: String, columns: Int) {
    var status = StatusText()
    status.clear()
    body(&status)
    return (String(decoding: status.contents.dropFirst(4), as: UTF8.self), status.columns)
  }

  @Test func `empties the line first`() {
    var status = StatusText()
    status.clear()
    #expect(status.contents == Array("\r\u{1B}[K".utf8) && status.columns == 0)
  }

  @Test(arguments: [
    (0, 1, "0"), (7, 2, "07"), (-42, 1, "-42"), (Int.max, 1, "9223372036854775807"),
  ])
  func `writes whole numbers`(number: Int, digits: Int, expected: String) {
    let written = text { $0.append(number, digits: digits) }
    #expect(written.text == expected && written.columns == expected.count)
  }

  @Test(
    arguments: [
      (0.0239, 4, "0.0239"), (1.005, 1, "1.0"), (0.996, 2, "1.00"), (-1.5, 1, "-1.5"),
      (12.3, 0, "12"), (.nan, 2, "–"), (.infinity, 2, "–"), (1e300, 2, "–"),
    ] as [(Double, Int, String)])
  func `writes numbers with so many decimals`(value: Double, decimals: Int, expected: String) {
    let written = text { $0.append(value, decimals: decimals) }
    #expect(written.text == expected && written.columns == expected.count)
  }

  @Test func `counts columns, not bytes, and leaves out what is too long`() {
    #expect(text { $0.append("█▌ 5") } == ("█▌ 5", 4))
    let long = text { for _ in 0..<2000 { $0.append("█") } }
    #expect(long.columns > 300 && long.columns < 342)
  }
}
