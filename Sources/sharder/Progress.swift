import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// Shows on standard error how far a long piece of work is: on a terminal one line that changes,
/// with rate and time left; elsewhere a line a tenth, without times.
final class Progress: Sendable {
  private struct State {
    let start = ContinuousClock.now
    var shown: ContinuousClock.Instant?
    var tenths = 0
  }

  private let things: String
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let state = Mutex(State())

  /// Progress over `things`, a word such as "images".
  init(of things: String) { self.things = things }

  /// Shows that `done` of `total` are done; any thread may call, and their calls may cross.
  func show(_ done: Int, of total: Int) {
    state.withLock { state in
      isTerminal ? showChange(done, of: total, &state) : showTenth(done, of: total, &state)
    }
  }

  /// Overwrites the terminal's line, at most ten times a second; at the end, removes it.
  private func showChange(_ done: Int, of total: Int, _ state: inout State) {
    let now = ContinuousClock.now
    if done == total { return put("\r\u{1B}[K") }
    if let shown = state.shown, now - shown < .milliseconds(100) { return }
    state.shown = now
    let rate = Double(done) / max((now - state.start) / .seconds(1), 1e-3)
    let left = Int((Double(total - done) / rate).rounded(.up))
    put("\r\u{1B}[K\(done) of \(total) \(things), \(Int(rate)) a second, \(left) s left")
  }

  /// Prints a line where a tenth more is done.
  private func showTenth(_ done: Int, of total: Int, _ state: inout State) {
    guard 10 * done / total > state.tenths else { return }
    state.tenths = 10 * done / total
    put("sharder: \(done) of \(total) \(things)\n")
  }

  private func put(_ text: String) {
    let bytes = Array(text.utf8)
    _ = unsafe write(STDERR_FILENO, bytes, bytes.count)
  }
}
