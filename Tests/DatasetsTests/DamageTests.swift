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
    #expect(error?.message.contains("the shard is damaged") == true)
    #expect(error?.exitCode == .badData)
  }

  @Test func `a label outside the classes is named with its sample`() throws {
    let error = try errorAfter { path in
      let offset = try #require(try HDF5File(reading: path).root.dataset("labels").fileOffset)
      try rewrite(path) { $0[offset + 8] = 7 }
    }
    // The second shard starts at sample 17.
    #expect(error?.message.contains("label 7 of sample 19 (2 in the shard)") == true)
    #expect(error?.exitCode == .badData)
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
        ("\"version\" : 1", "\"version\" : 7", "version 7 is unknown"),
        ("\"samples\" : 53,", "\"samples\" : 54,", "split"),
        ("\"means\"", "\"meens\"", "key means: it is missing"),
        ("\"train\"", "\"trane\"", "no split named train"),
        ("{", "", "JSON"),
        ("train-00000", "../train-00000", "not in the data set's own folder"),
      ] {
        try DurableFile.write(
          text.replacingOccurrences(of: old, with: new, options: [], range: text.range(of: old)),
          to: path)
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
