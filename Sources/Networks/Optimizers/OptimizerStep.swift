#if canImport(Glibc)
  import Glibc
#endif

/// What all blocks of one step share; made once a step by `Optimizer.step`.
public struct OptimizerStep: Sendable {
  /// The number of the step, from 1.
  public let number: Int
  /// η, the learning rate before the groups' factors.
  public let rate: Double
  /// What gradients are multiplied with before anything else: the clipping factor.
  public let gradientScale: Float
  /// 1 − β₁ᵗ, or 1.
  let firstCorrection: Double
  /// √(1 − β₂ᵗ), or 1.
  let secondCorrection: Double

  /// A step of `method`.
  init(_ number: Int, rate: Double, gradientScale: Float, method: OptimizerMethod) {
    precondition(number >= 1, "step \(number), but steps of optimizers count from 1")
    self.number = number
    self.rate = rate
    self.gradientScale = gradientScale
    switch method {
    case .adam(let beta1, let beta2, _), .adamW(let beta1, let beta2, _),
      .lamb(let beta1, let beta2, _):
      firstCorrection = 1 - pow(beta1, Double(number))
      secondCorrection = (1 - pow(beta2, Double(number))).squareRoot()
    case .sgd, .rmsProp, .lars:
      firstCorrection = 1
      secondCorrection = 1
    }
  }
}
