import Journal
import Storage

extension Coordinator {
  /// Writes a trace, and what the ranks' time was spent on; a failure is said, and the run goes on.
  func keep(_ tracks: [ChromeTrace.Track], lost: Int, in path: String) {
    guard isRoot else { return }
    var event = Event("phases")
    event.text = path
    event.phases = tracks.map(\.secondsByPhase)
    write(event)
    do {
      try DurableFile.write(ChromeTrace(tracks, lost: lost).json, to: path)
      say(
        "timeline: \(path)" + (lost > 0 ? " (its first \(counted(lost, "part")) did not fit)" : ""))
    } catch {
      complain("the timeline is not written: \(error.message)")
    }
  }
}
