import Kernels
import Testing

/// Updates of a block against plain loops: every operation rounds by itself, so bits are equal.
@Suite struct UpdateTests {
  /// What an update reads and writes; moments of squares are not negative.
  private struct Arrays {
    var p: [Float]
    var g: [Float]
    var v: [Float]
    var s: [Float]

    init(_ count: Int) {
      p = numbers(count, seed: 1)
      g = numbers(count, seed: 2)
      v = numbers(count, seed: 3)
      s = numbers(count, seed: 4).map { $0 * $0 }
    }
  }

  private let sgd = SGDFactors(gradientScale: 0.7, decay: 1e-2, momentum: 0.9, rate: 0.1)
  private let adam = AdamFactors(
    gradientScale: 0.7, coupledDecay: 1e-2, shrinkage: 0.999, firstComplement: 0.1,
    secondDecay: 0.999, secondComplement: 1e-3, secondCorrection: 3, epsilon: 1e-8, stepSize: 0.1)
  private let rmsProp = RMSPropFactors(
    gradientScale: 0.7, decay: 1e-2, smoothing: 0.99, smoothingComplement: 0.01, epsilon: 1e-8,
    momentum: 0.9, rate: 0.1)

  @Test(arguments: [16, 48, 4080, 4096])
  func `plain descent`(count: Int) {
    var other = Arrays(count)
    var oneP = other.p
    var p = oneP.mutableSpan
    sgdUpdate(parameters: &p, gradient: other.g.span, sgd)
    for i in 0..<count {
      other.p[i] -= sgd.rate * (sgd.gradientScale * other.g[i] + sgd.decay * other.p[i])
    }
    #expect(oneP == other.p)
  }

  @Test(arguments: [16, 48, 4080, 4096])
  func `momentum, Nesterov's and LARS's`(count: Int) {
    for form in 0..<3 {
      var other = Arrays(count)
      var (oneP, oneV) = (other.p, other.v)
      var p = oneP.mutableSpan
      var v = oneV.mutableSpan
      switch form {
      case 0: momentumUpdate(parameters: &p, gradient: other.g.span, velocity: &v, sgd)
      case 1: nesterovUpdate(parameters: &p, gradient: other.g.span, velocity: &v, sgd)
      default: larsUpdate(parameters: &p, gradient: other.g.span, velocity: &v, sgd)
      }
      for i in 0..<count {
        let gradient = sgd.gradientScale * other.g[i] + sgd.decay * other.p[i]
        let velocity = sgd.momentum * other.v[i] + (form == 2 ? sgd.rate * gradient : gradient)
        other.v[i] = velocity
        switch form {
        case 0: other.p[i] -= sgd.rate * velocity
        case 1: other.p[i] -= sgd.rate * (gradient + sgd.momentum * velocity)
        default: other.p[i] -= velocity
        }
      }
      #expect(oneP == other.p && oneV == other.v, "form \(form)")
    }
  }

  /// Moves the moments of one element as Adam does; returns m / (√s·κ + ε).
  private func adapt(_ arrays: inout Arrays, _ i: Int, _ gradient: Float) -> Float {
    let first = arrays.v[i] + adam.firstComplement * (gradient - arrays.v[i])
    let second = adam.secondDecay * arrays.s[i] + adam.secondComplement * (gradient * gradient)
    arrays.v[i] = first
    arrays.s[i] = second
    return first / (second.squareRoot() * adam.secondCorrection + adam.epsilon)
  }

  @Test(arguments: [16, 48, 4080, 4096])
  func `Adam's update and LAMB's direction`(count: Int) {
    var other = Arrays(count)
    var (oneP, oneG, oneV, oneS) = (other.p, other.g, other.v, other.s)
    var p = oneP.mutableSpan
    var m = oneV.mutableSpan
    var s = oneS.mutableSpan
    adamUpdate(
      parameters: &p, gradient: other.g.span, firstMoment: &m, secondMoment: &s, adam)
    for i in 0..<count {
      let gradient = adam.gradientScale * other.g[i] + adam.coupledDecay * other.p[i]
      let direction = adapt(&other, i, gradient)
      other.p[i] = adam.shrinkage * other.p[i] - adam.stepSize * direction
    }
    #expect(oneP == other.p && oneV == other.v && oneS == other.s)

    other = Arrays(count)
    (oneP, oneG, oneV, oneS) = (other.p, other.g, other.v, other.s)
    var g = oneG.mutableSpan
    m = oneV.mutableSpan
    s = oneS.mutableSpan
    lambDirection(
      parameters: other.p.span, gradient: &g, firstMoment: &m, secondMoment: &s, decay: 0.3, adam)
    for i in 0..<count {
      let direction = adapt(&other, i, adam.gradientScale * other.g[i])
      other.g[i] = adam.stepSize * direction + 0.3 * other.p[i]
    }
    #expect(oneG == other.g && oneV == other.v && oneS == other.s)
  }

  @Test(arguments: [16, 48, 4080, 4096])
  func `RMSprop, with and without momentum`(count: Int) {
    for momentum in [false, true] {
      var other = Arrays(count)
      var (oneP, oneV, oneS) = (other.p, other.v, other.s)
      var p = oneP.mutableSpan
      var s = oneS.mutableSpan
      var v = oneV.mutableSpan
      if momentum {
        rmsPropMomentumUpdate(
          parameters: &p, gradient: other.g.span, squareAverage: &s, velocity: &v, rmsProp)
      } else {
        rmsPropUpdate(parameters: &p, gradient: other.g.span, squareAverage: &s, rmsProp)
      }
      for i in 0..<count {
        let gradient = rmsProp.gradientScale * other.g[i] + rmsProp.decay * other.p[i]
        other.s[i] =
          rmsProp.smoothing * other.s[i] + rmsProp.smoothingComplement * (gradient * gradient)
        var direction = gradient / (other.s[i].squareRoot() + rmsProp.epsilon)
        if momentum {
          direction += rmsProp.momentum * other.v[i]
          other.v[i] = direction
        }
        other.p[i] -= rmsProp.rate * direction
      }
      #expect(oneP == other.p && oneS == other.s && oneV == other.v, "momentum \(momentum)")
    }
  }

  @Test(arguments: [16, 48, 4080, 4096])
  func `a moving average`(count: Int) {
    var average = numbers(count, seed: 5)
    let (before, x) = (average, numbers(count, seed: 6))
    var span = average.mutableSpan
    averageUpdate(&span, with: x.span, keep: 0.9, take: 0.1)
    #expect(average == zip(before, x).map { 0.9 * $0 + 0.1 * $1 })
  }
}
