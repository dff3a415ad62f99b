public import Datasets
import FoundationEssentials
public import Kernels
import Storage

/// The part of a plan that changes the result, with everything decided.
///
/// Two runs with equal recipes end in the same bytes, on any number of processes. It is stored in
/// one canonical form: JSON with sorted keys.
public struct Recipe: Codable, Sendable {
  /// The samples, by content.
  public struct Samples: Codable, Sendable {
    /// The digest of the whole data set.
    public var digest: String
    /// The training samples of an epoch.
    public var samples: Int
    /// How many more are held out.
    public var validation: Int
    /// [H, W, C] of an image.
    public var shape: [Int]
    /// The number of classes.
    public var classes: Int
    /// How image files were brought to that shape; nil where the samples came in it.
    public var resize: ResizeRule?

    /// Samples of the given content.
    public init(
      digest: String, samples: Int, validation: Int, shape: [Int], classes: Int,
      resize: ResizeRule? = nil
    ) {
      self.digest = digest
      self.samples = samples
      self.validation = validation
      self.shape = shape
      self.classes = classes
      self.resize = resize
    }
  }

  /// The version of this form that this program writes.
  private static let format = 1

  /// The version of this form.
  public var format = Self.format
  /// Which network.
  public var network: NetworkPlan
  /// On which samples.
  public var data: Samples
  /// What is done to training images; nil for nothing.
  public var augmentation: TransformList?
  /// What is done to images before they are evaluated; nil for nothing.
  public var evaluationTransforms: TransformList?
  /// Which views of each image an evaluation judges together; nil for the image alone.
  public var evaluationViews: TestTimeViews?
  /// What all random numbers depend on.
  public var seed: UInt64
  /// The number of steps of the whole run.
  public var steps: Int
  /// How many samples make a step and a micro-batch.
  public var batch: BatchPlan
  /// How parameters follow gradients.
  public var optimizer: OptimizerPlan
  /// How the rate follows the step; intervals in steps.
  public var schedule: SchedulePlan
  /// What is done to gradients and weights around the optimizer.
  public var update: UpdatePlan
  /// Parameters that are treated apart.
  public var groups: [GroupPlan]
  /// What is made small.
  public var loss: LossPlan
  /// After how many samples each is evaluated if the best checkpoint is kept, 0 for only at the
  /// end: it decides which that is.
  public var bestOfEvaluations: Int?
  /// What else evaluations decide; nil for nothing.
  public var monitoring: Monitoring?
  /// What becomes of damaged data, where that is not the end of the run.
  public var onDamaged: DamagePolicy?
  /// Which convolution kernels.
  public var convolution: Convolution.Policy
  /// What happens when the loss is not finite.
  public var nonFinite = DivergencePlan.Policy.stop
  /// The rest of that, where a plan says anything of it.
  public var divergence: DivergencePlan?
  /// After how many samples each there is a checkpoint to go back to; nil if none is needed.
  public var checkpointsToGoBackTo: Int?

  /// What `plan` comes to on the given data.
  public init(_ plan: Plan, data: Samples) {
    network = plan.network
    self.data = data
    if !plan.augmentation.isEmpty { augmentation = plan.augmentation }
    if !plan.evaluation.transforms.isEmpty { evaluationTransforms = plan.evaluation.transforms }
    if plan.evaluation.views != .single { evaluationViews = plan.evaluation.views }
    seed = plan.seed
    batch = plan.batch
    let steps = plan.length.inSteps(samples: data.samples, batch: plan.batch.global)
    self.steps = Int(steps.count)
    optimizer = plan.optimizer
    schedule = plan.schedule.inSteps(samples: data.samples, batch: plan.batch.global)
    update = plan.update
    groups = plan.groups
    loss = plan.loss
    convolution = plan.convolution
    nonFinite = plan.divergence.policy
    divergence = plan.divergence.isUsual ? nil : plan.divergence
    if nonFinite == .rollback {
      checkpointsToGoBackTo =
        plan.checkpoint.every.recurrence(samples: data.samples, batch: plan.batch.global).samples
    }
    let evaluations = plan.evaluation.every.recurrence(
      samples: data.samples, batch: plan.batch.global)
    if plan.checkpoint.best { bestOfEvaluations = evaluations.samples }
    monitoring = Self.monitoring(plan, every: evaluations.samples)
    onDamaged = plan.data.onDamaged == .stop ? nil : plan.data.onDamaged
  }

  /// The canonical form: JSON with sorted keys, on one line.
  public func canonicalText() -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let bytes = try? encoder.encode(self) else {
      preconditionFailure("a recipe holds a number that is not finite")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The recipe of a canonical form.
  public init(canonicalText text: String) throws(PlanError) {
    do {
      self = try JSONDecoder().decode(Recipe.self, from: Data(text.utf8))
    } catch {
      throw PlanError("the recipe in the checkpoint is not readable by this version: \(error)")
    }
    guard format == Self.format else {
      throw PlanError(
        "the recipe in the checkpoint is of format \(format), this program reads \(Self.format); "
          + "use the version that wrote it")
    }
  }

  /// The first eight hexadecimal digits of the digest of the canonical form.
  public var shortDigest: String {
    let digest = SHA256Digest(of: canonicalText())
    return String(digest.description.prefix(8))
  }
}
