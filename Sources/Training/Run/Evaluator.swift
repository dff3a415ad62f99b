import Collectives
import Datasets
import Journal
import Networks
import Storage

/// The sets of samples that a run is evaluated on, each cut into this rank's share.
struct Evaluator {
  /// One set of samples.
  struct Set {
    /// `test`, or `validation`.
    let name: String
    let store: SampleStore
    /// What is done to its images; several lists where views of each are judged together.
    let views: [Augmentation]
    let normalization: Normalization
    /// One for each view.
    let readers: [EvaluationReader]
    /// The micro-batches of each rank.
    let runs: Runs
  }

  private(set) var sets: [Set] = []

  /// Adds all samples of a store, or the given ones.
  mutating func add(
    _ name: String, _ store: SampleStore, samples: [UInt32]? = nil,
    views: [Augmentation] = [.none], normalization: Normalization, microBatch: Int,
    onDamaged: DamagePolicy = .stop, in world: World
  ) {
    let total = EvaluationReader.microBatchCount(
      samples: samples?.count ?? store.count, microBatch: microBatch)
    let runs = Runs(sharing: total, among: world.size)
    let readers = views.map {
      EvaluationReader(
        store: store, samples: samples, augmentation: $0, normalization: normalization,
        microBatch: microBatch, share: runs[world.rank], onDamaged: onDamaged)
    }
    sets.append(
      Set(
        name: name, store: store, views: views, normalization: normalization, readers: readers,
        runs: runs))
  }
}

extension Model {
  /// Evaluates on a set of samples cut into micro-batches, shared among ranks.
  ///
  /// Each micro-batch's losses are summed on their own, and the sums added in the order of
  /// micro-batches: the result is the same to the last digit for any number of ranks.
  mutating func evaluate(
    on set: Evaluator.Set, parameters: Span<Float>, version: ParameterVersion, in world: World,
    noting progress: StepProgress = StepProgress()
  ) throws -> Evaluation {
    var losses = [Double](repeating: 0, count: set.runs.total)
    var tally = Tally(split: set.name, classCount: distinguishedClasses)
    var views = set.readers.map { $0.microBatches() }
    while let microBatch = try views[0].next() {
      progress.enter(.evaluating)
      var loss = judge(microBatch, parameters: parameters, version: version)
      if views.count > 1 {
        var sums = LogitSums(count: logits.count)
        sums.add(logits)
        for other in views.indices.dropFirst() {
          guard let view = try views[other].next() else { break }
          _ = judge(view, parameters: parameters, version: version)
          sums.add(logits)
        }
        loss = judge(sums, labels: microBatch.labels, count: microBatch.count)
      }
      losses[microBatch.index] = loss.sum
      for slot in 0..<loss.count {
        tally.add(
          prediction(of: slot), label: Int(microBatch.labels[slot]),
          place: place(of: Int(microBatch.labels[slot]), inSample: slot),
          sample: Int(microBatch.identities[slot].sample))
      }
    }
    try world.allGather(&losses, set.runs)
    try tally.combine(in: world)
    let samples = tally.confusion.total
    return Evaluation(
      samples: samples, correct: tally.confusion.correct,
      loss: losses.reduce(0, +) / Double(samples), confusion: tally.confusion,
      inTopFive: tally.inTopFive, mistakes: tally.mistakes)
  }

  /// Computes logits and loss of a micro-batch in an evaluation.
  private mutating func judge(
    _ microBatch: MicroBatch, parameters: Span<Float>, version: ParameterVersion
  ) -> MicroBatchLoss {
    forward(
      images: microBatch.images, labels: microBatch.labels, identities: microBatch.identities,
      count: microBatch.count, parameters: parameters, version: version, mode: .evaluation)
  }

  /// The same with an average of the weights.
  mutating func evaluate(
    on set: Evaluator.Set, average: borrowing AlignedArray<Float>, version: ParameterVersion,
    in world: World, noting progress: StepProgress
  ) throws -> Evaluation {
    try evaluate(
      on: set, parameters: average.span, version: version, in: world, noting: progress)
  }

  /// Computes logits and loss of a micro-batch from the data path, in training.
  ///
  /// `parameters` are those after so many steps.
  mutating func forward(
    _ microBatch: MicroBatch, parameters: Span<Float>, after step: Int
  ) -> MicroBatchLoss {
    forward(
      images: microBatch.images, labels: microBatch.labels, mixture: microBatch.mixture,
      identities: microBatch.identities, count: microBatch.count, parameters: parameters,
      version: .after(step), mode: .training)
  }
}
