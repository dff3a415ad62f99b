import Datasets
import Foundation
import Images
import Pictures
import Storage
import Synchronization
import Testing

/// Boxes cut out of annotated images.
@Suite struct BoxCuttingTests {
  /// Two images of 40×30 with three objects, and lists that put one into each split.
  private func writeSource(_ folder: String, lists: Bool) throws {
    let objects = [
      "one": [("cell", 1, 1, 40, 30), ("dust &amp; dirt", 11, 6, 14, 9)],
      "two": [("cell", 31, 21, 60, 30)],
    ]
    for name in ["Annotations", "JPEGImages", "ImageSets/Main"] {
      try Folder.create("\(folder)/\(name)")
    }
    for (name, objects) in objects {
      var text = "<?xml version=\"1.0\"?>\n<!-- <a> --><annotation verified=\"yes\">\n"
      text += "  <filename>\(name).png</filename><empty/>\n"
      for (kind, left, top, right, bottom) in objects {
        text += """
            <object><name> \(kind) </name><!-- x --><bndbox>
              <xmin>\(left)</xmin><ymin>\(top).4</ymin>
              <xmax>\(right)</xmax><ymax>\(bottom)</ymax></bndbox></object>

          """
      }
      try DurableFile.write(text + "</annotation>\n", to: "\(folder)/Annotations/\(name).xml")
      try DurableFile.write(
        Picture(width: 40, height: 30, seed: 5).png().span.bytes,
        to: "\(folder)/JPEGImages/\(name).png")
      if lists {
        let split = name == "one" ? "train" : "val"
        try DurableFile.write(name + "  1\n", to: "\(folder)/ImageSets/Main/\(split).txt")
      }
    }
  }

  private func image(_ path: String) throws -> Image {
    try Image(decoding: MappedFile(path).bytes)
  }

  @Test func `pieces are the boxes' pixels, in a folder a class`() throws {
    try withTemporaryFolder { folder in
      try writeSource(folder + "/in", lists: true)
      let counts = try cutBoxes(from: folder + "/in", into: folder + "/out")
      #expect(counts == ["cell": 2, "dust & dirt": 1])
      let whole = Picture(width: 40, height: 30, seed: 5)
      #expect(try image(folder + "/out/train/cell/one-1.png").pixels == whole.pixels)
      let dust = try image(folder + "/out/train/dust & dirt/one-2.png")
      #expect(dust.width == 4 && dust.height == 4)
      var expected: [UInt8] = []
      for row in 5..<9 {
        let first = 3 * (40 * row + 10)
        expected += whole.pixels[first..<first + 12]
      }
      #expect(dust.pixels == expected)
      // Cut off at the image's edge.
      let cut = try image(folder + "/out/val/cell/two-1.png")
      #expect(cut.width == 10 && cut.height == 10)
      let again = #expect(throws: DatasetError.self) {
        try cutBoxes(from: folder + "/in", into: folder + "/out")
      }
      #expect(again?.exitCode == .usage)
    }
  }

  @Test func `pieces are the same bytes for any number of cores`() throws {
    try withTemporaryFolder { folder in
      try writeSource(folder + "/in", lists: true)
      let names = ["train/cell/one-1.png", "train/dust & dirt/one-2.png", "val/cell/two-1.png"]
      let pieces = try [1, 2, 5].map { cores in
        var options = BoxCuttingOptions()
        options.cores = cores
        let counts = try cutBoxes(from: folder + "/in", into: "\(folder)/\(cores)", options)
        #expect(counts == ["cell": 2, "dust & dirt": 1])
        return try names.map { try MappedFile("\(folder)/\(cores)/\($0)").contents }
      }
      #expect(pieces[0] == pieces[1] && pieces[0] == pieces[2])
    }
  }

  @Test func `boxes are widened to squares inside the image, and small ones left out`() throws {
    try withTemporaryFolder { folder in
      try writeSource(folder + "/in", lists: false)
      var options = BoxCuttingOptions()
      options.isSquare = true
      options.margin = 0.5
      #expect(try cutBoxes(from: folder + "/in", into: folder + "/a", options)["cell"] == 2)
      let dust = try image(folder + "/a/dust & dirt/one-2.png")
      #expect(dust.width == 6 && dust.height == 6)
      let whole = try image(folder + "/a/cell/one-1.png")
      #expect(whole.width == 40 && whole.height == 30)
      options.smallest = 7
      #expect(try cutBoxes(from: folder + "/in", into: folder + "/b", options) == ["cell": 2])
    }
  }

  @Test func `what is wrong is named, and skipped if asked`() throws {
    let annotation = "/in/Annotations/one.xml"
    let cases: [(String, String)] = [
      (
        "<annotation><object><name>a</name></object></annotation>",
        "object 1 has no name, or its box"
      ),
      ("<annotation><object>", "it is no annotation"),
      ("<!DOCTYPE a [<!ENTITY b \"c\">]><annotation>&b;</annotation>", "it is no annotation"),
      (String(repeating: "<annotation>", count: 100_000), "it is no annotation"),
      (
        "<annotation><object><name>a</name><bndbox><xmin>50</xmin><ymin>1</ymin><xmax>60</xmax>"
          + "<ymax>9</ymax></bndbox></object></annotation>", "lies outside the image of 40×30"
      ),
    ]
    for (text, words) in cases {
      try withTemporaryFolder { folder in
        try writeSource(folder + "/in", lists: false)
        try DurableFile.write(text, to: folder + annotation)
        let error = #expect(throws: DatasetError.self) {
          try cutBoxes(from: folder + "/in", into: folder + "/out")
        }
        #expect(error?.path == folder + annotation)
        #expect(error?.reason.contains(words) == true, "\(error?.reason ?? "")")
        let reported = Mutex<[String]>([])
        var options = BoxCuttingOptions()
        options.badImages = .skip
        options.force = true
        options.report = { error in reported.withLock { $0.append(error.message) } }
        #expect(try cutBoxes(from: folder + "/in", into: folder + "/out", options) == ["cell": 1])
        #expect(reported.withLock { $0.count } == 1)
      }
    }
  }

  @Test func `a PNG that is written is read back, and noise fits`() throws {
    let random = RandomStream(seed: 1, purpose: .synthesis)
    let noise = Image(
      width: 61, height: 47,
      pixels: (0..<3 * 61 * 47).map { UInt8(truncatingIfNeeded: random.word($0)) })
    let file = try encodePNG(noise.pixels, width: 61, height: 47)
    #expect(try Image(decoding: file.span.bytes) == noise)
  }
}
