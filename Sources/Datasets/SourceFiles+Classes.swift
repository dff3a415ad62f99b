internal import Storage

extension SourceFiles {
  /// The names of the classes in the file `name` of the folder, one a line; nil without it.
  ///
  /// Throws if they are not `count`, where that is known.
  func classNames(in name: String, count: Int? = nil) throws -> [String]? {
    guard single == nil, names.contains(name) else { return nil }
    let lines = try TextFile.read(path(of: name)).split(whereSeparator: \.isNewline)
    if let count, lines.count != count {
      throw DatasetError(
        path(of: name), "\(lines.count) names for \(count) classes",
        remedy: "get the file again, or remove it")
    }
    return lines.map(String.init)
  }
}
