import Networks
import Storage
import Testing

struct ProfileTests {
  /// By PyTorch's hooks on its own networks: 6 a multiplication, less 2 for the first convolution.
  @Test(arguments: [
    ("lenet", [28, 28, 1], 10, 13_182_000), ("resnet20", [32, 32, 3], 10, 242_421_504),
    ("vgg11_bn", [32, 32, 3], 10, 913_078_272),
    ("resnet18", [224, 224, 3], 1000, 10_648_412_160),
    ("resnet50", [224, 224, 3], 1000, 24_299_077_632),
    ("mobilenet_v2", [224, 224, 3], 1000, 1_782_969_600),
  ])
  func `training an image takes the known number of operations`(
    name: String, input: [Int], classes: Int, operations: Int
  ) throws {
    let network = try NetworkCatalogue.network(
      named: name, input: Shape(input), classes: classes)
    #expect(network.trainingOperations == operations)
  }

  @Test(arguments: ["lenet", "resnet20", "mobilenet_v2"])
  func `a profiled pass computes what the plain one does`(name: String) throws {
    let (side, samples) = (32, 2)
    let network = try NetworkCatalogue.network(
      named: name, input: [side, side, 3], classes: 10, dropout: 0.2)
    var model = Model(network, loss: .softmaxCrossEntropy(), microBatch: samples, seed: 3)
    var parameters = AlignedArray<Float>(count: model.layout.count)
    var values = parameters.mutableSpan
    model.layout.initialize(&values, seed: 3)
    let random = RandomStream(seed: 3, purpose: .synthesis)
    let images = (0..<samples * side * side * 3).map(random.normal)
    let labels: [Int32] = [3, 7]
    let identities = (0..<2).map { SampleIdentity(epoch: 1, sample: $0) }

    var plain = [Float](repeating: 0, count: model.layout.count)
    let loss = model.forward(
      images: images.span, labels: labels.span, identities: identities.span,
      parameters: parameters.span, mode: .training)
    var gradient = plain.mutableSpan
    model.backward(parameters: parameters.span, into: &gradient)

    var profiled = [Float](repeating: 0, count: model.layout.count)
    var times = LayerTimes()
    var target = profiled.mutableSpan
    let again = model.profile(
      images: images.span, labels: labels.span, identities: identities.span,
      parameters: parameters.span, into: &target, times: &times)
    #expect(again.sum == loss.sum && again.correct == loss.correct)
    #expect(profiled == plain)
    #expect(times.convolutionForward > .zero && times.convolutionWeightGradient > .zero)
    #expect((times.batchNorm > .zero) == (name != "lenet"))
  }
}
