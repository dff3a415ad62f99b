internal import Storage

/// Reads the splits of an IDX data set, the form of MNIST (LeCun, Cortes and Burges, 1998).
internal func readIDX(_ files: SourceFiles) throws -> SourceData {
  if let images = files.single {
    let labels = images.replacing("images", with: "labels").replacing("idx3", with: "idx1")
    guard let name = files.names.first(where: { $0 == labels && $0 != images }) else {
      throw DatasetError(
        files.path(of: images), "its labels should be beside it, in \(labels)",
        remedy: "put both into one folder, and name the file of images")
    }
    return SourceData(splits: ["train": try readIDX(files, images: images, labels: name)])
  }
  var splits: [String: LabelledImages] = [:]
  for (name, prefix) in [("train", "train"), ("test", "t10k"), ("test", "test")] {
    guard let images = files.names.first(where: { $0.hasPrefix(prefix + "-images") }) else {
      continue
    }
    guard let labels = files.names.first(where: { $0.hasPrefix(prefix + "-labels") }) else {
      throw DatasetError(
        files.folder, "there is \(images), but no \(prefix)-labels-idx1-ubyte[.gz]",
        remedy: "get the missing file")
    }
    splits[name] = try readIDX(files, images: images, labels: labels)
  }
  guard splits["train"] != nil else {
    throw DatasetError(
      files.folder, "there is no train-images-idx3-ubyte[.gz]", remedy: "get the missing file")
  }
  return SourceData(classes: try files.classNames(in: "classes.txt"), splits: splits)
}

/// Reads one file of images with its labels.
private func readIDX(
  _ files: SourceFiles, images: String, labels: String
) throws -> LabelledImages {
  let (imagePath, labelPath) = (files.path(of: images), files.path(of: labels))
  let pixels = try IDXFile(imagePath, ranks: 3...4)
  let numbers = try IDXFile(labelPath, ranks: 1...1)
  guard pixels.extents[0] == numbers.extents[0] else {
    throw DatasetError(
      labelPath, "\(numbers.extents[0]) labels for the \(pixels.extents[0]) images of \(imagePath)",
      remedy: "get both files again, from the same place")
  }
  let shape = Array(pixels.extents[1...]) + (pixels.extents.count == 3 ? [1] : [])
  return LabelledImages(
    shape: shape, images: pixels.elements, labels: numbers.elements.map(Int.init),
    labelFile: labelPath)
}

/// A file of bytes in IDX form: a header with the extents, then the elements.
private struct IDXFile {
  let extents: [Int]
  let elements: [UInt8]

  private static let again = "check that it is the right file, or get it again"

  /// Reads the file, inflated where it is compressed; throws unless its header fits its size.
  init(_ path: String, ranks: ClosedRange<Int>) throws {
    let file = try MappedFile(path)
    let isCompressed = Gzip.isCompressed(file.bytes)
    let longestHeader = 4 + 4 * ranks.upperBound
    let beginning =
      isCompressed
      ? try Gzip.beginning(of: file.bytes, count: longestHeader, path: path)
      : unsafe [UInt8](file.unsafeBytes.prefix(longestHeader))
    let extents = try Self.extents(in: beginning, ranks: ranks, path: path)
    let header = 4 + 4 * extents.count
    let wanted = extents.reduce(1.0) { $0 * Double($1) }
    func lie(_ bytes: String) -> DatasetError {
      DatasetError(
        path,
        "its header promises \(extents) elements, but \(bytes) bytes follow: "
          + "it is truncated or damaged", remedy: Self.again)
    }
    let elements: [UInt8]
    if isCompressed {
      // Deflate makes at most 1032 bytes of one (zlib's technical details).
      guard wanted > 0, wanted <= Double(file.count) * 1032 else { throw lie("fewer") }
      let limit = header + Int(wanted)
      elements = Array(try Gzip.inflate(file.bytes, path: path, limit: limit).dropFirst(header))
    } else {
      elements = unsafe [UInt8](file.unsafeBytes.dropFirst(header))
    }
    guard wanted > 0, Double(elements.count) == wanted else { throw lie("\(elements.count)") }
    (self.extents, self.elements) = (extents, elements)
  }

  /// The extents that a file's first bytes tell.
  private static func extents(
    in bytes: [UInt8], ranks: ClosedRange<Int>, path: String
  ) throws -> [Int] {
    // Two zeros, 8 for unsigned bytes, the number of extents.
    guard bytes.count >= 4, bytes[0] == 0, bytes[1] == 0, bytes[2] == 8,
      ranks.contains(Int(bytes[3]))
    else {
      throw DatasetError(
        path,
        "it begins with \(Array(bytes.prefix(4))) instead of [0, 0, 8, \(ranks.lowerBound)], "
          + "so it is no IDX file of \(ranks.lowerBound == 1 ? "labels" : "images")", remedy: again)
    }
    let rank = Int(bytes[3])
    guard bytes.count >= 4 + 4 * rank else {
      throw DatasetError(path, "it ends inside its header", remedy: again)
    }
    return (0..<rank).map { axis in
      bytes[4 + 4 * axis..<8 + 4 * axis].reduce(0) { $0 << 8 | Int($1) }
    }
  }
}
