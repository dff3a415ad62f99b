import Foundation
import Journal
import Storage
import Testing

@Suite struct `A trace of all ranks` {
  private struct Trace: Decodable {
    struct Event: Decodable {
      struct Arguments: Decodable {
        let step: Int?
        let name: String?
      }
      let ph: String
      let name: String
      let pid: Int
      let ts: Double?
      let dur: Double?
      let args: Arguments
    }
    let traceEvents: [Event]
  }

  @Test func `has a track for each rank, and in each step what the rank did`() throws {
    let parts = [
      Timeline.Part(step: 0, phase: .reading, begin: -1500, end: 2001),
      Timeline.Part(step: 0, phase: .forward, begin: 2001, end: 5000),
      Timeline.Part(step: 1, phase: .waiting, begin: 6000, end: 7_000_000_123),
    ]
    let tracks = [0, 1].map { ChromeTrace.Track(rank: $0, host: "a\"b", parts: parts) }
    let json = ChromeTrace(tracks, lost: 0).json
    let trace = try JSONDecoder().decode(Trace.self, from: Data(json.utf8)).traceEvents
    #expect(trace.count { $0.ph == "M" && $0.name == "process_name" } == 2)
    #expect(trace.contains { $0.args.name == "rank 1 on ab" })
    for rank in [0, 1] {
      let own = trace.filter { $0.pid == rank && $0.ph == "X" }
      #expect(own.map(\.name) == ["step 1", "reading", "forward", "step 2", "waiting"])
      #expect(own.map(\.args.step) == [1, 1, 1, 2, 2])
      #expect(own.map(\.ts) == [-1.5, -1.5, 2.001, 6, 6])
      #expect(own.map(\.dur) == [6.5, 3.501, 2.999, 6_999_994.123, 6_999_994.123])
    }
    #expect(tracks[0].secondsByPhase["forward"] == 2999 / 1e9)
  }

  @Test func `keeps the last parts where memory ends`() {
    let timeline = Timeline(capacity: 3)
    #expect(timeline.kept.isEmpty && timeline.lost == 0)
    for step in 0..<5 {
      timeline.append(Timeline.Part(step: step, phase: .forward, begin: step, end: step + 1))
    }
    #expect(timeline.kept.map(\.step) == [2, 3, 4] && timeline.lost == 2)
  }
}
