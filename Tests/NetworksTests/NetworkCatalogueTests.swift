import Networks
import Storage
import Testing

/// Torchvision's networks: the number of parameters, and PyTorch's shape of every tensor.
private struct TorchvisionNetwork: Decodable {
  let parameters: Int
  let tensors: [String: [Int]]
}

struct NetworkCatalogueTests {
  @Test func `torchvision's networks have its names, shapes and counts`() throws {
    let golden = try GoldenValues.decode([String: TorchvisionNetwork].self, from: "networks.json")
    #expect(golden.count == 7)
    for (name, expected) in golden {
      let network = try NetworkCatalogue.network(
        named: name, input: [224, 224, 3], classes: 1000)
      let layout = network.parameterLayout().layout
      #expect(layout.learnedCount == expected.parameters, "\(name)")
      #expect(layout.tensors.count == expected.tensors.count, "\(name)")
      for tensor in layout.tensors {
        let shape = torchShape(of: tensor.specification.shape)
        #expect(expected.tensors[tensor.name] == shape, "\(name): \(tensor.name)")
      }
    }
  }

  @Test func `networks for small images have the published counts`() throws {
    let counts = [
      "resnet20": 269_722, "resnet32": 464_154, "resnet44": 658_586, "resnet56": 853_018,
      "resnet110": 1_727_962, "resnet20_b": 272_474, "resnet56_b": 855_770,
      "vgg11_bn": 9_231_114, "vgg16_bn": 14_728_266,
    ]
    for (name, count) in counts {
      let network = try NetworkCatalogue.network(named: name, input: [32, 32, 3], classes: 10)
      #expect(network.parameterLayout().layout.learnedCount == count, "\(name)")
    }
    let leNet = try NetworkCatalogue.network(named: "lenet", input: [28, 28, 1], classes: 10)
    #expect(leNet.parameterLayout().layout.learnedCount == 431_080)
  }

  @Test func `ResNet-20 has the names of akamaster's`() throws {
    let network = try NetworkCatalogue.network(named: "resnet20", input: [32, 32, 3], classes: 10)
    var expected: Set<String> = ["conv1.weight", "linear.weight", "linear.bias"]
    var norms = ["bn1"]
    for stage in 1...3 {
      for block in 0..<3 {
        for part in 1...2 {
          expected.insert("layer\(stage).\(block).conv\(part).weight")
          norms.append("layer\(stage).\(block).bn\(part)")
        }
      }
    }
    for norm in norms {
      for part in ["weight", "bias", "running_mean", "running_var"] {
        expected.insert("\(norm).\(part)")
      }
    }
    #expect(Set(network.parameterLayout().layout.tensors.map(\.name)) == expected)
    let projected = try NetworkCatalogue.network(
      named: "resnet20_b", input: [32, 32, 3], classes: 10)
    let names = Set(projected.parameterLayout().layout.tensors.map(\.name))
    #expect(names.contains("layer2.0.shortcut.0.weight"))
    #expect(names.contains("layer3.0.shortcut.1.running_var"))
  }

  @Test func `every network takes the smallest images it says, and more classes`() throws {
    for name in NetworkCatalogue.names {
      for side in [32, 33, 64] {
        let network = try NetworkCatalogue.network(
          named: name, input: [side, side, 1], classes: 7, dropout: 0.25)
        #expect(network.output.shape == [7], "\(name)")
        #expect(network.nodes.contains { $0.layer is Dropout }, "\(name)")
        let names = network.nodes.map(\.name)
        #expect(Set(names).count == names.count, "\(name): a layer's name is given twice")
      }
      #expect(NetworkCatalogue.defaults(for: name).epochs > 0)
    }
  }

  @Test func `what does not fit is said in one line`() {
    let faulty: [(String, Shape, Int, Double?, String)] = [
      ("resnet21", [32, 32, 3], 10, nil, "there is no network resnet21; did you mean resnet20?"),
      (
        "lenet", [12, 28, 1], 10, nil,
        "network lenet needs images of at least 16×16, not 12×28×1; "
          + "take another network or larger images"
      ),
      (
        "vgg11_bn", [28, 28, 1], 10, nil,
        "network vgg11_bn needs images of at least 32×32, not 28×28×1; "
          + "take another network or larger images"
      ),
      ("lenet", [28, 28, 1], 1, nil, "network lenet needs at least 2 classes, not 1"),
      ("lenet", [28, 28, 1], 10, 1, "network lenet: dropout 1.0 is not in 0 ..< 1"),
    ]
    for (name, input, classes, dropout, message) in faulty {
      #expect(throws: NetworkError(message)) {
        try NetworkCatalogue.network(
          named: name, input: input, classes: classes, dropout: dropout)
      }
    }
  }

  /// [KH, KW, Cin, Cout] → [Cout, Cin, KH, KW]; [inputs, outputs] → [outputs, inputs].
  private func torchShape(of shape: Shape) -> [Int] {
    switch shape.rank {
    case 4: [shape[3], shape[2], shape[0], shape[1]]
    case 2: [shape[1], shape[0]]
    default: shape.extents
    }
  }
}
