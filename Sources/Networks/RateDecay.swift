#if canImport(Glibc)
  import Glibc
#endif

/// How a learning rate falls; with t = step, or steps since the warm-up, and n steps to go then.
///
/// Without warm-up each case gives the rates of PyTorch's scheduler of that name, stepped once a
/// step.
public enum RateDecay: Hashable, Sendable {
  /// 1.
  case constant
  /// factor^⌊step / every⌋.
  case step(every: Int, factor: Double = 0.1)
  /// factor^(how many of the steps `at` have been reached).
  case multiStep(at: [Int], factor: Double = 0.1)
  /// factor^(t / every), smoothly: `factor` every so many steps.
  case exponential(factor: Double, every: Int = 1)
  /// end + (1 − end)·(1 − t/n)^power.
  case polynomial(power: Double = 1, end: Double = 0)
  /// end + (1 − end)·(1 + cos(π·t/n)) / 2 (Loshchilov and Hutter, "SGDR", 2017).
  case cosine(end: Double = 0)
  /// From 1/start up to 1 during the fraction `rise` of the steps, then down to 1/(start·end), both
  /// as half a cosine (Smith and Topin, "Super-convergence", 2018; PyTorch's `OneCycleLR`).
  case oneCycle(rise: Double = 0.3, start: Double = 25, end: Double = 1e4)

  /// What plans call the decays.
  public static let names = [
    "constant", "step", "multi_step", "exponential", "polynomial", "cosine", "one_cycle",
  ]

  /// What plans call it.
  public var name: String {
    switch self {
    case .constant: "constant"
    case .step: "step"
    case .multiStep: "multi_step"
    case .exponential: "exponential"
    case .polynomial: "polynomial"
    case .cosine: "cosine"
    case .oneCycle: "one_cycle"
    }
  }

  /// The fraction of the base rate at `step`, which is `t` of the `n` steps after the warm-up.
  func factor(step: Int, since t: Int, of n: Int) -> Double {
    switch self {
    case .constant: 1
    case .step(let every, let factor): pow(factor, Double(step / every))
    case .multiStep(let milestones, let factor):
      pow(factor, Double(milestones.count { $0 <= step }))
    case .exponential(let factor, let every): pow(factor, Double(t) / Double(every))
    case .polynomial(let power, let end):
      end + (1 - end) * pow(1 - Double(t) / Double(n), power)
    case .cosine(let end): halfCosine(from: 1, to: end, at: Double(t) / Double(n))
    case .oneCycle(let rise, let start, let end):
      oneCycleFactor(t: t, n: n, rise: rise, low: 1 / start, last: 1 / (start * end))
    }
  }

  /// What is wrong with the numbers, if anything.
  var fault: String? {
    switch self {
    case .constant: nil
    case .step(let every, let factor), .exponential(let factor, let every):
      every < 1 ? "every \(every) steps" : Self.fault(factor: factor)
    case .multiStep(let milestones, let factor):
      milestones.contains { $0 < 0 }
        ? "steps \(milestones) before the first" : Self.fault(factor: factor)
    case .polynomial(let power, let end):
      power >= 0 && power.isFinite ? Self.fault(end: end) : "power \(power) is negative"
    case .cosine(let end): Self.fault(end: end)
    case .oneCycle(let rise, let start, let end):
      !(0...1).contains(rise)
        ? "rise \(rise) is not in 0 ... 1"
        : start >= 1 && end >= 1 ? nil : "start \(start) or end \(end) is below 1"
    }
  }

  private static func fault(factor: Double) -> String? {
    factor > 0 && factor.isFinite ? nil : "factor \(factor) is not above 0"
  }

  private static func fault(end: Double) -> String? {
    (0...1).contains(end) ? nil : "end \(end) is not in 0 ... 1"
  }
}

/// PyTorch's phases: the peak is at rise·n − 1, the end at n − 1.
private func oneCycleFactor(t: Int, n: Int, rise: Double, low: Double, last: Double) -> Double {
  let peak = rise * Double(n) - 1
  let now = min(Double(t), Double(n - 1))
  if now <= peak {
    return peak == 0 ? 1 : halfCosine(from: low, to: 1, at: now / peak)
  }
  return halfCosine(from: 1, to: last, at: (now - peak) / (Double(n - 1) - peak))
}

/// The way from `a` to `b` along half a period of a cosine, at `progress` from 0 to 1.
private func halfCosine(from a: Double, to b: Double, at progress: Double) -> Double {
  b + (a - b) / 2 * (1 + cos(.pi * progress))
}
