import Datasets
import Foundation
import HDF5
import Storage
import Testing

/// Damage is found before a gradient is computed from it, and the file is named.
@Suite struct DamageTests {
  private let shard = "train-00001-of-00003.h5"

  /// Damages the shard of a data set, opens the split, and returns the error.
  private func errorAfter(
    _ damage: (String) throws -> Void, verify: Bool = false
  ) throws -> (any ReportableError)? {
    try withTemporaryFolder { folder in
      let dataset = try makeDataset(folder, shards: 3)
      try damage(folder + "/data/" + shard)
      do {
        let store = try dataset.split("train")
        if verify { try store.verify(shard: 1) }
        return nil
      } catch let error as any ReportableError {
        #expect(error.message.contains(shard))
        #expect(!error.message.contains("\n"))
        let faults = dataset.verify()
        #expect(faults.count == 1 && faults[0].contains(shard))
        return error
      }
    }
  }

  @Test func `a truncated shard is named`() throws {
    let error = try errorAfter { try rewrite($0) { $0.removeLast(10) } }
    #expect(error?.message.contains("it is truncated") == true)
    #expect(error?.exitCode == .badData)
  }

  @Test func `a missing shard is named`() throws {
    let error = try errorAfter { try FileManager.default.removeItem(atPath: $0) }
    #expect(error?.exitCode == .noInput)
  }

  @Test func `a changed byte is found by its digest`() throws {
    let error = try errorAfter({ try rewrite($0) { $0[$0.count - 1] ^= 1 } }, verify: true)
    #expect(error?.message.contains("block 0 is damaged, samples 17 to 34") == true)
    #expect(error?.exitCode == .badData)
  }

  @Test func `a changed label is found before any is used`() throws {
    let error = try errorAfter { path in
      let offset = try #require(try HDF5File(reading: path).root.dataset("labels").fileOffset)
      try rewrite(path) { $0[offset + 8] = 1 }
    }
    #expect(error?.message.contains("damaged in its structure or its labels") == true)
    #expect(error?.exitCode == .badData)
  }

  @Test func `a label outside the classes, its digests right, is named with its sample`() throws {
    try withTemporaryFolder { folder in
      try makeDataset(folder, shards: 3)
      let path = folder + "/data/" + shard
      let offset = try #require(try HDF5File(reading: path).root.dataset("labels").fileOffset)
      try rewrite(path) { $0[offset + 8] = 7 }
      let dataset = try forgeDigests(folder + "/data")
      // The second shard starts at sample 17.
      let error = #expect(throws: DatasetError.self) { try dataset.split("train") }
      #expect(error?.message.contains("label 7 of sample 19 (2 in the shard)") == true)
      #expect(error?.exitCode == .badData)
    }
  }

  @Test func `a shard that is a link is not followed`() throws {
    let error = try errorAfter { path in
      try FileManager.default.moveItem(atPath: path, toPath: path + ".elsewhere")
      try FileManager.default.createSymbolicLink(
        atPath: path, withDestinationPath: path + ".elsewhere")
    }
    #expect(error?.message.contains("is a symbolic link") == true)
  }

  @Test func `a shard whose structure is damaged is an error, not a crash`() throws {
    for position in stride(from: 0, to: 2048, by: 97) {
      _ = try errorAfter({ try rewrite($0) { $0[position] ^= 0xFF } }, verify: true)
    }
  }

  @Test func `an index that is missing or wrong is named in one line`() throws {
    try withTemporaryFolder { folder in
      let none = #expect(throws: DatasetError.self) { _ = try Dataset(folder: folder) }
      #expect(none?.message.contains("there is no data set here") == true)
      #expect(none?.exitCode == .noInput)
      try makeDataset(folder)
      let path = folder + "/data/index.json"
      let text = try String(contentsOfFile: path, encoding: .utf8)
      for (old, new, words) in [
        ("\"version\" : 3", "\"version\" : 7", "version 7 is not one"),
        ("\"samples\" : 53,", "\"samples\" : 54,", "split"),
        ("\"means\"", "\"meens\"", "key means: it is missing"),
        ("\"train\"", "\"trane\"", "no split named train"),
        ("{", "", "JSON"),
        ("train-00000", "../train-00000", "not in the data set's own folder"),
        ("\"train-00000-of-00001.h5\"", "\"..\"", "not in the data set's own folder"),
      ] {
        let changed = text.replacingOccurrences(
          of: old, with: new, options: [], range: text.range(of: old))
        #expect(changed != text, "\(old)")
        try DurableFile.write(sealed(changed), to: path)
        let error = #expect(throws: DatasetError.self) {
          _ = try Dataset(folder: folder + "/data")
        }
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("\n") == false)
        #expect(error?.exitCode == .badData)
      }
    }
  }
}
