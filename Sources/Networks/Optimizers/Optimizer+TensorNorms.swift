import Kernels

/// The two sums over a block that tensors' norms are made of.
public struct BlockSums: Hashable, Sendable {
  /// Σ p².
  public var parameters: Double
  /// Σ of the squares of the gradient (LARS) or of the direction (LAMB).
  public var direction: Double

  /// The given sums.
  public init(parameters: Double, direction: Double) {
    self.parameters = parameters
    self.direction = direction
  }
}

/// Updates whose rate depends on whole tensors, in two phases: `prepare` every block, exchange the
/// sums, `reduceTensorNorms`, then `apply` to every block.
extension Optimizer {
  /// The first phase for one block; returns the sums to be exchanged.
  ///
  /// LAMB updates `first` and `second` and overwrites the gradient with the direction. LARS leaves
  /// everything as it is and takes the sums of the gradient before clipping, so that a reducer that
  /// takes them anyway can save the call. Frozen tensors and statistics give zeros.
  public func prepare(
    block: Int, parameters: Span<Float>, gradient: inout MutableSpan<Float>,
    first: inout MutableSpan<Float>, second: inout MutableSpan<Float>, at step: OptimizerStep
  ) -> BlockSums {
    let rule = rules[tensors[block]]
    guard case .learned = rule.kind else { return BlockSums(parameters: 0, direction: 0) }
    if tensorNorms == .directions {
      lambDirection(
        parameters: parameters, gradient: &gradient, firstMoment: &first, secondMoment: &second,
        decay: Float(rule.weightDecay), adamFactors(rule, at: step))
    }
    return BlockSums(
      parameters: sumOfSquares(of: parameters), direction: sumOfSquares(of: gradient.span))
  }

  /// Makes norms of sums: for each tensor those of its parameters and of its gradient or direction.
  ///
  /// - Parameters:
  ///   - sums: [blocks, 2], as `prepare` returned them, added in the order of blocks.
  ///   - norms: [tensors, 2], overwritten.
  public func reduceTensorNorms(of sums: Span<Double>, into norms: inout MutableSpan<Double>) {
    precondition(
      sums.count == 2 * tensors.count && norms.count == 2 * rules.count,
      "\(sums.count) sums of \(tensors.count) blocks, \(norms.count) norms of \(rules.count)")
    for i in 0..<norms.count { norms[i] = 0 }
    for block in 0..<tensors.count {
      norms[2 * tensors[block]] += sums[2 * block]
      norms[2 * tensors[block] + 1] += sums[2 * block + 1]
    }
    for i in 0..<norms.count { norms[i] = norms[i].squareRoot() }
  }

  /// The second phase for one block: updates the parameters.
  ///
  /// - Parameters:
  ///   - parameters, direction: the block's elements; what `prepare` left in the gradient's place.
  ///   - first: the block's momentum (LARS); not touched by LAMB.
  ///   - norms: [tensors, 2], by `reduceTensorNorms`.
  public func apply(
    block: Int, parameters: inout MutableSpan<Float>, direction: Span<Float>,
    first: inout MutableSpan<Float>, norms: Span<Double>, at step: OptimizerStep
  ) {
    let tensor = tensors[block]
    let rule = rules[tensor]
    switch rule.kind {
    case .frozen: return
    case .statistic(let momentum):
      averageUpdate(&parameters, with: direction, keep: 1 - momentum, take: momentum)
    case .learned:
      let ratio = rateRatio(rule, norms[2 * tensor], norms[2 * tensor + 1], at: step)
      switch settings.method {
      case .lars(let momentum, _):
        let factors = sgdFactors(rule, momentum: momentum, rate: step.rate * ratio, at: step)
        larsUpdate(parameters: &parameters, gradient: direction, velocity: &first, factors)
      case .lamb:
        let factors = SGDFactors(
          gradientScale: 1, decay: 0, momentum: 0,
          rate: Float(step.rate * rule.rateFactor * ratio))
        sgdUpdate(parameters: &parameters, gradient: direction, factors)
      case .sgd, .adam, .adamW, .rmsProp:
        preconditionFailure("\(settings.method.name) needs update in place of prepare and apply")
      }
    }
  }

  /// What a tensor's rate is multiplied with: 1 where it does not adapt or a norm is zero.
  ///
  /// LARS: c·‖p‖ / (‖s·g‖ + λ·‖p‖), where s·g is the clipped gradient; LAMB: ‖p‖ / ‖direction‖.
  private func rateRatio(
    _ rule: TensorRule, _ parameterNorm: Double, _ directionNorm: Double, at step: OptimizerStep
  ) -> Double {
    guard rule.adapts, parameterNorm > 0, directionNorm > 0 else { return 1 }
    guard case .lars(_, let coefficient) = settings.method else {
      return parameterNorm / directionNorm
    }
    let gradientNorm = Double(step.gradientScale) * directionNorm
    return coefficient * parameterNorm / (gradientNorm + rule.weightDecay * parameterNorm)
  }
}
