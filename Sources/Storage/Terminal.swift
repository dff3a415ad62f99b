internal import CTerminal

#if canImport(Glibc)
  import Glibc
#endif

/// The terminal that standard output is shown on.
public final class Terminal: Sendable {
  private let descriptor: Int32

  /// The terminal of this process, or of the launcher that started it; nil where what is printed
  /// goes to a file or a pipe, or where the terminal cannot go back in a line.
  ///
  /// Open MPI gives each rank a terminal of its own and copies what comes out of it, wherever that
  /// goes. So the launcher's standard output decides.
  public init?(launched: Bool) {
    guard unsafe getenv("TERM").map({ unsafe String(cString: $0) }) ?? "dumb" != "dumb" else {
      return nil
    }
    let path = launched ? "/proc/\(getppid())/fd/1" : "/proc/self/fd/1"
    descriptor = unsafe open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    guard isatty(descriptor) == 1, !launched || isatty(STDOUT_FILENO) == 1 else {
      close(descriptor)
      return nil
    }
  }

  deinit { close(descriptor) }

  /// The columns of a line; 80 where the terminal does not say.
  public var columns: Int {
    var size = winsize()
    guard unsafe lockstep_terminal_size(descriptor, &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}
