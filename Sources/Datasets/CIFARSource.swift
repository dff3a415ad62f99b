internal import Storage

/// One of the two CIFAR data sets in binary form (Krizhevsky, 2009).
internal enum CIFAR {
  /// 10 classes; a record is a label and an image.
  case cifar10
  /// 100 classes; a record is a coarse label, a fine label and an image.
  case cifar100

  /// Bytes of labels before an image; the last of them is used.
  var labelBytes: Int { self == .cifar10 ? 1 : 2 }
  /// Bytes of an image: planes of red, green and blue, 32×32 each.
  var imageBytes: Int { 3 * plane }
  var plane: Int { 32 * 32 }
  var classCount: Int { self == .cifar10 ? 10 : 100 }

  /// The names of the classes, in the order of the labels.
  var classes: [String]? {
    self == .cifar10
      ? [
        "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
      ] : nil
  }
}

/// Reads the splits of a CIFAR data set; class names come from the file of names where it is.
internal func readCIFAR(_ files: SourceFiles, _ kind: CIFAR) throws -> SourceData {
  var names: [String: [String]] = [:]
  if let single = files.single {
    names["train"] = [single]
  } else if kind == .cifar10 {
    names["train"] = files.names.filter { $0.hasPrefix("data_batch_") && $0.hasSuffix(".bin") }
    names["test"] = files.names.filter { $0 == "test_batch.bin" }
  } else {
    names["train"] = files.names.filter { $0 == "train.bin" }
    names["test"] = files.names.filter { $0 == "test.bin" }
  }
  guard names["train"]?.isEmpty == false else {
    throw DatasetError(
      files.folder,
      "there is no \(kind == .cifar10 ? "data_batch_1.bin" : "train.bin")",
      remedy: "get the binary version of the data set")
  }
  var splits: [String: LabelledImages] = [:]
  for (name, batches) in names where !batches.isEmpty {
    splits[name] = try readRecords(batches.map(files.path(of:)), kind)
  }
  let file = kind == .cifar10 ? "batches.meta.txt" : "fine_label_names.txt"
  let classes = try files.classNames(in: file, count: kind.classCount) ?? kind.classes
  return SourceData(
    classes: classes ?? (0..<kind.classCount).map(String.init), splits: splits)
}

/// Reads the records of several files; planes become interleaved channels.
private func readRecords(_ paths: [String], _ kind: CIFAR) throws -> LabelledImages {
  let record = kind.labelBytes + kind.imageBytes
  var images: [UInt8] = []
  var labels: [Int] = []
  for path in paths {
    let bytes = try MappedFile(path).contents
    guard !bytes.isEmpty, bytes.count % record == 0 else {
      throw DatasetError(
        path,
        "\(bytes.count) bytes are no whole number of records of \(record): it is truncated, after "
          + "record \(bytes.count / record), or of another form",
        remedy: "get it again, or name its form with --format")
    }
    images.reserveCapacity(images.count + bytes.count)
    for start in stride(from: 0, to: bytes.count, by: record) {
      let label = Int(bytes[start + kind.labelBytes - 1])
      guard label < kind.classCount else {
        throw DatasetError(
          path,
          "label \(label) of record \(start / record) is outside the \(kind.classCount) classes",
          remedy: "get the file again, or name its form with --format")
      }
      labels.append(label)
      let red = start + kind.labelBytes
      for position in red..<red + kind.plane {
        images.append(bytes[position])
        images.append(bytes[position + kind.plane])
        images.append(bytes[position + 2 * kind.plane])
      }
    }
  }
  return LabelledImages(
    shape: [32, 32, 3], images: images, labels: labels, labelFile: paths[0])
}
