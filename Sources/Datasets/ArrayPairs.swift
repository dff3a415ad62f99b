internal import Storage

/// What is known of an array before it is read.
internal struct ArrayDescription {
  /// Its name in its file or folder.
  var name: String
  /// Its extents, outermost first.
  var extents: [Int]
  /// Whether its elements are bytes without a sign.
  var isBytes: Bool
  /// Whether its elements are whole numbers.
  var isInteger: Bool
  /// The type of its elements, to be shown.
  var type: String

  /// The number of elements.
  var count: Int { extents.reduce(1, *) }
}

/// The names of images and their labels.
internal struct ArrayPair: Equatable {
  var images: String
  var labels: String
}

/// Finds out which arrays of a file, or of a folder of files, are images and labels of which split.
///
/// Names asked for come first; then `images` and `labels`; then names with a split in them, as
/// `train_images` or Keras's `x_train`; then the one pair that fits.
internal func arrayPairs(
  in arrays: [ArrayDescription], images: String?, labels: String?, place: String
) throws -> [String: ArrayPair] {
  guard (images == nil) == (labels == nil) else {
    throw DatasetError(
      place, "only one of --images and --labels is given", remedy: "give both or none",
      exitCode: .usage)
  }
  if let images, let labels { return ["train": ArrayPair(images: images, labels: labels)] }
  let names = Set(arrays.map(\.name))
  func present(_ images: String, _ labels: String) -> ArrayPair? {
    names.contains(images) && names.contains(labels)
      ? ArrayPair(images: images, labels: labels) : nil
  }
  if let pair = present("images", "labels") { return ["train": pair] }
  var pairs: [String: ArrayPair] = [:]
  for (split, word) in [
    ("train", "train"), ("test", "test"), ("validation", "validation"), ("validation", "val"),
    ("validation", "valid"),
  ] where pairs[split] == nil {
    pairs[split] =
      present(word + "_images", word + "_labels") ?? present("x_" + word, "y_" + word)
      ?? present("X_" + word, "y_" + word) ?? present(word + "_x", word + "_y")
  }
  if pairs["train"] != nil { return pairs }
  return ["train": try onlyPair(arrays, place)]
}

/// The one array of images and the one of labels of the same length.
private func onlyPair(_ arrays: [ArrayDescription], _ place: String) throws -> ArrayPair {
  let images = arrays.filter { $0.isBytes && (3...4).contains($0.extents.count) }
  let fitting = arrays.filter { array in
    array.isInteger && array.extents.first == array.count
      && images.contains { $0.name != array.name && $0.extents[0] == array.count }
  }
  guard images.count == 1, fitting.count == 1 else {
    let found = arrays.map(\.name).joined(separator: ", ")
    throw DatasetError(
      place, "which arrays are the images and the labels is not clear (it holds \(found))",
      remedy: "name them with --images and --labels")
  }
  return ArrayPair(images: images[0].name, labels: fitting[0].name)
}

/// The shape [H, W, C] of the images of an array; throws unless it holds images, and `labels` their
/// labels.
internal func sampleShape(
  images: ArrayDescription, at imagePlace: String, labels: ArrayDescription, at labelPlace: String
) throws -> [Int] {
  guard (3...4).contains(images.extents.count), images.isBytes, images.count > 0 else {
    throw DatasetError(
      imagePlace,
      "images must be uint8 [N, H, W, C] or [N, H, W], these are \(images.type) \(images.extents)",
      remedy: "convert them, or name another array with --images")
  }
  let shape = Array(images.extents[1...]) + (images.extents.count == 3 ? [1] : [])
  guard shape[2] <= 4 || shape[0] > 4 else {
    throw DatasetError(
      imagePlace, "its channels seem to come first: \(images.extents)",
      remedy: "store images as [N, H, W, C]")
  }
  guard labels.isInteger, labels.count == images.extents[0] else {
    throw DatasetError(
      labelPlace,
      "\(labels.type) \(labels.extents) are no whole-number labels of \(images.extents[0]) images",
      remedy: "name the labels with --labels")
  }
  return shape
}
