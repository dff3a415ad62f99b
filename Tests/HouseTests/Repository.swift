import Foundation

/// The files of this repository, as the tests of the house read them.
enum Repository {
  /// The folder that holds Package.swift, three above this file.
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Paths from the root of all regular files under `folder`, sorted.
  static func files(under folder: String) -> [String] {
    let paths = FileManager.default.enumerator(atPath: url(folder).path)?.allObjects ?? []
    return paths.compactMap { $0 as? String }
      .map { "\(folder)/\($0)" }
      .filter { isRegularFile($0) && !$0.contains("__pycache__") }
      .sorted()
  }

  /// Names of the folders directly under `folder`, sorted.
  static func folders(under folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: url(folder).path)
      .filter { !isRegularFile("\(folder)/\($0)") }
      .sorted()
  }

  /// The text of a file; bytes that are no UTF-8 are replaced.
  static func text(of path: String) throws -> String {
    String(decoding: try Data(contentsOf: url(path)), as: UTF8.self)
  }

  static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: url(path).path)
  }

  static func isExecutable(_ path: String) -> Bool {
    FileManager.default.isExecutableFile(atPath: url(path).path)
  }

  static func url(_ path: String) -> URL { root.appending(path: path) }

  private static func isRegularFile(_ path: String) -> Bool {
    (try? url(path).resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) ?? false
  }
}
