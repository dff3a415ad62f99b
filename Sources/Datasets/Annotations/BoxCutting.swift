internal import Images
public import Storage
internal import Synchronization

/// How annotated boxes are cut out of images.
public struct BoxCuttingOptions: Sendable {
  /// By which part of its width and height a box is widened, half on each side.
  public var margin = 0.0
  /// Whether boxes become squares, as wide as their longer side, inside the image.
  public var isSquare = false
  /// Boxes with a side below so many pixels are left out.
  public var smallest = 1
  /// What becomes of images and annotations that cannot be used.
  public var badImages = BadImagePolicy.fail
  /// Whether files are written into a folder that holds some already.
  public var force = false
  /// The number of cores to cut on; nil for all; it does not change the result.
  public var cores: Int?
  /// Is told of progress, by any thread: how many images are done, and of how many.
  public var progress: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  /// Is told of each file that cannot be used.
  public var report: @Sendable (any ReportableError) -> Void = { _ in }

  /// Boxes as they are.
  public init() {}
}

/// Cuts annotated boxes out of images: a folder of images becomes one with a folder a class, from
/// which `createDataset` makes shards.
///
/// `source` has `Annotations/*.xml` in the form of Pascal VOC, the images in `JPEGImages`, and
/// perhaps lists of their names, `ImageSets/Main/train.txt` and so on: with lists, `output` gets a
/// folder a split, and only what they name. Pieces are PNG files, `CLASS/IMAGE-NUMBER.png`, the same
/// bytes for the same input.
///
/// Pieces are complete, and on disk after `DurableFile.syncAll()`.
///
/// - Returns: how many pieces there are of each class.
public func cutBoxes(
  from source: String, into output: String, _ options: BoxCuttingOptions = BoxCuttingOptions()
) throws -> [String: Int] {
  let lists = try imageLists(source)
  if Folder.exists(output), try !Folder.names(in: output).isEmpty, !options.force {
    throw DatasetError(
      output, "it is not empty", remedy: "name another folder, or write into it with --force",
      exitCode: .usage)
  }
  let jobs = lists.flatMap { split, names in
    names.map { (name: $0, folder: split.map { "\(output)/\($0)" } ?? output) }
  }
  let results = onCores(options.cores, jobs.count, options.progress) { job in
    try cutBoxes(of: jobs[job].name, in: source, into: jobs[job].folder, options)
  }
  var counts: [String: Int] = [:]
  for result in results {
    do {
      counts.merge(try result.get()) { $0 + $1 }
    } catch let error as DatasetError where options.badImages == .skip {
      options.report(error)
    }
  }
  guard !counts.isEmpty else {
    throw DatasetError(source, "none of its annotations has a box", remedy: "check the folder")
  }
  return counts
}

/// Does `count` jobs on so many cores, nil for all, and returns their results in the order of jobs.
private func onCores<Value: Sendable>(
  _ cores: Int?, _ count: Int, _ progress: @Sendable (_ done: Int, _ total: Int) -> Void,
  _ work: @Sendable (Int) throws -> Value
) -> [Result<Value, any Error>] {
  let results = Mutex<[Int: Result<Value, any Error>]>([:])
  Jobs.share(count, on: cores) { jobs in
    while let job = jobs.next() {
      let result = Result { try work(job) }
      let done = results.withLock {
        $0[job] = result
        return $0.count
      }
      progress(done, count)
    }
  }
  return results.withLock { results in results.sorted { $0.key < $1.key }.map(\.value) }
}

/// Cuts the boxes out of one image; returns how many pieces there are of each class.
private func cutBoxes(
  of name: String, in source: String, into folder: String, _ options: BoxCuttingOptions
) throws -> [String: Int] {
  var counts: [String: Int] = [:]
  for (piece, object) in try pieces(of: name, in: source, options) {
    try Folder.create("\(folder)/\(object.name)")
    let file = try encodePNG(
      piece.image.pixels, width: piece.image.width, height: piece.image.height, fast: true)
    try DurableFile.writeUnsynced(
      unsafe file.span.bytes, to: "\(folder)/\(object.name)/\(name)-\(piece.number).png")
    counts[object.name, default: 0] += 1
  }
  return counts
}

