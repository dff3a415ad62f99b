import Storage

/// All regions of memory that a network needs for a micro-batch, with their lifetimes.
///
/// Node i runs forward at time i and backward at time 2n − i; the loss stands at time n.
package struct MemoryWishes {
  package private(set) var requests: [MemoryPlan.Request] = []
  /// The request for the images.
  private(set) var images = 0
  /// For each node the request for its output.
  private(set) var outputs: [Int] = []
  /// For each node and input the request for the input's gradient, if anybody needs it.
  private(set) var inputGradients: [[Int?]] = []
  /// For each node one gradient of its output a consumer; the first takes the sum.
  private(set) var outputGradients: [[Int]] = []
  private(set) var saved: [Int] = []
  private(set) var savedIndices: [Int] = []
  private(set) var forwardWorkspace: [Int] = []
  private(set) var backwardWorkspace: [Int] = []
  /// Made of the parameters once a step: what lives from pass to pass is alive all the time.
  private(set) var preparedForward: [Int] = []
  private(set) var preparedBackward: [Int] = []

  private let microBatch: Int
  private let network: Network

  package init(_ network: Network, microBatch: Int) {
    self.network = network
    self.microBatch = microBatch
    addActivations()
    addGradients()
    addMemoryOfLayers()
  }

  private var nodes: [Network.Node] { network.nodes }
  private var end: Int { nodes.count }

  private mutating func request(_ count: Int, _ lifetime: ClosedRange<Int>) -> Int {
    requests.append(MemoryPlan.Request(count: count, lifetime: lifetime))
    return requests.count - 1
  }

  /// Lets a region live until `time`.
  private mutating func extend(_ index: Int, to time: Int) {
    let lifetime = requests[index].lifetime
    requests[index].lifetime = lifetime.lowerBound...max(lifetime.upperBound, time)
  }

  private mutating func addActivations() {
    images = request(microBatch * network.images.shape.count, 0...0)
    for (i, node) in nodes.enumerated() {
      let inputs = node.inputs.map { $0.node < 0 ? images : outputs[$0.node] }
      for (k, input) in inputs.enumerated() {
        let readAgain = k == 0 && node.layer.backwardReads.contains(.input)
        extend(input, to: readAgain ? 2 * end - i : i)
      }
      outputs.append(
        node.layer is any ViewLayer ? inputs[0] : request(microBatch * node.shape.count, i...i))
      if node.layer.backwardReads.contains(.output) { extend(outputs[i], to: 2 * end - i) }
    }
    if let last = outputs.last { extend(last, to: end) }
  }

  /// Gradients are asked for from the last node to the first, as the backward pass makes them.
  private mutating func addGradients() {
    outputGradients = Array(repeating: [], count: nodes.count)
    inputGradients = nodes.map { Array(repeating: nil, count: $0.inputs.count) }
    let learns = network.carriesGradient()
    if let last = nodes.last {
      outputGradients[end - 1] = [request(microBatch * last.shape.count, end...end + 1)]
    }
    for (i, node) in nodes.enumerated().reversed() {
      guard let gradient = outputGradients[i].first else { continue }
      for further in outputGradients[i] { extend(further, to: 2 * end - i) }
      for (k, input) in node.inputs.enumerated() where input.node >= 0 && learns[input.node] {
        let edge =
          node.layer.gradientInPlace == k
          ? gradient : request(microBatch * input.shape.count, 2 * end - i...2 * end - i)
        inputGradients[i][k] = edge
        outputGradients[input.node].append(edge)
      }
    }
  }

  private mutating func addMemoryOfLayers() {
    for (i, node) in nodes.enumerated() {
      let memory = node.layer.memory(of: node.inputs.map(\.shape), microBatch: microBatch)
      saved.append(request(memory.saved, i...2 * end - i))
      savedIndices.append(request(memory.savedIndices, i...2 * end - i))
      forwardWorkspace.append(request(memory.workspace, i...i))
      backwardWorkspace.append(request(memory.workspace, 2 * end - i...2 * end - i))
      preparedForward.append(request(memory.preparedForward, 0...2 * end))
      let isNeeded = inputGradients[i].contains { $0 != nil }
      preparedBackward.append(request(isNeeded ? memory.preparedBackward : 0, 0...2 * end))
    }
  }
}
