internal import Storage

/// Reads the splits of folders of images: decoded, brought to one size, and some held out.
internal func readImageFolders(
  _ folder: String, _ options: ImageFolderOptions
) throws -> SourceData {
  let found = try ImageFolders(folder)
  if options.validation != nil, let other = found.splits.first(where: { $0.name == "validation" }) {
    throw DatasetError(
      folder, "it has \(other.files.count) images for validation already",
      remedy: "leave --validation out", exitCode: .usage)
  }
  let (side, rule) = (options.side ?? 64, options.rule ?? .cover)
  let total = found.splits.reduce(0) { $0 + $1.files.count }
  var done = 0
  var splits: [String: LabelledImages] = [:]
  var bad: [DatasetError] = []
  for (name, files) in found.splits where !files.isEmpty {
    let before = done
    let decoded = try decode(
      files, side: side, rule: rule, keepsEncoded: options.keepsEncoded == true,
      cores: options.cores
    ) { options.progress(before + $0, total) }
    var samples = LabelledImages(
      shape: [side, side, 3], images: decoded.images, files: decoded.files,
      labels: files.map(\.label), labelFile: folder)
    samples.take(decoded.faults.map(\.sample))
    bad += decoded.faults.map(\.error)
    splits[name] = samples.count > 0 ? samples : nil
    done += files.count
  }
  try judge(bad, of: total, folder, options)
  try checkClasses(found.classes, in: splits["train"]?.labels ?? [], folder)
  if let part = options.validation {
    splits["validation"] = holdOut(part, of: &splits["train"], classes: found.classes.count)
    if splits["validation"] == nil {
      throw DatasetError(
        folder, "no class has two images, so none can be held out",
        remedy: "leave --validation out", exitCode: .usage)
    }
  }
  return SourceData(classes: found.classes, resize: rule, splits: splits)
}

/// Reports the files that cannot be used; throws where that is fatal.
private func judge(
  _ bad: [DatasetError], of total: Int, _ folder: String, _ options: ImageFolderOptions
) throws {
  let isFatal = options.badImages != .skip
  // A single one is the error itself.
  if isFatal && bad.count == 1 { throw bad[0] }
  bad.forEach(options.report)
  guard isFatal && !bad.isEmpty else { return }
  throw DatasetError(
    folder, "\(bad.count) of \(total) files cannot be used", remedy: badImageRemedy)
}

/// Throws if a class is left without a sample to train on.
private func checkClasses(_ classes: [String], in labels: [Int], _ folder: String) throws {
  let present = Set(labels)
  for (label, name) in classes.enumerated() where !present.contains(label) {
    throw DatasetError(
      folder, "class \(name) has no image that can be used",
      remedy: "remove its folder, or add images")
  }
}

/// What to do about a file that cannot be used.
internal let badImageRemedy =
  "repair or remove what is wrong, or leave it out with --on-bad-image skip"

/// Takes `part` of each class out of the training samples, chosen by their places alone.
///
/// Each class gives the nearest whole number of samples, but at least one, and keeps at least one.
private func holdOut(
  _ part: Double, of training: inout LabelledImages?, classes: Int
) -> LabelledImages? {
  guard let labels = training?.labels else { return nil }
  var chosen: [Int] = []
  for label in 0..<classes {
    let samples = labels.indices.filter { labels[$0] == label }
    guard samples.count > 1 else { continue }
    let wanted = (part * Double(samples.count)).rounded()
    let split = ValidationSplit(
      count: samples.count, heldOut: min(max(Int(wanted), 1), samples.count - 1),
      seed: UInt64(label))
    chosen += split.heldOut.map { samples[Int($0)] }
  }
  let heldOut = training?.take(chosen.sorted())
  return heldOut?.count ?? 0 > 0 ? heldOut : nil
}
