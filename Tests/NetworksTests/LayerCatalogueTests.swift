import Networks
import Storage
import Testing

@Suite struct LayerCatalogueTests {
  /// What the catalogue, or the layer that it makes, says of a mistake.
  private func complaint(
    _ name: String, _ arguments: [String: PlainValue] = [:], _ inputs: [Shape] = [[8, 8, 6]]
  ) -> String? {
    do {
      let layer = try LayerCatalogue.layer(named: name, arguments: arguments)
      _ = try layer.outputShape(of: inputs)
      return nil
    } catch {
      return error.message
    }
  }

  @Test func `unknown layers and arguments name the nearest known one`() {
    #expect(complaint("conv2") == "there is no layer conv2; did you mean conv2d?")
    #expect(complaint("rely") == "there is no layer rely; did you mean relu?")
    #expect(
      complaint("conv2d", ["chanels": .number(3), "kernel": .number(3)])
        == "conv2d knows no argument chanels; did you mean channels?")
    #expect(complaint("relu", ["slope": .number(3)]) == "relu takes no arguments; remove slope")
    #expect(
      complaint("dense", ["outputs": .number(3), "weights": .text("xavier")], [[4]])
        == "dense: weights cannot be xavier; did you mean xavier_uniform?")
  }

  @Test func `missing and ill-typed arguments are named`() {
    #expect(
      complaint("conv2d", ["channels": .number(3)]) == "conv2d needs the argument kernel")
    #expect(
      complaint("conv2d", ["channels": .text("many"), "kernel": .number(3)])
        == "conv2d: channels must be a whole number in 1...65536, not many")
    #expect(
      complaint("conv2d", ["channels": .number(2.5), "kernel": .number(3)])
        == "conv2d: channels must be a whole number in 1...65536, not 2.5")
    #expect(
      complaint("conv2d", ["channels": .number(3), "kernel": .numbers([3, 3, 3])])
        == "conv2d: kernel must be a whole number, or [height, width], in 1...4096, not [3, 3, 3]")
    #expect(
      complaint("conv2d", ["channels": .number(3), "kernel": .number(3), "bias": .number(1)])
        == "conv2d: bias must be true or false, not 1")
    #expect(
      complaint("dropout", ["rate": .flag(true)])
        == "dropout: rate must be a finite number, not true")
    #expect(complaint("dropout", ["rate": .number(.nan)])?.contains("finite") == true)
  }

  @Test(arguments: [
    ("conv2d", ["kernel": 9, "channels": 4], "does not fit"),
    ("conv2d", ["kernel": 3, "channels": 4, "groups": 3], "3 groups"),
    ("conv2d", ["kernel": 3, "channels": 4, "stride": 0], "stride"),
    ("conv2d", ["kernel": 3, "channels": 4, "padding": -1], "padding"),
    ("conv2d", ["kernel": 5, "channels": 4, "dilation": 2], "does not fit"),
    ("conv2d", ["kernel": 1e30, "channels": 4], "kernel"),
    ("max_pool2d", ["kernel": 2, "padding": 2], "padding smaller"),
    ("max_pool2d", ["kernel": 10], "does not fit"),
    ("average_pool2d", ["kernel": 10], "does not fit"),
    ("dropout", ["rate": 1], "0..<1"), ("dropout", ["rate": -0.1], "0..<1"),
    ("batch_norm", ["momentum": 2], "momentum"), ("batch_norm", ["epsilon": 0], "epsilon"),
    ("group_norm", ["groups": 4], "4 groups"), ("layer_norm", ["epsilon": -1], "epsilon"),
    ("padded_shortcut", ["channels": 4], "only adds"),
    ("dense", ["outputs": 4], "flatten"), ("add", [:], "two or more"),
    ("concatenate", [:], "two or more"),
  ])
  func `hyperparameters that do not fit are errors of one line`(
    name: String, arguments: [String: Double], part: String
  ) throws {
    let message = try #require(complaint(name, arguments.mapValues { .number($0) }))
    #expect(message.contains(part), "\(message)")
    #expect(!message.contains("\n"))
  }

  @Test func `inputs that do not fit are errors that name the shapes`() {
    #expect(
      complaint("add", [:], [[4, 4, 2], [4, 4, 3]])
        == "add needs inputs of one shape, not 4×4×2 and 4×4×3")
    #expect(
      complaint("concatenate", [:], [[4, 4, 2], [4, 5, 2]])
        == "concatenate needs inputs that differ in channels only, not 4×4×2 and 4×5×2")
    #expect(
      complaint("conv2d", ["channels": .number(1), "kernel": .number(1)], [[10]])
        == "conv2d needs an input [height, width, channels], not 10")
    #expect(complaint("relu", [:], [[1], [1]])?.contains("one input") == true)
  }

  @Test func `a layer too large for any machine is an error`() throws {
    var network = Network(name: "big", input: [28, 28, 1])
    let layer = try LayerCatalogue.layer(
      named: "conv2d",
      arguments: ["channels": .number(65536), "kernel": .number(1), "padding": .number(4096)])
    #expect(throws: NetworkError.self) { try network.add("vast", layer, network.images) }
  }

  @Test func `every argument of the catalogue is read`() throws {
    for name in LayerCatalogue.names {
      for argument in try #require(LayerCatalogue.arguments(of: name)) {
        let good = try #require(LayerCase.all.first { $0.name == name }).arguments
        let wrong = good.merging([argument: .numbers([])]) { $1 }
        #expect(complaint(name, wrong)?.contains(argument) == true, "\(name): \(argument)")
      }
    }
  }
}
