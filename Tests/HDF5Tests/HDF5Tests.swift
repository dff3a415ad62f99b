import Foundation
import HDF5
import Storage
import Testing

/// Files made in memory and read back.
@Suite struct HDF5Tests {
  /// A file with a bit of everything.
  private func sampleImage() throws -> [UInt8] {
    let file = try HDF5File(inMemory: "sample")
    try file.root.setAttribute("step", 42)
    try file.root.setAttribute("name", "Grüße")
    try file.root.setAttribute("empty", "")
    let group = try file.root.createGroup("parameters")
    try group.write(([1.5, -2, 3, 4, 5, 6] as [Float]).span, named: "weight", extents: [2, 3])
    try group.write(([1e300] as [Double]).span, named: "double", extents: [1])
    try file.root.write(([0, 255] as [UInt8]).span, named: "bytes", extents: [2, 1, 1])
    try file.root.write(([-1, .max] as [Int32]).span, named: "labels", extents: [2])
    try file.root.write(([.min] as [Int64]).span, named: "large", extents: [1])
    try file.root.write(text: "network: lenet\n", named: "recipe")
    try file.root.write(text: "", named: "nothing")
    return try file.image()
  }

  @Test func `what is written is read back`() throws {
    let image = try sampleImage()
    let file = try HDF5File(image: image.span.bytes, name: "copy")
    #expect(try file.root.integerAttribute("step") == 42)
    #expect(try file.root.textAttribute("name") == "Grüße")
    #expect(try file.root.textAttribute("empty") == "")
    #expect(try !file.root.hasAttribute("none"))
    #expect(
      try file.root.children().map(\.name)
        == ["bytes", "labels", "large", "nothing", "parameters", "recipe"])
    #expect(try file.root.children().filter { $0.kind == .group }.map(\.name) == ["parameters"])
    let weight = try file.root.dataset("parameters/weight")
    let (extents, type, isContiguous) = (weight.extents, weight.type, weight.isContiguous)
    #expect(extents == [2, 3])
    #expect(isContiguous)
    #expect(type.isStored(as: .float32))
    #expect(type.description == "float32")
    #expect(try weight.read(as: Float.self) == [1.5, -2, 3, 4, 5, 6])
    #expect(try weight.read(as: Double.self) == [1.5, -2, 3, 4, 5, 6])
    #expect(try file.root.group("parameters").dataset("double").read() == [1e300])
    #expect(try file.root.dataset("bytes").read(as: UInt8.self) == [0, 255])
    #expect(try file.root.dataset("labels").read(as: Int64.self) == [-1, Int64(Int32.max)])
    #expect(try file.root.dataset("large").read() == [Int64.min])
    #expect(try file.root.dataset("recipe").readText() == "network: lenet\n")
    #expect(try file.root.dataset("nothing").readText() == "")
  }

  @Test func `the same content gives the same bytes`() throws {
    let first = try sampleImage()
    // Dirty the heap, and let a second pass: neither memory nor time may show.
    for size in 1..<2000 { _ = [UInt8](repeating: 0xA5, count: size * 7) }
    let second = time(nil)
    while time(nil) == second {}
    #expect(try sampleImage() == first)
  }

  @Test func `a contiguous dataset lies in the file where its offset says`() throws {
    let image = try sampleImage()
    let file = try HDF5File(image: image.span.bytes, name: "copy")
    let offset = try #require(try file.root.dataset("labels").fileOffset)
    #expect(Array(image[offset..<offset + 8]) == [255, 255, 255, 255, 255, 255, 255, 127])
  }

  @Test func `errors name the file, the object, the function and the reason`() throws {
    let image = try sampleImage()
    let file = try HDF5File(image: image.span.bytes, name: "copy")
    let missing = #expect(throws: HDF5Error.self) { _ = try file.root.dataset("none") }
    #expect(missing?.place == "copy:/none")
    #expect(missing?.message.contains("H5Dopen2 failed") == true)
    #expect(missing?.message.contains("\n") == false)
    #expect(throws: HDF5Error.self) { try file.root.dataset("labels").read(as: Float.self) }
    #expect(throws: HDF5Error.self) { try file.root.textAttribute("step") }
    #expect(throws: HDF5Error.self) { try file.root.integerAttribute("none") }
  }

  @Test(arguments: [0, 7, 100, 1000])
  func `a file that is cut short is an error`(count: Int) throws {
    let image = try sampleImage()
    let error = #expect(throws: HDF5Error.self) {
      let bytes = Array(image.prefix(count))
      let file = try HDF5File(image: bytes.span.bytes, name: "cut")
      _ = try file.root.dataset("recipe").readText()
    }
    #expect(error?.message.hasPrefix("cut") == true)
  }

  @Test func `text of variable length is refused`() throws {
    // h5py: f.attrs["name"] = "text"; f.create_dataset("strings", ["a", "bc"], string_dtype()).
    let compressed = try #require(Data(base64Encoded: variableLengthFile)).map { $0 }
    let image = try Gzip.inflate(compressed.span.bytes, path: "variable.h5.gz", limit: 1 << 24)
    let file = try HDF5File(image: image.span.bytes, name: "variable.h5")
    let attribute = #expect(throws: HDF5Error.self) { try file.root.textAttribute("name") }
    #expect(attribute?.message.contains("it is no single text") == true)
    let strings = try file.root.dataset("strings")
    let kind = strings.type.kind
    #expect(kind == .other)
    #expect(throws: HDF5Error.self) { try strings.read(as: UInt8.self) }
  }
}

/// A gzip-compressed HDF5 file with text of variable length.
private let variableLengthFile = """
  H4sIAAAAAAACA+v0cHHj5ZLiYgABDg4GFgYBBmTwHwoUJFD5MPkEKM0IpTug9AommDgzWA6qHWg6xHwFZlT9IUGuri\
  DV/9EAzJ4JLBCag2EUjETg4eoYAKIj4OkIAk4woaorLinKzEsvhqdHDwrtFYTahJ6ueRgcoOmblUEEmCrzEnNTQXxJ\
  RkawDgF4nuBAyR8sSImYEaqfEUkBIzSnMDJCBGDeg9HMQHlGPPawAmkQn4kJIswBNY8ZZjCDApoPOwZVPAf7+bswAp\
  0Oy+cNzKNpfxSMAloBd2d/H0akAhWlnAKCktSKEmzlUFIyrDxC1ZeIZv4K/tEwHgWjYBSMglEwCkbBKBgFo2AUjIJR\
  MAoGGkAHCeF9eSYkPogNADd9nJwgGAAA
  """
