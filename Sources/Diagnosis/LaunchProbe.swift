public import Collectives
import FoundationEssentials
import Storage

/// What two ranks started by mpirun find out together: that they can exchange, rightly, and how fast.
public enum LaunchProbe {
  /// What they found.
  struct Report: Codable {
    let ranks: Int
    let nodes: Int
    let exchanges: [Exchange]
  }

  /// Gradients that were reduced and parameters that were published.
  struct Exchange: Codable {
    let transport: String
    /// The shortest of some steps, with two digits.
    let milliseconds: Double
    /// Whether everything arrived as it was sent, on all ranks.
    let isRight: Bool
    /// Why not the transport asked for was used.
    let note: String?
  }

  /// 1 MB of gradients.
  private static let blocks = (0..<64).map { $0 * 4096..<($0 + 1) * 4096 }

  /// Exchanges on all ranks of `world` together; the root prints a line of JSON.
  public static func run(in world: World) throws {
    var exchanges: [Exchange] = []
    for choice in [TransportChoice.window, .messages] {
      if choice == .window && world.nodeCount > 1 { continue }
      exchanges.append(try exchange(by: choice, in: world))
      // Where there is no room for a window, these were messages.
      if exchanges[0].transport == TransportChoice.messages.rawValue { break }
    }
    let report = Report(ranks: world.size, nodes: world.nodeCount, exchanges: exchanges)
    let line = String(decoding: try JSONEncoder().encode(report), as: UTF8.self)
    if world.isRoot { Console.print(line) }
  }

  private static func exchange(by choice: TransportChoice, in world: World) throws -> Exchange {
    let microBatches = 2 * world.size
    let reducer = try Reducer(
      ReductionLayout(blocks: blocks, microBatches: microBatches, stateCount: 0), in: world,
      transport: choice)
    var best = Duration.seconds(3600)
    var isRight = true
    for step in 1...8 {
      let start = ContinuousClock.now
      let isRightNow = try takeStep(step, with: reducer)
      best = min(best, ContinuousClock.now - start)
      isRight = isRight && isRightNow
    }
    try reducer.close()
    let hundredths = (best / .milliseconds(1) * 100).rounded()
    return Exchange(
      transport: reducer.transportInUse.rawValue, milliseconds: hundredths / 100,
      isRight: try world.minimum(isRight ? 1 : 0) == 1,
      note: reducer.transportInUse == choice ? nil : reducer.note)
  }

  /// One step as training takes it, with whole numbers, whose sums are exact.
  private static func takeStep(_ step: Int, with reducer: Reducer) throws -> Bool {
    for microBatch in reducer.microBatches {
      fill(reducer, microBatch, with: Float(step * (microBatch + 1)))
      reducer.record(loss: 0, correct: 0, microBatch: microBatch)
    }
    _ = try reducer.reduce()
    let last = reducer.tree.microBatches
    let mean = Float(step * (last + 1)) / 2
    var isRight = true
    for block in reducer.ownedBlocks {
      let gradient = reducer.gradientSpan(block)
      for index in gradient.indices where gradient[index] != mean { isRight = false }
      write(reducer, block, Float(step + block.index))
    }
    try reducer.publish()
    let parameters = reducer.parameters
    for (number, block) in blocks.enumerated() {
      for index in block where parameters[index] != Float(step + number) { isRight = false }
    }
    return isRight
  }

  private static func fill(_ reducer: Reducer, _ microBatch: Int, with value: Float) {
    var leaf = reducer.leaf(microBatch)
    for index in leaf.indices { leaf[index] = value }
  }

  private static func write(_ reducer: Reducer, _ block: Reducer.Block, _ value: Float) {
    var parameters = reducer.parameters(block)
    for index in parameters.indices { parameters[index] = value }
  }
}
