/// The name among `names` that takes the fewest single-letter edits from `name`.
///
/// Edits are insertions, deletions and substitutions (Levenshtein, 1966); nil if there are no
/// names.
public func nearestName(to name: String, among names: [String]) -> String? {
  names.min { editDistance(name, $0) < editDistance(name, $1) }
}

private func editDistance(_ a: String, _ b: String) -> Int {
  let b = Array(b.unicodeScalars)
  var row = Array(0...b.count)
  for (i, letter) in a.unicodeScalars.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for j in b.indices {
      let substitution = diagonal + (letter == b[j] ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(substitution, row[j] + 1, row[j + 1] + 1)
    }
  }
  return row[b.count]
}
