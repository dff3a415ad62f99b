internal import Storage

/// Reads the splits of NumPy's arrays: those of an archive `.npz`, or of the files `.npy` of a folder,
/// whose names without the ending are the arrays'.
///
/// Of a single file `.npy`, the images, the labels are sought beside it: `labels` for `images` in its
/// name, `y` for an `x` that it begins with.
internal func readNumPy(
  _ files: SourceFiles, images: String?, labels: String?
) throws -> SourceData {
  if let single = files.single, !single.hasSuffix(".npy") {
    return try readArchive(files.path(of: single), images: images, labels: labels)
  }
  var arrays: [String: NumPyArray] = [:]
  for file in files.names where file.hasSuffix(".npy") {
    arrays[String(file.dropLast(4))] = try NumPyArray(file: files.path(of: file))
  }
  guard let single = files.single else {
    return try readSplits(arrays, images: images, labels: labels, place: files.folder)
  }
  let name = String(single.dropLast(4))
  let found =
    name.hasPrefix("x") ? "y" + name.dropFirst() : name.replacing("images", with: "labels")
  guard let labels = labels ?? (found != name && arrays[found] != nil ? found : nil) else {
    throw DatasetError(
      files.path(of: single), "its labels should be beside it, in \(found).npy",
      remedy: "put them there, or name them with --labels NAME")
  }
  return try readSplits(
    arrays, images: images ?? name, labels: labels, place: files.path(of: single))
}

/// Reads the splits of an archive.
private func readArchive(
  _ path: String, images: String?, labels: String?
) throws -> SourceData {
  let archive = try ZipArchive(path)
  var arrays: [String: NumPyArray] = [:]
  for entry in archive.entries where entry.name.hasSuffix(".npy") {
    let name = String(entry.name.dropLast(4))
    arrays[name] = try NumPyArray(unpacked: archive.read(entry), place: "\(path):\(name)")
  }
  return try readSplits(arrays, images: images, labels: labels, place: path)
}

/// Reads images and labels of every split that the arrays' names tell.
private func readSplits(
  _ arrays: [String: NumPyArray], images: String?, labels: String?, place: String
) throws -> SourceData {
  let names = arrays.keys.sorted()
  func array(_ name: String) throws -> NumPyArray {
    if let array = arrays[name] { return array }
    let known = names.isEmpty ? "it holds none" : "it holds " + names.joined(separator: ", ")
    throw DatasetError(
      place, "there is no array \(name) (\(known))", remedy: "name another one", exitCode: .usage)
  }
  let pairs = try arrayPairs(
    in: names.compactMap { name in arrays[name]?.description(name) }, images: images,
    labels: labels, place: place)
  var splits: [String: LabelledImages] = [:]
  for (split, pair) in pairs {
    let (pixels, numbers) = (try array(pair.images), try array(pair.labels))
    let shape = try sampleShape(
      images: pixels.description(pair.images), at: pixels.place,
      labels: numbers.description(pair.labels), at: numbers.place)
    splits[split] = LabelledImages(
      shape: shape, images: pixels.bytes, labels: numbers.integers(), labelFile: numbers.place)
  }
  return SourceData(splits: splits)
}
