internal import HDF5
internal import Storage

/// Reads the splits of HDF5 files that hold images [N, H, W, C] or [N, H, W], and labels.
///
/// A folder has one file a split (`train*.h5`, `test*.h5`, `val*.h5`); a file has `images` and
/// `labels`, or a pair of another name (`arrayPairs`).
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
  var arrays: [ArrayDescription] = []
  for child in try file.root.children() where child.kind == .dataset {
    arrays.append(ArrayDescription(try file.root.dataset(child.name), name: child.name))
  }
  let pairs = try arrayPairs(in: arrays, images: images, labels: labels, place: path)
  var splits: [String: LabelledImages] = [:]
  for (split, pair) in pairs { splits[split] = try readPair(file, pair) }
  return splits
}

/// Reads the images and labels of the given names.
private func readPair(
  _ file: borrowing HDF5File, _ pair: ArrayPair
) throws -> LabelledImages {
  let pixels = try file.root.dataset(pair.images)
  let numbers = try file.root.dataset(pair.labels)
  let shape = try sampleShape(
    images: ArrayDescription(pixels, name: pair.images), at: pixels.place,
    labels: ArrayDescription(numbers, name: pair.labels), at: numbers.place)
  return LabelledImages(
    shape: shape, images: try pixels.read(as: UInt8.self),
    labels: try numbers.read(as: Int64.self).map { Int($0) }, labelFile: numbers.place)
}

extension ArrayDescription {
  /// What a dataset says of itself.
  fileprivate init(_ dataset: borrowing HDF5Dataset, name: String) {
    self.init(
      name: name, extents: dataset.extents, isBytes: dataset.type.isStored(as: .uint8),
      isInteger: dataset.type.kind == .integer, type: "\(dataset.type)")
  }
}
