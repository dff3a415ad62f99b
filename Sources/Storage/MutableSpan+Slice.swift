extension MutableSpan {
  /// Part of the span, to read and write, while the span itself rests.
  ///
  /// The standard library's own name for it still has an underscore (SE-0467); when it loses it,
  /// this goes.
  @_lifetime(&self)
  @_alwaysEmitIntoClient
  public mutating func slice(_ range: Range<Int>) -> MutableSpan<Element> {
    _mutatingExtracting(range)
  }
}
