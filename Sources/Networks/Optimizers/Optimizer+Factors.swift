import Kernels

extension Optimizer {
  /// The factors of SGD or LARS for a tensor, at `rate` times the tensor's own factor.
  func sgdFactors(
    _ rule: TensorRule, momentum: Double, rate: Double, at step: OptimizerStep
  ) -> SGDFactors {
    SGDFactors(
      gradientScale: step.gradientScale, decay: Float(rule.weightDecay), momentum: Float(momentum),
      rate: Float(rate * rule.rateFactor))
  }

  /// The factors of Adam, AdamW or LAMB for a tensor.
  func adamFactors(_ rule: TensorRule, at step: OptimizerStep) -> AdamFactors {
    let rate = step.rate * rule.rateFactor
    switch settings.method {
    case .adam(let beta1, let beta2, let epsilon):
      return AdamFactors(
        gradientScale: step.gradientScale, coupledDecay: Float(rule.weightDecay), shrinkage: 1,
        firstComplement: Float(1 - beta1), secondDecay: Float(beta2),
        secondComplement: Float(1 - beta2), secondCorrection: Float(1 / step.secondCorrection),
        epsilon: Float(epsilon), stepSize: Float(rate / step.firstCorrection))
    case .adamW(let beta1, let beta2, let epsilon):
      return AdamFactors(
        gradientScale: step.gradientScale, coupledDecay: 0,
        shrinkage: Float(1 - rate * rule.weightDecay), firstComplement: Float(1 - beta1),
        secondDecay: Float(beta2), secondComplement: Float(1 - beta2),
        secondCorrection: Float(1 / step.secondCorrection), epsilon: Float(epsilon),
        stepSize: Float(rate / step.firstCorrection))
    case .lamb(let beta1, let beta2, let epsilon):
      return AdamFactors(
        gradientScale: step.gradientScale, coupledDecay: 0, shrinkage: 1,
        firstComplement: Float(1 - beta1), secondDecay: Float(beta2),
        secondComplement: Float(1 - beta2), secondCorrection: Float(1 / step.secondCorrection),
        epsilon: Float(epsilon), stepSize: Float(1 / step.firstCorrection))
    case .sgd, .rmsProp, .lars:
      preconditionFailure("\(settings.method.name) has no moments")
    }
  }
}
