/// Rows of words in columns that stand one under the other, for people.
public struct TextTable {
  /// To which side of its column a word keeps.
  public enum Side: Sendable {
    /// As words do.
    case left
    /// As numbers do.
    case right
  }

  private let sides: [Side]
  private var rows: [[String]]

  /// A table with the given titles, or without.
  public init(_ sides: [Side], titles: [String]? = nil) {
    self.sides = sides
    rows = titles.map { [$0] } ?? []
  }

  /// Adds a row of as many words as there are columns.
  public mutating func add(_ words: String...) { add(words) }

  /// Adds a row of as many words as there are columns.
  public mutating func add(_ words: [String]) {
    precondition(words.count == sides.count, "\(words.count) words for \(sides.count) columns")
    rows.append(words)
  }

  /// The lines, without spaces at their ends.
  public var lines: [String] {
    let widths = sides.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = row.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - row[column].count)
        return sides[column] == .left ? row[column] + space : space + row[column]
      }
      let line = cells.joined(separator: "  ")
      return String(
        line[..<(line.lastIndex { $0 != " " }.map(line.index(after:)) ?? line.startIndex)])
    }
  }
}
