import Kernels
import Storage

/// Turns gradients into new parameters, block by block.
///
/// It holds no state: whoever owns a block of the parameters owns the same block of the arrays in
/// `stateNames`, all zero before the first step. An update of a block is one call of one kernel, so
/// that it has the same bits whoever makes it. Nothing is allocated after `init`.
public struct Optimizer: Sendable {
  /// How updates are made.
  public let settings: OptimizerSettings
  let rules: [TensorRule]
  /// For each block the tensor it belongs to.
  let tensors: [Int]

  /// An optimizer for parameters laid out as `layout`.
  ///
  /// A tensor belongs to the first of the `groups` that contains it. Throws if a setting makes no
  /// sense, a group contains nothing, or nothing is left to learn.
  public init(
    _ settings: OptimizerSettings, layout: ParameterLayout, groups: [ParameterGroup] = []
  ) throws(NetworkError) {
    if let fault = settings.method.fault {
      throw NetworkError("optimizer \(settings.method.name): \(fault)")
    }
    if !(settings.weightDecay >= 0 && settings.weightDecay.isFinite) {
      throw NetworkError("weight decay \(settings.weightDecay) is negative or not finite")
    }
    let names = layout.tensors.map(\.name)
    for group in groups {
      if let fault = group.fault(for: names) { throw NetworkError(fault) }
    }
    self.settings = settings
    rules = layout.tensors.map { TensorRule($0, settings: settings, groups: groups) }
    tensors = layout.blocks.map(\.tensor)
    if !rules.contains(where: \.learns) {
      throw NetworkError("all parameters are frozen: nothing is left to learn")
    }
  }

  /// Whether a block follows its gradient, which then counts in the gradient's norm; frozen tensors
  /// and running statistics do not.
  public func learns(block: Int) -> Bool { rules[tensors[block]].learns }

  /// The arrays that are kept from step to step: none, `first`, or `first` and `second`.
  public var stateNames: [String] { settings.method.stateNames }

  /// Whose norms an update needs; if any, `prepare` and `apply` take the place of `update`.
  public var tensorNorms: TensorNorms { settings.method.tensorNorms }

  /// The step with the given number, from 1, at the learning rate of the schedule.
  public func step(
    _ number: Int, rate: Double, gradientScale: Float = 1
  ) -> OptimizerStep {
    OptimizerStep(number, rate: rate, gradientScale: gradientScale, method: settings.method)
  }

  /// Updates one block of parameters and its state.
  ///
  /// Statistics take r ← (1 − m)·r + m·s, with the gradient's place holding s; frozen tensors stay.
  ///
  /// - Parameters:
  ///   - parameters, gradient: the block's elements with padding; the gradient is the mean over the
  ///     step's micro-batches.
  ///   - first, second: the block's state, empty where `stateNames` has none.
  public func update(
    block: Int, parameters: inout MutableSpan<Float>, gradient: Span<Float>,
    first: inout MutableSpan<Float>, second: inout MutableSpan<Float>, at step: OptimizerStep
  ) {
    let rule = rules[tensors[block]]
    switch rule.kind {
    case .frozen: return
    case .statistic(let momentum):
      averageUpdate(&parameters, with: gradient, keep: 1 - momentum, take: momentum)
    case .learned:
      updateLearned(
        rule, parameters: &parameters, gradient: gradient, first: &first, second: &second, at: step)
    }
  }

  private func updateLearned(
    _ rule: TensorRule, parameters: inout MutableSpan<Float>, gradient: Span<Float>,
    first: inout MutableSpan<Float>, second: inout MutableSpan<Float>, at step: OptimizerStep
  ) {
    switch settings.method {
    case .sgd(let momentum, let nesterov):
      let factors = sgdFactors(rule, momentum: momentum, rate: step.rate, at: step)
      if momentum == 0 {
        sgdUpdate(parameters: &parameters, gradient: gradient, factors)
      } else if nesterov {
        nesterovUpdate(parameters: &parameters, gradient: gradient, velocity: &first, factors)
      } else {
        momentumUpdate(parameters: &parameters, gradient: gradient, velocity: &first, factors)
      }
    case .adam, .adamW:
      adamUpdate(
        parameters: &parameters, gradient: gradient, firstMoment: &first, secondMoment: &second,
        adamFactors(rule, at: step))
    case .rmsProp(let smoothing, let epsilon, let momentum):
      let factors = RMSPropFactors(
        gradientScale: step.gradientScale, decay: Float(rule.weightDecay),
        smoothing: Float(smoothing), smoothingComplement: Float(1 - smoothing),
        epsilon: Float(epsilon), momentum: Float(momentum),
        rate: Float(step.rate * rule.rateFactor))
      if momentum == 0 {
        rmsPropUpdate(
          parameters: &parameters, gradient: gradient, squareAverage: &first, factors)
      } else {
        rmsPropMomentumUpdate(
          parameters: &parameters, gradient: gradient, squareAverage: &first, velocity: &second,
          factors)
      }
    case .lars, .lamb:
      preconditionFailure("\(settings.method.name) needs prepare and apply in place of update")
    }
  }
}
