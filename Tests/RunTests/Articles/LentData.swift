import Foundation
import Launching
import Pictures
import Testing

/// What articles find in `../shared/data`: the project's own data, or, where they are not there,
/// made-up pictures packed under the same names.
enum LentData {
  /// Puts it where commands in `folder` look for it.
  static func lend(to folder: URL) throws {
    let shared = ["../shared", "../../shared"].map {
      package.appending(path: $0).standardized.path
    }.first { FileManager.default.fileExists(atPath: $0 + "/data/cells/cells.tar") }
    let place = folder.appending(path: "../shared").standardized
    if let shared {
      try FileManager.default.createSymbolicLink(
        at: place, withDestinationURL: URL(filePath: shared))
      return
    }
    print("the data of the articles are not in ../shared/data: using made-up ones")
    try packPhotographs(as: place.appending(path: "data/ants-bees/ants-bees-train.tar"))
    try packCells(as: place.appending(path: "data/cells/cells.tar"))
  }

  /// Thirty photographs of each of two classes, one darker than the other.
  private static func packPhotographs(as archive: URL) throws {
    try pack(as: archive) { folder in
      for (name, first, light) in [("ants", 175_998_972, 40), ("bees", 205_835_650, 160)] {
        for number in 0..<30 {
          let picture = picture(
            width: 90 + number, height: 120 - number, seed: UInt64(first + number),
            colour: [light, light, light])
          try write(picture.jpeg(), to: folder, "train/\(name)/\(first + number).jpg")
        }
      }
    }
  }

  /// Three hundred small micrographs, each with a box of every class in another colour.
  private static func packCells(as archive: URL) throws {
    let kinds: [(name: String, colour: [Int])] = [
      ("RBC", [190, 60, 60]), ("WBC", [80, 40, 170]), ("Platelets", [40, 160, 60]),
    ]
    try pack(as: archive) { folder in
      var lists = ["train": "", "val": ""]
      for number in 0..<300 {
        let name = "BloodImage_\(digits(number, 5))"
        var micrograph = picture(width: 120, height: 40, seed: UInt64(number), colour: [9, 9, 9])
        var objects = ""
        for (place, kind) in kinds.enumerated() {
          let left = 40 * place
          let cell = picture(width: 36, height: 36, seed: UInt64(number), colour: kind.colour)
          for y in 0..<36 {
            let start = 3 * (120 * (y + 2) + left + 2)
            micrograph.pixels[start..<start + 108] = cell.pixels[108 * y..<108 * y + 108]
          }
          objects += """
            <object><name>\(kind.name)</name><bndbox><xmin>\(left + 3)</xmin><ymin>3</ymin>
            <xmax>\(left + 38)</xmax><ymax>38</ymax></bndbox></object>

            """
        }
        try write(micrograph.jpeg(), to: folder, "JPEGImages/\(name).jpg")
        let text = "<annotation><filename>\(name).jpg</filename>\n\(objects)</annotation>\n"
        try write([UInt8](text.utf8), to: folder, "Annotations/\(name).xml")
        lists[number % 5 == 0 ? "val" : "train", default: ""] += name + "\n"
      }
      for (split, list) in lists {
        try write([UInt8](list.utf8), to: folder, "ImageSets/Main/\(split).txt")
      }
    }
  }

  /// A made-up picture about a colour.
  private static func picture(width: Int, height: Int, seed: UInt64, colour: [Int]) -> Picture {
    var picture = Picture(width: width, height: height, seed: seed)
    for index in picture.pixels.indices {
      picture.pixels[index] = UInt8(colour[index % 3] + Int(picture.pixels[index]) / 4)
    }
    return picture
  }

  /// Packs what `fill` writes into a folder.
  private static func pack(as archive: URL, _ fill: (URL) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try fill(folder)
      try FileManager.default.createDirectory(
        at: archive.deletingLastPathComponent(), withIntermediateDirectories: true)
      let outcome = try Command(
        ["tar", "--create", "--file", archive.path, "--directory", folder.path, "."], in: folder
      ).run()
      try #require(outcome.status == 0, "\(outcome.errors)")
    }
  }

  private static func write(_ bytes: [UInt8], to folder: URL, _ path: String) throws {
    let file = folder.appending(path: path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
  }

  private static func digits(_ number: Int, _ count: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, count - digits.count)) + digits
  }
}
