import HDF5
import Storage

#if canImport(Glibc)
  import Glibc
#endif

// What a run reads and writes.

extension Examination {
  /// The HDF5 library: its version, and whether what it writes comes back.
  func hdf5() -> Finding {
    var finding = Finding("HDF5")
    finding.note("library \(HDF5Library.version)")
    if HDF5Library.version != HDF5Library.compiledVersion {
      finding.warn(
        "this program was compiled for HDF5 \(HDF5Library.compiledVersion)",
        "build it again with launch/build on this machine")
    }
    do {
      try Self.writeAndReadBack()
    } catch {
      finding.fail("a file in memory does not come back: \(error)", "install libhdf5 anew")
    }
    return finding
  }

  private static func writeAndReadBack() throws {
    let values: [Float] = [1, -0.5, 0x1p-126]
    let file = try HDF5File(inMemory: "examination")
    try file.root.write(values.span, named: "values", extents: [3])
    let image = try file.image()
    let copy = try HDF5File(image: unsafe image.span.bytes, name: "examination")
    let read: [Float] = try copy.root.dataset("values").read()
    if read != values { throw HDF5Loss() }
  }

  /// The disk where runs are kept: room, and whether a file gets there whole.
  func disk() -> Finding {
    var finding = Finding("disk")
    do {
      let place = try Folder.place(for: folder)
      finding.note("\(Self.size(Folder.freeBytes(place))) free for \(folder)")
      judgeRoom(Folder.freeBytes(place), &finding)
      if try !Self.writesAndLocks(in: place) {
        finding.warn(
          "the file system of \(place) has no locks: two trainers in one run folder would not "
            + "notice each other",
          "start only one at a time, or keep runs on another file system")
      }
    } catch {
      let message = (error as? any ReportableError)?.message ?? "\(error)"
      finding.fail("no checkpoint can be saved: \(message)", "or name another folder with --run")
    }
    return finding
  }

  private func judgeRoom(_ free: Int, _ finding: inout Finding) {
    guard let need else { return }
    finding.note("\(Self.size(need.checkpoint)) a checkpoint")
    // A new one is whole before an old one goes.
    if free < need.checkpoint {
      finding.fail(
        "a checkpoint takes \(Self.size(need.checkpoint)), and \(Self.size(free)) are free",
        "free some space, or name another folder with --run")
    } else if free < 4 * need.checkpoint {
      finding.warn(
        "\(Self.size(free)) hold fewer than four checkpoints",
        "free some space, set checkpoint.keep to 1, or name another folder with --run")
    }
  }

  /// Writes a file as checkpoints are written, and removes it; returns whether a lock held.
  private static func writesAndLocks(in folder: String) throws -> Bool {
    let trial = "\(folder)/.lockstep-doctor-\(getpid())"
    try Folder.create(trial)
    defer {
      unsafe unlink("\(trial)/.lock")
      unsafe rmdir(trial)
    }
    try DurableFile.write(String(repeating: "x", count: 1 << 16), to: "\(trial)/file")
    try DurableFile.remove("\(trial)/file")
    let first = try FolderLock(trial)
    let second = try FolderLock(trial)
    return first != nil && second == nil
  }
}

/// HDF5 gave back other values than it was given.
private struct HDF5Loss: Error, CustomStringConvertible {
  let description = "the values differ"
}
