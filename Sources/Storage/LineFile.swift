/// A text file that grows by whole lines; each is written in one call, so none is torn.
public struct LineFile: ~Copyable, Sendable {
  private let file: GrowingFile

  /// Opens the file at `path` to add lines at its end; creates it if it does not exist.
  public init(appendingTo path: String) throws(FileError) {
    file = try GrowingFile(appendingTo: path)
  }

  /// Where the file lies.
  public var path: String { file.path }

  /// Adds a line; `line` has no line break.
  public func append(_ line: String) throws(FileError) {
    try file.append(Array((line + "\n").utf8))
  }
}
