import Foundation
import Launching
import Testing

/// Steps of made-up training on real ranks: the probe prints digests of all that came out.
@Suite(.serialized) struct ReductionTests {
  /// What the probe says on one rank, without mpirun, up to the transport.
  private func reference(_ arguments: String...) throws -> String {
    let outcome = try reductionProbe(ranks: nil, arguments.joined(separator: " "))
    #expect(outcome.status == 0, "\(outcome.output)")
    return try result(outcome, ranks: 1)
  }

  /// The one thing that all ranks said, up to the transport.
  private func result(_ outcome: Outcome, ranks: Int) throws -> String {
    #expect(outcome.status == 0 && outcome.lines.count == ranks, "\(outcome.output)")
    #expect(outcome.distinctLines.count == 1, "\(outcome.output)")
    let line = try #require(outcome.distinctLines.first)
    return line.components(separatedBy: " via ")[0]
  }

  @Test(arguments: [2, 3, 5, 8], ["window", "messages"])
  func `twelve micro-batches give the bits of one rank`(ranks: Int, transport: String) throws {
    let outcome = try reductionProbe(ranks: ranks, "micro=12", "transport=\(transport)")
    #expect(try result(outcome, ranks: ranks) == reference("micro=12"))
    #expect(outcome.output.contains("via \(transport)"))
  }

  @Test(
    .enabled(if: TwoHosts.arePossible, "needs root and network namespaces"),
    arguments: [(4, "bucket=4096"), (5, "bucket=1"), (5, "large=300000")])
  func `two hosts give the bits of one rank`(ranks: Int, option: String) throws {
    let outcome = try reductionProbeOnTwoHosts(ranks: ranks, "micro=12", option)
    let one = option.hasPrefix("bucket") ? "micro=12" : option
    #expect(try result(outcome, ranks: ranks) == reference(one))
    #expect(outcome.output.contains("via messages"))
  }

  @Test(arguments: [1, 3000, 8192], [(2, 0), (3, -2), (5, 1), (8, 3)])
  func `buckets of any size change nothing, wherever slices are cut`(
    bucket: Int, cut: (ranks: Int, shift: Int)
  ) throws {
    let outcome = try reductionProbe(
      ranks: cut.ranks, "bucket=\(bucket)", "shift=\(cut.shift)", "transport=messages")
    #expect(try result(outcome, ranks: cut.ranks) == reference("micro=12"))
  }

  @Test(arguments: [8, 16])
  func `a power of two of micro-batches gives the bits of one rank`(microBatches: Int) throws {
    let one = try reference("micro=\(microBatches)")
    for (ranks, transport) in [(1, "messages"), (3, "window"), (5, "messages"), (8, "window")] {
      let outcome = try reductionProbe(
        ranks: ranks, "micro=\(microBatches)", "transport=\(transport)")
      #expect(try result(outcome, ranks: ranks) == one, "\(ranks) ranks, \(transport)")
    }
  }

  @Test(arguments: 2...16)
  func `every number of micro-batches that ranks can share gives the bits of one rank`(
    ranks: Int
  ) throws {
    func results(_ ranks: Int?) throws -> [Substring] {
      let outcome = try reductionProbe(
        ranks: ranks, "sweep=16", "steps=2", "bucket=5000", "transport=messages")
      #expect(outcome.status == 0 && outcome.distinctLines.count == 1, "\(outcome.output)")
      return try #require(outcome.distinctLines.first).split(separator: ";").map {
        $0.drop { $0 == " " }
      }
    }
    let one = try results(nil)
    #expect(one.count == 16)
    #expect(try results(ranks) == Array(one[(ranks - 1)...]))
  }

  @Test(arguments: [(3, 1), (3, -3), (5, 2), (2, 100)], ["window", "messages"])
  func `moved slice boundaries change nothing`(
    moved: (ranks: Int, shift: Int), transport: String
  ) throws {
    let outcome = try reductionProbe(
      ranks: moved.ranks, "shift=\(moved.shift)", "transport=\(transport)")
    #expect(try result(outcome, ranks: moved.ranks) == reference("micro=12"))
  }

  @Test(arguments: ["window", "messages"])
  func `a gradient that is not a number is known on all ranks, with its micro-batch`(
    transport: String
  ) throws {
    for ranks in [1, 3, 8] {
      let outcome = try reductionProbe(
        ranks: ranks, "poisoned=7", "transport=\(transport)")
      let line = try result(outcome, ranks: ranks)
      #expect(line.contains("finite false guilty 7 "))
      #expect(try line == reference("poisoned=7"))
    }
  }

  @Test(arguments: ["window", "messages"])
  func `what one rank asks for, all ranks hear at the same step`(transport: String) throws {
    let outcome = try reductionProbe(ranks: 5, "asking=3", "transport=\(transport)")
    #expect(try result(outcome, ranks: 5).hasSuffix("control \(1 << 5 | 3)"))
  }

  @Test func `state that is handed out comes back whole`() throws {
    for transport in ["window", "messages"] {
      let outcome = try reductionProbe(ranks: 3, "transport=\(transport)")
      #expect(try result(outcome, ranks: 3).contains("restored true"))
    }
  }

  @Test func `too little shared memory means messages, and one line that says so`() throws {
    let outcome = try reductionProbe(ranks: 3, "capacity=1000000", "transport=window")
    #expect(try result(outcome, ranks: 3) == reference("micro=12"))
    #expect(outcome.output.contains("via messages note shared memory has 0 MB free"))
  }

  /// Messages on few ranks and large slices only: there Open MPI's `MPI_Allgatherv` goes round a
  /// ring; its other ways (few bytes on three ranks and more, any size on eight) allocate inside.
  @Test(arguments: [
    (1, "window"), (3, "window"), (8, "window"), (1, "messages"), (2, "messages"), (3, "messages"),
  ])
  func `a steady step allocates nothing`(ranks: Int, transport: String) throws {
    let outcome = try reductionProbe(
      ranks: ranks, "counts=true", "large=400000", "steps=8", "transport=\(transport)")
    #expect(outcome.status == 0 && outcome.lines.count == ranks, "\(outcome.output)")
    for line in outcome.lines {
      let list = try #require(line.split(separator: "[").last).dropLast()
      let counts = list.split(separator: ", ").compactMap { Int($0) }
      // Open MPI's lists of free requests may still grow now and then; what we did would show in
      // every step.
      #expect(counts.count == 8 && counts.dropFirst(2).min() == 0, "\(line)")
    }
  }
}
