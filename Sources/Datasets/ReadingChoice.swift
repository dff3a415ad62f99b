/// When a rank's samples are read, shuffled and normalized; the result is the same.
public enum ReadingChoice: String, Sendable, CaseIterable {
  /// Ahead where a core is free for it, else inline.
  case automatic
  /// Ahead of training, by a thread of its own.
  case ahead
  /// Inline: by the thread that trains, when it needs them.
  case inline

  /// Whether ranks read ahead where so many of them share so many cores.
  public func isAhead(ranks: Int, cores: Int) -> Bool {
    self == .ahead || self == .automatic && ranks < cores
  }
}
