import Kernels
import Networks
import Storage

// What a recipe's sections mean in terms of networks, losses, optimizers and schedules.

extension Recipe {
  /// Throws the first thing that is wrong with a part, given the data.
  func check() throws {
    let layout = try makeNetwork().parameterLayout().layout
    _ = try makeLoss()
    _ = try makeViews()
    _ = try makeOptimizer(layout)
    _ = try makeSchedule()
  }

  /// The network for the recipe's images and classes, its convolutions computed as it asks.
  func makeNetwork() throws -> Network {
    let network = try describedNetwork(try inputShape())
    return convolution == .exact ? network.exact : network
  }

  private func describedNetwork(_ input: Shape) throws(NetworkError) -> Network {
    guard let layers = network.layers else {
      return try NetworkCatalogue.network(
        named: network.name, input: input, classes: data.classes, dropout: network.dropout)
    }
    let description = NetworkDescription(
      layers.map {
        LayerDescription(layer: $0.layer, name: $0.name, inputs: $0.inputs, arguments: $0.arguments)
      })
    let result = try description.network(named: network.name, input: input)
    guard result.output.shape == [data.classes] else {
      throw NetworkError(
        "network \(network.name): its output is \(result.output.shape), the data have "
          + "\(data.classes) classes; end it with {layer: dense, outputs: \(data.classes)}")
    }
    return result
  }

  /// What is made small.
  func makeLoss() throws(PlanError) -> Loss {
    switch loss.name {
    case .crossEntropy:
      let weights = loss.classWeights
      guard weights.isEmpty || weights.count == data.classes else {
        throw PlanError(
          "plan: loss.class_weights: \(weights.count) weights for \(data.classes) classes")
      }
      return .softmaxCrossEntropy(labelSmoothing: loss.labelSmoothing, classWeights: weights)
    case .binaryCrossEntropy: return .binaryCrossEntropy
    case .meanSquaredError: return .meanSquaredError
    }
  }

  /// How the rate follows the step.
  func makeSchedule() throws(NetworkError) -> Schedule {
    let base =
      batch.reference.map {
        Schedule.scaled(optimizer.lr, globalBatch: batch.global, referenceBatch: $0)
      } ?? optimizer.lr
    let schedule = Schedule(
      base: base, totalSteps: steps, decay: rateDecay, warmupSteps: Int(schedule.warmup.count))
    try schedule.check()
    return schedule
  }

  private var rateDecay: RateDecay {
    let every = Int(schedule.every.count)
    switch schedule.name {
    // A plateau's falls are decided while running: `Decisions.rateFactor`.
    case .constant, .plateau: return .constant
    case .step: return .step(every: every, factor: schedule.factor)
    case .multiStep:
      return .multiStep(at: schedule.milestones.map { Int($0.count) }, factor: schedule.factor)
    case .exponential: return .exponential(factor: schedule.factor, every: every)
    case .polynomial: return .polynomial(power: schedule.power, end: schedule.final)
    case .cosine: return .cosine(end: schedule.final)
    case .oneCycle:
      return .oneCycle(
        rise: schedule.power, start: 1 / schedule.factor,
        end: schedule.factor / max(schedule.final, 1e-12))
    }
  }

  /// How parameters follow gradients.
  func makeOptimizer(_ layout: ParameterLayout) throws(NetworkError) -> Optimizer {
    let settings = OptimizerSettings(
      optimizerMethod, weightDecay: optimizer.weightDecay, decayAll: update.decayAll)
    let groups = groups.map {
      ParameterGroup(
        $0.match, rateFactor: $0.lrFactor, weightDecay: $0.weightDecay, frozen: $0.frozen)
    }
    return try Optimizer(settings, layout: layout, groups: groups)
  }

  private var optimizerMethod: OptimizerMethod {
    let (beta1, beta2) = (optimizer.betas[0], optimizer.betas[1])
    let epsilon = optimizer.epsilon
    switch optimizer.name {
    case .sgd: return .sgd(momentum: optimizer.momentum, nesterov: optimizer.nesterov)
    case .adam: return .adam(beta1: beta1, beta2: beta2, epsilon: epsilon)
    case .adamw: return .adamW(beta1: beta1, beta2: beta2, epsilon: epsilon)
    case .rmsprop:
      return .rmsProp(smoothing: beta2, epsilon: epsilon, momentum: optimizer.momentum)
    case .lars: return .lars(momentum: optimizer.momentum)
    case .lamb: return .lamb(beta1: beta1, beta2: beta2, epsilon: epsilon)
    }
  }
}
