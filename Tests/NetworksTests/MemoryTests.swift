import Networks
import Storage
import Testing

@Suite struct MemoryTests {
  @Test func `regions that live at the same time do not overlap, and memory is used again`() throws
  {
    var networks = [try residualNetwork(microBatch: 4)]
    networks += try LayerCase.all.map { try $0.network() }
    for network in networks {
      let requests = MemoryWishes(network, microBatch: 4).requests
      let plan = MemoryPlan(requests)
      let regions = requests.indices.map {
        plan.offsets[$0]..<plan.offsets[$0] + requests[$0].count
      }
      for i in requests.indices {
        #expect(regions[i].upperBound <= plan.count)
        for j in requests.indices.dropFirst(i + 1)
        where requests[i].lifetime.overlaps(requests[j].lifetime) {
          #expect(
            regions[i].isEmpty || regions[j].isEmpty || !regions[i].overlaps(regions[j]),
            "\(network.name): \(requests[i]) and \(requests[j])")
        }
      }
    }
    let requests = MemoryWishes(networks[0], microBatch: 4).requests
    #expect(MemoryPlan(requests).count < requests.reduce(0) { $0 + $1.count } * 3 / 4)
  }

  @Test func `what lies in memory before a pass changes nothing`() throws {
    var trial = Trial(try residualNetwork(microBatch: 4), microBatch: 4)
    let first = trial.logits()
    trial.backward()
    let gradients = trial.gradients
    // Other images leave other numbers everywhere.
    let parameters = trial.parameters
    trial.parameters = parameters.map { 1 - $0 }
    trial.forward()
    trial.backward()
    trial.parameters = parameters
    trial.gradients = Array(repeating: .nan, count: gradients.count)
    #expect(trial.logits() == first)
    trial.backward()
    for tensor in trial.model.layout.tensors {
      #expect(Array(trial.gradients[tensor.range]) == Array(gradients[tensor.range]), "\(tensor)")
    }
  }
}
