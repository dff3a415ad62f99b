internal import FoundationEssentials
internal import Storage

extension Dataset {
  /// What the data set holds, as lines to read.
  public func summary() throws -> String {
    var lines = [
      "data set   \(folder)",
      "samples    \(shape) "
        + (index.encodedImages == nil ? "bytes" : "or other sizes, of JPEG and PNG files")
        + ", \(classNames.count) classes: "
        + classNames.prefix(10).joined(separator: ", ") + (classNames.count > 10 ? ", …" : ""),
      "means      \(index.means.map(rounded).joined(separator: " "))",
      "deviations \(index.deviations.map(rounded).joined(separator: " "))",
      "digest     \(index.dataDigest)",
    ]
    for (name, split) in index.splits.sorted(by: { $0.key < $1.key }) {
      let bytes = split.shards.reduce(0) { $0 + $1.bytes }
      lines.append(
        "\(name): \(split.samples) samples, \(bytes) bytes, shards: \(split.shards.count)")
      let store = try self.split(name)
      var counts = [Int](repeating: 0, count: classNames.count)
      for sample in 0..<store.count { counts[Int(store.label(of: sample))] += 1 }
      if let least = counts.min(), let most = counts.max() {
        lines.append(
          least == most
            ? "  each class has \(least) samples" : "  a class has \(least) to \(most) samples")
      }
    }
    return lines.joined(separator: "\n")
  }

  /// What the data set holds, as JSON: the index and the digest of the content.
  public func summaryJSON() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let summary = Summary(dataDigest: index.dataDigest, folder: folder, index: index)
    return String(decoding: try encoder.encode(summary), as: UTF8.self)
  }

  /// Checks every shard: its size, structure, labels and digests.
  ///
  /// - Returns: one line for each damaged block, or shard that is damaged otherwise, in order; none
  ///   if all is well.
  public func verify() -> [String] {
    var faults: [String] = []
    for (_, split) in index.splits.sorted(by: { $0.key < $1.key }) {
      for shard in split.shards {
        let alone = ShardIndex.Split(
          samples: shard.samples, digest: split.digest, shards: [shard])
        do {
          let store = try SampleStore(alone, of: self)
          faults += store.faults(shard: 0).map(\.message)
        } catch {
          faults.append("\(error)")
        }
      }
    }
    return faults
  }
}

private struct Summary: Encodable {
  let dataDigest: SHA256Digest
  let folder: String
  let index: ShardIndex
}

/// A number with four digits after the point.
private func rounded(_ number: Double) -> String {
  "\((number * 10_000).rounded() / 10_000)"
}
