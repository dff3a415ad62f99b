import Collectives
import Storage

/// On a terminal, one line that shows how far a run is and changes with the steps.
///
/// It is written over in memory allocated at the start: steps allocate nothing for it.
final class ProgressLine {
  /// What is shown of a step.
  struct Figures {
    let step: Int
    let steps: Int
    let epoch: Double
    let loss: Double
    let accuracy: Double
    let rate: Double
    let imagesPerSecond: Double
    let secondsLeft: Double
  }

  /// The shortest time between two changes: the eye sees no more, and the rank has other things to
  /// do.
  private static let interval = Duration.milliseconds(100)
  /// The length of the bar where there is room for it.
  private static let barColumns = 24
  /// The shortest bar that says anything.
  private static let fewestBarColumns = 6

  private let terminal: Terminal
  private var text = StatusText()
  private var shown: ContinuousClock.Instant?

  /// The line of a run whose output goes to a terminal.
  init(_ terminal: Terminal) { self.terminal = terminal }

  /// Whether it is time to show something new.
  func isDue() -> Bool {
    let now = ContinuousClock.now
    if let shown, now - shown < Self.interval { return false }
    shown = now
    return true
  }

  /// Shows the figures, with a bar as long as there is room for it.
  func show(_ figures: Figures) {
    text.clear()
    Self.write(figures, to: &text)
    let room = terminal.columns - 1
    let bar = min(Self.barColumns, room - text.columns - 3)
    if bar >= Self.fewestBarColumns {
      text.clear()
      Self.writeBar(figures, columns: bar, to: &text)
      Self.write(figures, to: &text)
    } else if text.columns > room {
      text.clear()
      Self.writeShort(figures, to: &text)
    }
    Console.show(text)
  }

  private static func writeBar(_ figures: Figures, columns: Int, to text: inout StatusText) {
    let eighths = columns * 8 * figures.step / max(1, figures.steps)
    let parts: [8 of StaticString] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    for _ in 0..<eighths / 8 { text.append("█") }
    text.append(parts[eighths % 8])
    for _ in 0..<columns - (eighths + 7) / 8 { text.append("░") }
    text.append("  ")
  }

  private static func write(_ figures: Figures, to text: inout StatusText) {
    writeShort(figures, to: &text)
    text.append("  epoch ")
    text.append(figures.epoch, decimals: 2)
    text.append("  loss ")
    text.append(figures.loss, decimals: 4)
    text.append("  accuracy ")
    text.append(100 * figures.accuracy, decimals: 1)
    text.append(" %  rate ")
    text.append(figures.rate, decimals: 5)
    text.append("  ")
    text.append(figures.imagesPerSecond, decimals: figures.imagesPerSecond < 100 ? 1 : 0)
    text.append(" images/s")
  }

  /// What matters most: where the run is, and when it will be done.
  private static func writeShort(_ figures: Figures, to text: inout StatusText) {
    text.append("step ")
    text.append(figures.step)
    text.append("/")
    text.append(figures.steps)
    text.append("  ")
    writeTime(figures.secondsLeft, to: &text)
    text.append(" left")
  }

  /// A time as `4:07`, or with hours as `1:02:03`.
  private static func writeTime(_ seconds: Double, to text: inout StatusText) {
    guard seconds >= 0, seconds < 1e9 else { return text.append("–") }
    let whole = Int(seconds.rounded(.up))
    if whole >= 3600 {
      text.append(whole / 3600)
      text.append(":")
    }
    text.append(whole / 60 % 60, digits: whole >= 3600 ? 2 : 1)
    text.append(":")
    text.append(whole % 60, digits: 2)
  }
}
