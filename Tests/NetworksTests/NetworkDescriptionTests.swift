import Networks
import Storage
import Testing

struct NetworkDescriptionTests {
  private let leNet = NetworkDescription([
    LayerDescription(
      layer: "conv2d", name: "conv1",
      arguments: [
        "channels": .number(20), "kernel": .number(5), "weights": .text("xavier_uniform"),
      ]),
    LayerDescription(layer: "max_pool2d", arguments: ["kernel": .number(2)]),
    LayerDescription(
      layer: "conv2d", name: "conv2",
      arguments: [
        "channels": .number(50), "kernel": .number(5), "weights": .text("xavier_uniform"),
      ]),
    LayerDescription(layer: "max_pool2d", arguments: ["kernel": .number(2)]),
    LayerDescription(layer: "flatten"),
    LayerDescription(layer: "dense", name: "fc1", arguments: ["outputs": .number(500)]),
    LayerDescription(layer: "relu"),
    LayerDescription(layer: "dense", name: "fc2", arguments: ["outputs": .number(10)]),
  ])

  @Test func `a described LeNet has the tensors of the catalogue's`() throws {
    let described = try leNet.network(named: "mine", input: [28, 28, 1])
    let built = try NetworkCatalogue.network(named: "lenet", input: [28, 28, 1], classes: 10)
    let (a, b) = (described.parameterLayout().layout, built.parameterLayout().layout)
    #expect(a.tensors.map(\.name) == b.tensors.map(\.name))
    #expect(a.tensors.map(\.range) == b.tensors.map(\.range))
    #expect(
      a.tensors.map(\.specification.initializer) == b.tensors.map(\.specification.initializer))
    #expect(described.name == "mine")
  }

  @Test func `inputs make a graph`() throws {
    let network = try NetworkDescription([
      LayerDescription(
        layer: "conv2d", arguments: ["channels": .number(3), "kernel": .number(1)]),
      LayerDescription(layer: "add", name: "sum", inputs: ["conv2d_1", "images"]),
      LayerDescription(layer: "concatenate", name: "both", inputs: ["sum", "images"]),
    ]).network(named: "graph", input: [4, 4, 3])
    #expect(network.output.shape == [4, 4, 6])
    #expect(network.nodes[1].inputs.last == network.images)
    #expect(network.nodes[2].inputs[1] == network.images)
  }

  @Test func `a mistake names the layer's number and name`() {
    let faulty: [([LayerDescription], String)] = [
      ([], "network mine has no layers"),
      (
        [LayerDescription(layer: "relu"), LayerDescription(layer: "relu", inputs: ["images"])],
        "network mine, layer 1 (relu_1): no later layer reads it; name it among the inputs of "
          + "one, or remove it"
      ),
      (
        [LayerDescription(layer: "flaten")],
        "network mine, layer 1 (flaten_1): there is no layer flaten; did you mean flatten?"
      ),
      (
        [LayerDescription(layer: "relu"), LayerDescription(layer: "dense", name: "fc")],
        "network mine, layer 2 (fc): dense needs the argument outputs"
      ),
      (
        [LayerDescription(layer: "relu"), LayerDescription(layer: "relu", name: "relu_1")],
        "network mine, layer 2 (relu_1): the name is taken; give each layer its own name"
      ),
      (
        [
          LayerDescription(layer: "relu", name: "a"),
          LayerDescription(layer: "add", inputs: ["a", "image"]),
        ],
        "network mine, layer 2 (add_2): no earlier layer is called image; did you mean images?"
      ),
      (
        [LayerDescription(layer: "relu", name: "a..b")],
        "network mine, layer 1 (a..b): a name has no slash and no part without letters"
      ),
      (
        [LayerDescription(layer: "dense", arguments: ["outputs": .number(3)])],
        "network mine, layer 1 (dense_1): dense needs one flat input, not [4×4×3]; "
          + "put a flatten before it"
      ),
    ]
    for (layers, message) in faulty {
      #expect(throws: NetworkError(message)) {
        try NetworkDescription(layers).network(named: "mine", input: [4, 4, 3])
      }
    }
  }
}
