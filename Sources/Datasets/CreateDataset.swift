internal import Storage

/// What making a data set did.
public enum CreationOutcome: Equatable, Sendable {
  /// Shards and index were written.
  case created
  /// The folder held exactly this data set already; nothing was written.
  case unchanged
}

/// Makes a data set in the folder `output` from original files.
///
/// The same input gives the same bytes. The index is written last, so a folder with an index is
/// complete. A folder that holds this data set already is left as it is, its damaged or missing
/// shards made again; one that holds another is an error unless `force`.
///
/// - Parameter shards: the number of shards a split; nil for shards of at most about 64 MB.
/// - Returns: the data set, and whether anything was written.
@discardableResult
public func createDataset(
  from source: Source, in output: String, shards: Int? = nil, force: Bool = false
) throws -> (dataset: Dataset, outcome: CreationOutcome) {
  let data = try source.read()
  let classes = try data.checkedClasses(source.classes)
  let present = try presentIndex(in: output, force: force)
  try Folder.create(output)

  // Where another data set lies, its index goes first: no moment shows a mixture as complete.
  let planned = try index(of: data, classes: classes, shards: shards) { _ in }
  let indexPath = output + "/" + ShardIndex.fileName
  if let present, present != planned {
    guard force else {
      throw DatasetError(
        output, "it holds another data set",
        remedy: "name another folder, or replace it with --force", exitCode: .usage)
    }
    try DurableFile.remove(indexPath)
  }
  // What a start before this one, killed, has left half written.
  DurableFile.removePartialFiles(in: output)
  var wrote = false
  try index(of: data, classes: classes, shards: shards) { shard in
    let path = output + "/" + shard.entry.file
    if let there = try? MappedFile(path).digest, there == shard.entry.sha256 { return }
    try DurableFile.write(unsafe shard.bytes.span.bytes, to: path)
    wrote = true
  }
  if present != planned {
    try DurableFile.write(planned.encoded(), to: indexPath)
    try removeShards(of: present, notIn: planned, output)
    wrote = true
  }
  return (try Dataset(folder: output), wrote ? .created : .unchanged)
}

/// The index of the data set; `visit` sees every shard once, in order, and lets it go again.
@discardableResult
private func index(
  of data: SourceData, classes: [String], shards: Int?, visit: (ShardFile) throws -> Void
) throws -> ShardIndex {
  var splits: [String: ShardIndex.Split] = [:]
  for (name, samples) in data.splits.sorted(by: { $0.key < $1.key }) {
    let runs = samples.runs(shards: shards)
    var entries: [ShardIndex.Shard] = []
    for (number, run) in runs.enumerated() {
      let file = "\(name)-\(padded(number))-of-\(padded(runs.count)).h5"
      let shard = try ShardFile(samples, run, name: file)
      try visit(shard)
      entries.append(shard.entry)
    }
    splits[name] = ShardIndex.Split(
      samples: samples.count, digest: samples.digest, shards: entries)
  }
  let train =
    data.splits["train"]
    ?? LabelledImages(
      shape: [], images: [], labels: [], labelFile: "")
  let (means, deviations) = train.statistics
  return ShardIndex(
    version: ShardIndex.version(isEncoded: train.isEncoded), shape: train.shape, classes: classes,
    means: means, deviations: deviations, resize: data.resize,
    encodedImages: ShardIndex.EncodedImages(data.splits.values.flatMap(\.files)), splits: splits)
}

/// The index that the folder holds; nil for none, and, if it is to be replaced, for a broken one.
private func presentIndex(in folder: String, force: Bool) throws -> ShardIndex? {
  guard DurableFile.exists(folder + "/" + ShardIndex.fileName) else { return nil }
  return force ? try? ShardIndex(folder: folder) : try ShardIndex(folder: folder)
}

/// Removes the shards of a replaced data set that the new one does not use.
private func removeShards(of old: ShardIndex?, notIn new: ShardIndex, _ folder: String) throws {
  let kept = Set(new.splits.values.flatMap(\.shards).map(\.file))
  for shard in old?.splits.values.flatMap(\.shards) ?? [] where !kept.contains(shard.file) {
    try DurableFile.remove(folder + "/" + shard.file)
  }
}

/// A number with five digits.
private func padded(_ number: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(5 - digits.count, 0)) + digits
}
