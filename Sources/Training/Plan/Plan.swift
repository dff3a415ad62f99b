import Datasets
public import Kernels

extension Convolution.Policy: Codable {}

/// Everything that a user decides about a run: one YAML file of small sections.
///
/// What the file leaves out is filled in before decoding (`PlanSource`), so a plan is complete.
public struct Plan: Codable, Sendable {
  /// Which network to train.
  public var network: NetworkPlan
  /// On which samples.
  public var data: DataPlan
  /// What is done to training images.
  public var augmentation: TransformList
  /// What all random numbers depend on.
  public var seed: UInt64
  /// The length of training, in steps; or `epochs`.
  public var steps: Int?
  /// The length of training, in epochs; or `steps`.
  public var epochs: Double?
  /// How many samples make a step and a micro-batch.
  public var batch: BatchPlan
  /// How parameters follow gradients.
  public var optimizer: OptimizerPlan
  /// How the learning rate follows the step.
  public var schedule: SchedulePlan
  /// What is done to gradients and weights around the optimizer.
  public var update: UpdatePlan
  /// Parameters that are treated apart.
  public var groups: [GroupPlan]
  /// What is made small.
  public var loss: LossPlan
  /// What becomes of a step that goes wrong.
  public var divergence: DivergencePlan
  /// Whether convolutions may take the fastest way, or only the reference.
  public var convolution: Convolution.Policy
  /// When and on what to evaluate.
  public var evaluation: EvaluationPlan
  /// When to save and what to keep.
  public var checkpoint: CheckpointPlan
  /// When to log, and how gradients travel.
  public var run: RunPlan

  enum CodingKeys: String, CodingKey, CaseIterable {
    case network, data, augmentation, seed, steps, epochs, batch, optimizer, schedule, update
    case groups, loss, divergence, convolution, evaluation, checkpoint, run
  }

  /// Reads a plan; unknown keys and impossible values are errors.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.strictContainer(keyedBy: CodingKeys.self)
    network = try keys.decode(NetworkPlan.self, forKey: .network)
    data = try keys.decode(DataPlan.self, forKey: .data)
    augmentation = try keys.transforms(.augmentation, for: .training)
    seed = try keys.value(.seed, default: 1)
    steps = try keys.decodeIfPresent(Int.self, forKey: .steps)
    epochs = try keys.decodeIfPresent(Double.self, forKey: .epochs)
    batch = try keys.decode(BatchPlan.self, forKey: .batch)
    optimizer = try keys.decode(OptimizerPlan.self, forKey: .optimizer)
    schedule = try keys.decode(SchedulePlan.self, forKey: .schedule)
    update = try keys.decode(UpdatePlan.self, forKey: .update)
    groups = try keys.value(.groups, default: [])
    loss = try keys.decode(LossPlan.self, forKey: .loss)
    divergence = try keys.decode(DivergencePlan.self, forKey: .divergence)
    convolution = try keys.word(.convolution, default: .fast)
    evaluation = try keys.decode(EvaluationPlan.self, forKey: .evaluation)
    checkpoint = try keys.decode(CheckpointPlan.self, forKey: .checkpoint)
    run = try keys.decode(RunPlan.self, forKey: .run)
    if steps != nil && epochs != nil {
      throw PlanError("plan: steps and epochs are both given; keep one of them")
    }
    if letsEvaluationsDecide, evaluation.every.count == 0 {
      throw PlanError(
        "plan: evaluation.every: is 0, but evaluation.patience or schedule plateau decide by "
          + "evaluations; set it to 1 epoch")
    }
    if let steps { try keys.check(steps, .steps, in: 1...1_000_000_000, "from 1 to 1000000000") }
    if let epochs, !(epochs > 0 && epochs < 1e6) {
      throw PlanError("plan: epochs: is \(epochs), must be above 0 and below 1000000")
    }
  }

  /// The length of training.
  var length: Interval { steps.map(Interval.steps) ?? .epochs(epochs ?? 1) }
}
