internal import HDF5
internal import Storage

/// Reads the splits of HDF5 files that hold images [N, H, W, C] or [N, H, W], and labels.
///
/// A folder has one file a split (`train*.h5`, `test*.h5`, `val*.h5`); a file has `images` and
/// `labels`, or `train_images`, `train_labels` and so on, or one fitting pair of whatever name.
internal func readHDF5(
  _ files: SourceFiles, images: String?, labels: String?, worker: HDF5Worker?
) throws -> SourceData {
  func readFile(_ path: String) throws -> [String: LabelledImages] {
    try worker?.read(path, images: images, labels: labels)
      ?? readHDF5File(path, images: images, labels: labels)
  }
  if let single = files.single {
    return SourceData(splits: try readFile(files.path(of: single)))
  }
  var splits: [String: LabelledImages] = [:]
  for name in files.names where name.hasSuffix(".h5") || name.hasSuffix(".hdf5") {
    let split =
      name.hasPrefix("train")
      ? "train" : name.hasPrefix("test") ? "test" : name.hasPrefix("val") ? "validation" : nil
    guard let split, splits[split] == nil else { continue }
    let found = try readFile(files.path(of: name))
    splits[split] = found["train"]
  }
  guard splits["train"] != nil else {
    throw DatasetError(
      files.folder, "there is no train*.h5", remedy: "name the file instead of the folder")
  }
  return SourceData(splits: splits)
}

/// Reads the splits in one file.
internal func readHDF5File(
  _ path: String, images: String?, labels: String?
) throws -> [String: LabelledImages] {
  let file = try HDF5File(reading: path)
  guard (images == nil) == (labels == nil) else {
    throw DatasetError(
      path, "only one of --images and --labels is given", remedy: "give both or none",
      exitCode: .usage)
  }
  if let images, let labels {
    return ["train": try readPair(file, images, labels, path)]
  }
  if try file.root.contains("images"), try file.root.contains("labels") {
    return ["train": try readPair(file, "images", "labels", path)]
  }
  var splits: [String: LabelledImages] = [:]
  for name in ["train", "test", "validation"] {
    let (images, labels) = (name + "_images", name + "_labels")
    if try file.root.contains(images), try file.root.contains(labels) {
      splits[name] = try readPair(file, images, labels, path)
    }
  }
  if splits["train"] != nil { return splits }
  let (foundImages, foundLabels) = try findPair(file, path)
  return ["train": try readPair(file, foundImages, foundLabels, path)]
}

/// The names of the one dataset of images and the one of labels of the same length.
private func findPair(
  _ file: borrowing HDF5File, _ path: String
) throws -> (images: String, labels: String) {
  var images: [(name: String, count: Int)] = []
  var labels: [(name: String, count: Int)] = []
  for child in try file.root.children() where child.kind == .dataset {
    let dataset = try file.root.dataset(child.name)
    guard dataset.type.kind == .integer, let count = dataset.extents.first else { continue }
    if (3...4).contains(dataset.extents.count) && dataset.type.isStored(as: .uint8) {
      images.append((child.name, count))
    } else if dataset.count == count {
      labels.append((child.name, count))
    }
  }
  let fitting = labels.filter { label in images.contains { $0.count == label.count } }
  guard images.count == 1, fitting.count == 1 else {
    let found = try file.root.children().map(\.name).joined(separator: ", ")
    throw DatasetError(
      path, "which datasets are the images and the labels is not clear (it holds \(found))",
      remedy: "name them with --images and --labels")
  }
  return (images[0].name, fitting[0].name)
}

/// Reads the images and labels of the given names.
private func readPair(
  _ file: borrowing HDF5File, _ images: String, _ labels: String, _ path: String
) throws -> LabelledImages {
  let pixels = try file.root.dataset(images)
  let numbers = try file.root.dataset(labels)
  guard (3...4).contains(pixels.extents.count), pixels.type.isStored(as: .uint8),
    pixels.count > 0
  else {
    throw DatasetError(
      pixels.place,
      "images must be uint8 [N, H, W, C] or [N, H, W], these are \(pixels.type) \(pixels.extents)",
      remedy: "convert them, or name another dataset with --images")
  }
  let shape = Array(pixels.extents[1...]) + (pixels.extents.count == 3 ? [1] : [])
  guard shape[2] <= 4 || shape[0] > 4 else {
    throw DatasetError(
      pixels.place, "its channels seem to come first: \(pixels.extents)",
      remedy: "store images as [N, H, W, C]")
  }
  guard numbers.type.kind == .integer, numbers.count == pixels.extents[0] else {
    throw DatasetError(
      numbers.place,
      "\(numbers.type) \(numbers.extents) are no whole-number labels of \(pixels.extents[0]) images",
      remedy: "name the labels with --labels")
  }
  return LabelledImages(
    shape: shape, images: try pixels.read(as: UInt8.self),
    labels: try numbers.read(as: Int64.self).map { Int($0) }, labelFile: numbers.place)
}
