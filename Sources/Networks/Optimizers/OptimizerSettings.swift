/// What parameters are updated with, besides the learning rate.
public struct OptimizerSettings: Hashable, Sendable {
  /// How an update is made.
  public var method: OptimizerMethod
  /// λ: coupled in SGD, Adam, RMSprop and LARS (λ·p joins the gradient), decoupled in AdamW
  /// (parameters shrink by 1 − η·λ) and LAMB (λ·p joins the direction).
  public var weightDecay: Double
  /// Whether biases and norms' scales decay too, and adapt in LARS and LAMB; by default only
  /// weights of convolutions and dense layers do.
  public var decayAll: Bool

  /// The given settings.
  public init(_ method: OptimizerMethod, weightDecay: Double = 0, decayAll: Bool = false) {
    self.method = method
    self.weightDecay = weightDecay
    self.decayAll = decayAll
  }
}
