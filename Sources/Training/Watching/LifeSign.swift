import Storage

#if canImport(Glibc)
  import Glibc
#endif

/// How far a run has come and when, as its root notes it a few times a second in the run's folder.
///
/// For whoever starts the run again: how much was lost, and how long it took to go on.
public struct LifeSign: Sendable, Equatable {
  /// The first step of this process, from 0.
  public var firstStep: Int64 = 0
  /// When that was done, in nanoseconds since 1970; 0 where it is not.
  public var firstTime: Int64 = 0
  /// The step that is under way.
  public var lastStep: Int64 = 0
  /// Since when.
  public var lastTime: Int64 = 0

  /// The sign in a file; nil where there is none.
  init?(_ path: String) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var sign = LifeSign()
    let size = MemoryLayout<LifeSign>.size
    guard unsafe pread(descriptor, &sign, size, 0) == size else { return nil }
    self = sign
  }

  /// No sign yet.
  init() {}
}

/// Writes a life sign; what cannot be written is nothing that training must wait or end for.
final class LifeSignFile: Sendable {
  private let descriptor: Int32

  /// Opens the file at `path`.
  init(_ path: String) {
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Puts `sign` in the place of the one before; allocates nothing.
  func write(_ sign: LifeSign) {
    var sign = sign
    _ = unsafe pwrite(descriptor, &sign, MemoryLayout<LifeSign>.size, 0)
  }
}

extension LifeSign {
  /// Takes in how far the root is; whether that is anything new.
  mutating func take(step: Int, isPreparing: Bool) -> Bool {
    guard !isPreparing, lastTime == 0 || Int64(step) != lastStep else { return false }
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    let now = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    if lastTime == 0 {
      firstStep = Int64(step)
    } else if firstTime == 0 {
      firstTime = now
    }
    (lastStep, lastTime) = (Int64(step), now)
    return true
  }
}
