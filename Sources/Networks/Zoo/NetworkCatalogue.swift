public import Storage

/// The networks that a plan can name.
public enum NetworkCatalogue {
  /// All names.
  public static let names = entries.map(\.name)

  /// The network called `name` for images [H, W, C].
  ///
  /// A dropout of nil is the network's own. Throws if there is no such network or it cannot take
  /// such images; an unknown name is answered with the nearest.
  public static func network(
    named name: String, input: Shape, classes: Int, dropout: Double? = nil
  ) throws(NetworkError) -> Network {
    let entry = try entry(named: name)
    guard classes >= 2 else {
      throw NetworkError("network \(name) needs at least 2 classes, not \(classes)")
    }
    let side = entry.smallestSide
    guard input.rank == 3, input[0] >= side, input[1] >= side else {
      throw NetworkError(
        "network \(name) needs images of at least \(side)×\(side), not \(input); "
          + "take another network or larger images")
    }
    guard (0..<1).contains(dropout ?? 0) else {
      throw NetworkError("network \(name): dropout \(dropout ?? 0) is not in 0 ..< 1")
    }
    return try entry.build(input: input, classes: classes, dropout: dropout)
  }

  /// How the network called `name` is usually trained, or any network if there is none so called.
  public static func defaults(for name: String) -> TrainingDefaults {
    entries.first { $0.name == name }?.defaults ?? .unknown
  }

  /// The images and classes that the network called `name` is usually given.
  public static func usualInput(
    of name: String
  ) throws(NetworkError) -> (shape: Shape, classes: Int) {
    try entry(named: name).family.usualInput
  }

  private static func entry(named name: String) throws(NetworkError) -> CatalogueEntry {
    if let entry = entries.first(where: { $0.name == name }) { return entry }
    let nearest = nearestName(to: name, among: names).map { "; did you mean \($0)?" } ?? ""
    throw NetworkError("there is no network \(name)\(nearest)")
  }

  private static let entries: [CatalogueEntry] =
    [CatalogueEntry("lenet", .leNet, smallestSide: 16, .leNet)]
    + Network.VGGDepth.allCases.map {
      CatalogueEntry("vgg\($0.rawValue)_bn", .vgg($0), smallestSide: 32, .vgg)
    }
    + [20, 32, 44, 56, 110].flatMap { depth in
      [
        CatalogueEntry(
          "resnet\(depth)", .resNetCIFAR(depth, .padding), smallestSide: 8, .resNetCIFAR),
        CatalogueEntry(
          "resnet\(depth)_b", .resNetCIFAR(depth, .projection), smallestSide: 8, .resNetCIFAR),
      ]
    }
    + Network.ResNetDepth.allCases.map {
      CatalogueEntry("resnet\($0.rawValue)", .resNet($0), smallestSide: 32, .resNet)
    }
    + [CatalogueEntry("mobilenet_v2", .mobileNetV2, smallestSide: 32, .mobileNetV2)]
}

/// A network with its name and its habits.
private struct CatalogueEntry: Sendable {
  /// Which function builds it.
  enum Family: Sendable {
    case leNet
    case vgg(Network.VGGDepth)
    case resNetCIFAR(Int, ResidualShortcut)
    case resNet(Network.ResNetDepth)
    case mobileNetV2

    /// Those of the data that the network was published with, or that plans here are for.
    var usualInput: (shape: Shape, classes: Int) {
      switch self {
      case .leNet: ([28, 28, 1], 10)
      case .vgg, .resNetCIFAR: ([32, 32, 3], 10)
      case .resNet, .mobileNetV2: ([224, 224, 3], 1000)
      }
    }
  }

  let name: String
  let family: Family
  /// The smallest height and width that leave something after all strides.
  let smallestSide: Int
  let defaults: TrainingDefaults

  init(_ name: String, _ family: Family, smallestSide: Int, _ defaults: TrainingDefaults) {
    self.name = name
    self.family = family
    self.smallestSide = smallestSide
    self.defaults = defaults
  }

  func build(input: Shape, classes: Int, dropout: Double?) throws(NetworkError) -> Network {
    switch family {
    case .leNet:
      try .leNet(input: input, classes: classes, dropout: dropout ?? 0)
    case .vgg(let depth):
      try .vgg(depth, input: input, classes: classes, dropout: dropout)
    case .resNetCIFAR(let depth, let shortcut):
      try .resNetCIFAR(
        depth: depth, shortcut: shortcut, input: input, classes: classes, dropout: dropout ?? 0)
    case .resNet(let depth):
      try .resNet(depth, input: input, classes: classes, dropout: dropout ?? 0)
    case .mobileNetV2:
      try .mobileNetV2(input: input, classes: classes, dropout: dropout ?? 0.2)
    }
  }
}
