import FoundationEssentials
import HDF5
import Networks
import Storage

// The file: /parameters/NAME and /state/ARRAY/NAME hold tensors, /recipe and /classes text,
// /preprocessing the normalization, /control what was decided; attributes `format` and `step`.

extension Checkpoint {
  private static let format: Int64 = 1

  /// The bytes of the checkpoint's file: the same for the same content.
  func encoded(_ layout: ParameterLayout) throws -> [UInt8] {
    let file = try HDF5File(inMemory: "checkpoint after step \(step)")
    try file.root.setAttribute("format", Self.format)
    try file.root.setAttribute("step", Int64(step))
    try file.root.write(text: recipe, named: "recipe")
    try file.root.write(text: Self.json(classNames), named: "classes")
    let preprocessing = try file.root.createGroup("preprocessing")
    try preprocessing.write(means.span, named: "means", extents: [means.count])
    try preprocessing.write(deviations.span, named: "deviations", extents: [deviations.count])
    let parameterGroup = try file.root.createGroup("parameters")
    try Self.write(parameters, to: parameterGroup, layout, where: { _ in true })
    let stateGroup = try file.root.createGroup("state")
    for state in states {
      let group = try stateGroup.createGroup(state.name)
      try Self.write(state.values, to: group, layout) { State.covers($0, in: state.name) }
    }
    let controlGroup = try file.root.createGroup("control")
    for (name, value) in control.sorted(by: { $0.key < $1.key }) {
      try controlGroup.write([value].span, named: name, extents: [1])
    }
    return try file.image()
  }

  /// Reads the bytes of a checkpoint's file, whose digest has been checked; `name` stands in
  /// messages.
  init(decoding bytes: RawSpan, name: String) throws {
    let file = try HDF5File(image: bytes, name: name)
    let format = try file.root.integerAttribute("format")
    guard format == Self.format else {
      throw CheckpointError(
        "\(name): a checkpoint of format \(format), this program reads \(Self.format); use the "
          + "version that wrote it")
    }
    step = Int(try file.root.integerAttribute("step"))
    recipe = try file.root.dataset("recipe").readText()
    classNames = try JSONDecoder().decode(
      [String].self, from: Data(file.root.dataset("classes").readText().utf8))
    means = try file.root.dataset("preprocessing/means").read()
    deviations = try file.root.dataset("preprocessing/deviations").read()
    let (_, layout) = try Self.network(of: recipe)
    parameters = try Self.read(file.root.group("parameters"), layout, where: { _ in true })
    states = []
    let stateGroup = try file.root.group("state")
    for child in try stateGroup.children() {
      let values = try Self.read(stateGroup.group(child.name), layout) {
        State.covers($0, in: child.name)
      }
      states.append(State(name: child.name, values: values))
    }
    control = [:]
    let controlGroup = try file.root.group("control")
    for child in try controlGroup.children() {
      let values: [Double] = try controlGroup.dataset(child.name).read()
      control[child.name] = values.first
    }
    try requireControl(name)
  }

  /// The network of a recipe, and where its tensors lie.
  static func network(of recipe: String) throws -> (Network, ParameterLayout) {
    let network = try Recipe(canonicalText: recipe).makeNetwork()
    return (network, network.parameterLayout().layout)
  }

  private static func json(_ names: [String]) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    return String(decoding: try encoder.encode(names), as: UTF8.self)
  }

  private static func write(
    _ values: [Float], to group: borrowing HDF5Group, _ layout: ParameterLayout,
    where isKept: (ParameterLayout.Tensor) -> Bool
  ) throws {
    for tensor in layout.tensors where isKept(tensor) {
      try group.write(
        values.span.extracting(tensor.range), named: tensor.name,
        extents: tensor.specification.shape.extents)
    }
  }

  private static func read(
    _ group: borrowing HDF5Group, _ layout: ParameterLayout,
    where isKept: (ParameterLayout.Tensor) -> Bool
  ) throws -> [Float] {
    var values = [Float](repeating: 0, count: layout.count)
    for tensor in layout.tensors where isKept(tensor) {
      var whole = values.mutableSpan
      var part = whole.slice(tensor.range)
      try group.dataset(tensor.name).read(into: &part)
    }
    return values
  }
}
