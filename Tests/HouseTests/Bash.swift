import Foundation

/// One run of bash, waited for.
struct Bash {
  let status: Int32
  let output: String

  /// Runs `bash` with these arguments in `folder`; standard error goes to the test's own.
  init(_ arguments: [String], in folder: URL = Repository.root) throws {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    try process.run()
    output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    status = process.terminationStatus
  }
}
