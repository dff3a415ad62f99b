/// Second labels of samples that are mixed of two, and how much is of the first; empty where no
/// sample is.
public struct LabelMixture: ~Escapable {
  /// The second label of each sample [N].
  public let others: Span<Int32>
  /// The share of the first label [N]; the second one has the rest.
  public let shares: Span<Float>

  /// No mixture.
  @_lifetime(immortal)
  public init() {
    others = Span()
    shares = Span()
  }

  /// The given second labels and shares of the first.
  @_lifetime(copy others, copy shares)
  public init(others: Span<Int32>, shares: Span<Float>) {
    precondition(
      others.count == shares.count, "\(others.count) second labels, \(shares.count) shares")
    self.others = others
    self.shares = shares
  }

  /// Whether samples have a second label.
  public var isEmpty: Bool { shares.isEmpty }

  /// What the network should say of class k among so many for sample n with the label `label`: the
  /// one-hot number, or with a single class the label itself.
  func target(of label: Int32, sample n: Int, class k: Int, among classes: Int) -> Float {
    let own = Self.target(of: label, class: k, among: classes)
    if isEmpty { return own }
    let other = Self.target(of: others[n], class: k, among: classes)
    return shares[n] * own + (1 - shares[n]) * other
  }

  private static func target(of label: Int32, class k: Int, among classes: Int) -> Float {
    classes == 1 ? Float(label) : Int(label) == k ? 1 : 0
  }
}
