/// The learning rate as a pure function of the step.
///
/// Rate = base · ramp(step) · decay(step). The ramp is linear from the warm-up's start factor to 1.
/// `step` and `multiStep` count from step 0 (Goyal et al., "Accurate, large minibatch SGD", 2017);
/// the other decays begin when the warm-up ends and are stretched over what is left.
public struct Schedule: Hashable, Sendable {
  /// The rate that factors are multiplied with; the largest rate, in one-cycle too.
  public var base: Double
  /// T, the number of steps of the whole training.
  public var totalSteps: Int
  /// How the rate falls.
  public var decay: RateDecay
  /// W, the number of steps over which the rate rises; 0 for none.
  public var warmupSteps: Int
  /// The fraction of the base at step 0, if there is a warm-up.
  public var warmupFactor: Double

  /// A schedule for steps 0 ..< `totalSteps`.
  public init(
    base: Double, totalSteps: Int, decay: RateDecay = .constant, warmupSteps: Int = 0,
    warmupFactor: Double = 0.1
  ) {
    self.base = base
    self.totalSteps = totalSteps
    self.decay = decay
    self.warmupSteps = warmupSteps
    self.warmupFactor = warmupFactor
  }

  /// The learning rate of the step with index `step`, from 0.
  ///
  /// Steps past the end have the rate that the formula gives at the end.
  public func rate(at step: Int) -> Double {
    precondition(step >= 0, "the rate at step \(step)")
    let now = min(step, totalSteps)
    let factor = decay.factor(
      step: now, since: max(0, now - warmupSteps), of: max(1, totalSteps - warmupSteps))
    guard now < warmupSteps else { return base * factor }
    let ramp = warmupFactor + (1 - warmupFactor) * Double(now) / Double(warmupSteps)
    return base * ramp * factor
  }

  /// What is wrong with the numbers, in one line, if anything.
  public func check() throws(NetworkError) {
    if !(base >= 0 && base.isFinite) {
      throw NetworkError("learning rate \(base) is negative or not finite")
    }
    if totalSteps < 1 { throw NetworkError("a schedule of \(totalSteps) steps") }
    if warmupSteps < 0 || warmupSteps >= totalSteps && warmupSteps > 0 {
      throw NetworkError(
        "a warm-up of \(warmupSteps) steps in a training of \(totalSteps); shorten "
          + "schedule.warmup, or train longer")
    }
    if !(0...1).contains(warmupFactor) {
      throw NetworkError("the warm-up's factor \(warmupFactor) is not in 0 ... 1")
    }
    if let fault = decay.fault { throw NetworkError("schedule \(decay.name): \(fault)") }
  }

  /// The rate that suits another batch: in proportion to the number of samples of a step.
  ///
  /// Source: Goyal et al., 2017.
  public static func scaled(
    _ base: Double, globalBatch: Int, referenceBatch: Int = 256
  ) -> Double {
    base * Double(globalBatch) / Double(referenceBatch)
  }
}