/// The names of annotated images, by split; without lists, all, for no split.
private func imageLists(_ source: String) throws -> [(split: String?, names: [String])] {
  let folder = source + "/ImageSets/Main"
  var lists: [(split: String?, names: [String])] = []
  for split in ["train", "val", "test"] where Folder.contains(split + ".txt", folder) {
    let lines = try TextFile.read("\(folder)/\(split).txt").split(whereSeparator: \.isNewline)
    // Lists of one class have a second column, and no place here.
    lists.append((split, lines.map { String($0.prefix { !$0.isWhitespace }) }))
  }
  if let train = lists.first, train.split == "train" { return lists }
  let names = try Folder.names(in: source + "/Annotations").filter { $0.hasSuffix(".xml") }
  return [(nil, names.map { String($0.dropLast(4)) })]
}

/// The pieces of one image, numbered from 1 in the order of its objects.
private func pieces(
  of name: String, in source: String, _ options: BoxCuttingOptions
) throws -> [(piece: (image: Image, number: Int), object: BoxAnnotation.Object)] {
  let annotation = try BoxAnnotation("\(source)/Annotations/\(name).xml")
  guard !annotation.objects.isEmpty else { return [] }
  let path = try imagePath(name, annotation.image, source)
  let image: Image
  do {
    let file = try MappedFile(path)
    image = try Image(decoding: file.bytes)
  } catch let error as ImageError {
    throw DatasetError(path, error.message, remedy: badImageRemedy)
  }
  var pieces: [(piece: (image: Image, number: Int), object: BoxAnnotation.Object)] = []
  for (number, object) in annotation.objects.enumerated() {
    let columns = widened(object.columns, object.rows, inside: image.width, options)
    let rows = widened(object.rows, object.columns, inside: image.height, options)
    guard !columns.isEmpty, !rows.isEmpty else {
      throw DatasetError(
        "\(source)/Annotations/\(name).xml",
        "its object \(number + 1) lies outside the image of \(image.width)×\(image.height)",
        remedy: badImageRemedy)
    }
    guard min(columns.count, rows.count) >= options.smallest else { continue }
    pieces.append(((image.part(columns: columns, rows: rows), number + 1), object))
  }
  return pieces
}

/// Where the image of an annotation is.
private func imagePath(_ name: String, _ stated: String?, _ source: String) throws -> String {
  let folder = source + "/JPEGImages"
  let endings = ["jpg", "jpeg", "png", "JPG", "JPEG", "PNG"].map { "\(name).\($0)" }
  let stated = stated.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
  guard
    let file = ([stated].compactMap { $0 } + endings).first(where: { Folder.contains($0, folder) })
  else {
    throw DatasetError(
      "\(source)/Annotations/\(name).xml", "there is no image \(name) in \(folder)",
      remedy: badImageRemedy)
  }
  return "\(folder)/\(file)"
}

/// One side of a box, widened as asked and moved inside an image; `other` is its other side.
private func widened(
  _ side: Range<Int>, _ other: Range<Int>, inside limit: Int, _ options: BoxCuttingOptions
) -> Range<Int> {
  let clipped = side.clamped(to: 0..<limit)
  guard !clipped.isEmpty, options.margin > 0 || options.isSquare else { return clipped }
  let length = options.isSquare ? max(side.count, other.count) : side.count
  let wanted = min(Int((Double(length) * (1 + options.margin)).rounded()), limit)
  let first = side.lowerBound - (wanted - side.count) / 2
  let start = min(max(first, 0), limit - wanted)
  return start..<start + wanted
}
