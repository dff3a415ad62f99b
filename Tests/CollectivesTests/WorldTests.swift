import Foundation
import Launching
import Testing

@Suite(.serialized) struct WorldTests {
  @Test func `ranks exchange text, integers and uneven runs`() throws {
    let outcome = try reductionProbe(ranks: 3, "exchanges=true")
    #expect(outcome.status == 0 && outcome.lines.count == 3, "\(outcome.output)")
    #expect(
      outcome.distinctLines == [
        " text größer als ein Byte empty true maximum 14 minimum 1 "
          + "sums [3, 3, 1152921504606846975] doubles [1.5, 2.5, 2.5] integers [1, 2, 2] "
          + "alike -1 unlike 2 nodes 1 of 3 rank known before: true"
      ])
  }

  @Test func `a world of one rank needs no mpirun`() throws {
    let outcome = try reductionProbe(ranks: nil, "exchanges=true")
    #expect(outcome.status == 0, "\(outcome.output)")
    #expect(outcome.output.contains("maximum 0 minimum 3"))
    #expect(outcome.output.contains("nodes 1 of 1 rank known before: true"))
  }

  @Test(.enabled(if: TwoHosts.arePossible, "needs root and network namespaces"))
  func `ranks of one node are neighbours, however mpirun maps them`() throws {
    let outcome = try reductionProbeOnTwoHosts(ranks: 5, "exchanges=true")
    #expect(outcome.status == 0 && outcome.lines.count == 5, "\(outcome.output)")
    for line in outcome.lines {
      let rank = try #require(line.split(separator: " ").dropFirst().first.flatMap { Int($0) })
      #expect(line.contains("nodes 2 of \(rank < 3 ? 3 : 2) "), "\(line)")
    }
  }
}
