internal import Storage

/// What an annotation in the form of Pascal VOC says of an image (Everingham et al., 2010).
internal struct BoxAnnotation {
  /// One object: its class, and its box by the pixels' edges, from 0.
  struct Object: Equatable {
    var name: String
    var columns: Range<Int>
    var rows: Range<Int>
  }

  /// The name of the image's file; nil where the annotation does not say.
  let image: String?
  /// The objects, in their order.
  let objects: [Object]

  /// Reads the file at `path`.
  init(_ path: String) throws {
    let file = try MappedFile(path).contents
    let again = "repair it or remove it"
    guard let root = XMLElement(file: file), root.name == "annotation" else {
      throw DatasetError(path, "it is no annotation as Pascal VOC has them", remedy: again)
    }
    image = root.child("filename")?.text
    objects = try root.children.filter { $0.name == "object" }.enumerated().map { number, element in
      guard let object = Object(element) else {
        throw DatasetError(
          path, "its object \(number + 1) has no name, or its box is none", remedy: again)
      }
      return object
    }
  }
}

extension BoxAnnotation.Object {
  /// Boxes count pixels from 1, and the last one is inside; fractions are cut off.
  fileprivate init?(_ element: XMLElement) {
    guard let name = element.child("name")?.text, !name.isEmpty, !name.hasPrefix("."),
      !name.contains("/"), let box = element.child("bndbox")
    else { return nil }
    let edges = ["xmin", "ymin", "xmax", "ymax"].compactMap { box.child($0) }
      .compactMap { Double($0.text) }.filter { abs($0) < 1e6 }.map { Int($0) }
    guard edges.count == 4, edges[0] <= edges[2], edges[1] <= edges[3] else { return nil }
    self.name = name
    // Some tools write 0 for the first pixel.
    columns = max(edges[0] - 1, 0)..<max(edges[2], 1)
    rows = max(edges[1] - 1, 0)..<max(edges[3], 1)
  }
}
