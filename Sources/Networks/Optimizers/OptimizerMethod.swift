/// How an update is made from a gradient; each case has PyTorch's form where PyTorch has one.
public enum OptimizerMethod: Hashable, Sendable {
  /// v ← μv + g, p ← p − ηv, without dampening; Nesterov takes g + μv in place of v.
  case sgd(momentum: Double = 0.9, nesterov: Bool = false)
  /// Kingma and Ba, 2015; weight decay is added to the gradient.
  case adam(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)
  /// Loshchilov and Hutter, 2019; weight decay shrinks the parameters, apart from the gradient.
  case adamW(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)
  /// Tieleman and Hinton, 2012; ε outside the root, the average not centred.
  case rmsProp(smoothing: Double = 0.99, epsilon: Double = 1e-8, momentum: Double = 0)
  /// You, Gitman, Ginsburg, 2017: each tensor's rate is scaled by coefficient·‖p‖ / (‖g‖ + λ‖p‖).
  case lars(momentum: Double = 0.9, coefficient: Double = 0.001)
  /// You et al., 2020: Adam's direction, scaled for each tensor to the norm of its parameters.
  case lamb(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-6)

  /// Every method with its usual settings.
  public static let all: [OptimizerMethod] = [
    .sgd(), .adam(), .adamW(), .rmsProp(), .lars(), .lamb(),
  ]

  /// What plans call the method.
  public var name: String {
    switch self {
    case .sgd: "sgd"
    case .adam: "adam"
    case .adamW: "adamw"
    case .rmsProp: "rmsprop"
    case .lars: "lars"
    case .lamb: "lamb"
    }
  }

  /// The arrays that the method keeps, each laid out as the parameters are; at most two.
  public var stateNames: [String] {
    switch self {
    case .sgd(let momentum, _): momentum == 0 ? [] : ["momentum"]
    case .adam, .adamW, .lamb: ["first_moment", "second_moment"]
    case .rmsProp(_, _, let momentum):
      momentum == 0 ? ["square_average"] : ["square_average", "momentum"]
    case .lars: ["momentum"]
    }
  }

  /// Whose norms, tensor by tensor, an update needs besides the parameters'.
  public var tensorNorms: TensorNorms {
    switch self {
    case .lars: .gradients
    case .lamb: .directions
    case .sgd, .adam, .adamW, .rmsProp: .none
    }
  }

  /// What is wrong with the settings, if anything.
  var fault: String? {
    switch self {
    case .sgd(let momentum, let nesterov):
      if nesterov && momentum == 0 { return "nesterov needs a momentum above 0" }
      return Self.fault(fraction: momentum, "momentum")
    case .adam(let beta1, let beta2, let epsilon), .adamW(let beta1, let beta2, let epsilon),
      .lamb(let beta1, let beta2, let epsilon):
      return Self.fault(fraction: beta1, "beta1") ?? Self.fault(fraction: beta2, "beta2")
        ?? Self.fault(epsilon: epsilon)
    case .rmsProp(let smoothing, let epsilon, let momentum):
      return Self.fault(fraction: smoothing, "smoothing") ?? Self.fault(epsilon: epsilon)
        ?? Self.fault(fraction: momentum, "momentum")
    case .lars(let momentum, let coefficient):
      if !(coefficient > 0) { return "coefficient \(coefficient) is not above 0" }
      return Self.fault(fraction: momentum, "momentum")
    }
  }

  private static func fault(fraction: Double, _ name: String) -> String? {
    (0..<1).contains(fraction) ? nil : "\(name) \(fraction) is not in 0 ..< 1"
  }

  /// Zero would make 0/0 of the padding; less than the smallest Float would be zero.
  private static func fault(epsilon: Double) -> String? {
    epsilon.isFinite && Float(epsilon) > 0 ? nil : "epsilon \(epsilon) is not above 0"
  }
}

/// The tensors' norms that an optimizer needs besides those of the parameters.
public enum TensorNorms: Sendable {
  /// None at all: `update` is called alone.
  case none
  /// Those of the gradients, before clipping: `apply` needs them; they may be exchanged together
  /// with the sums that the global norm is made of.
  case gradients
  /// Those of the directions that `prepare` leaves in the gradient's place, after clipping.
  case directions
}
