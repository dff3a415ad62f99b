public import Storage

/// A timeline of all ranks in the form of Chrome's trace events, which Perfetto and chrome://tracing
/// open: a track for each rank, its steps, and in them what it did.
public struct ChromeTrace: Sendable {
  /// What one rank did.
  public struct Track: Sendable {
    /// The rank.
    public let rank: Int
    /// The name of its host.
    public let host: String
    /// What it did, in order; times are in nanoseconds since the start of the run.
    public let parts: [Timeline.Part]

    /// The track of a rank.
    public init(rank: Int, host: String, parts: [Timeline.Part]) {
      (self.rank, self.host, self.parts) = (rank, host, parts)
    }

    /// Seconds that were spent on each phase.
    public var secondsByPhase: [String: Double] {
      parts.reduce(into: [:]) { $0[$1.phase.name, default: 0] += Double($1.end - $1.begin) / 1e9 }
    }
  }

  private let tracks: [Track]
  /// Parts of some rank that were written over, so that the trace does not begin with the run.
  private let lost: Int

  /// A trace of the tracks.
  public init(_ tracks: [Track], lost: Int) {
    self.tracks = tracks
    self.lost = lost
  }

  /// The trace as JSON; times are in microseconds.
  public var json: String {
    var events: [String] = []
    for track in tracks {
      events.append(name(track))
      events.append(
        #"{"ph":"M","name":"process_sort_index","pid":\#(track.rank),"tid":0,"#
          + #""args":{"sort_index":\#(track.rank)}}"#)
      events += self.events(of: track)
    }
    return """
      {"displayTimeUnit":"ms","otherData":{"program":"Lockstep","parts lost":"\(lost)"},
      "traceEvents":[
      \(events.joined(separator: ",\n"))
      ]}

      """
  }

  private func name(_ track: Track) -> String {
    let host = track.host.filter {
      $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0))
    }
    return #"{"ph":"M","name":"process_name","pid":\#(track.rank),"tid":0,"#
      + #""args":{"name":"rank \#(track.rank) on \#(host)"}}"#
  }

  /// Each step as one event around its parts.
  private func events(of track: Track) -> [String] {
    var events: [String] = []
    var first = 0
    while first < track.parts.count {
      let step = track.parts[first].step
      let rest = track.parts[first...]
      let end = rest.firstIndex { $0.step != step } ?? track.parts.count
      events.append(
        event("step \(step + 1)", track.rank, step, rest[first].begin, track.parts[end - 1].end))
      for part in track.parts[first..<end] {
        events.append(event(part.phase.name, track.rank, step, part.begin, part.end))
      }
      first = end
    }
    return events
  }

  private func event(_ name: String, _ rank: Int, _ step: Int, _ begin: Int, _ end: Int) -> String {
    #"{"ph":"X","name":"\#(name)","pid":\#(rank),"tid":0,"ts":\#(microseconds(begin)),"#
      + #""dur":\#(microseconds(end - begin)),"args":{"step":\#(step + 1)}}"#
  }

  /// Nanoseconds as microseconds, to the last digit.
  private func microseconds(_ nanoseconds: Int) -> String {
    let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1000)
    let digits = String(rest.magnitude)
    let sign = nanoseconds < 0 && whole == 0 ? "-" : ""
    return "\(sign)\(whole).\(String(repeating: "0", count: 3 - digits.count))\(digits)"
  }
}
