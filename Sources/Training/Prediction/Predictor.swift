import Datasets
import Kernels
import Networks
import Storage

/// A trained model with all that it needs to judge image files: it comes from a checkpoint alone.
struct Predictor: ~Copyable {
  private let classNames: [String]
  private let reader: ImageFileReader
  /// How many views of each image are judged together.
  private let viewCount: Int
  private let weights: [Float]
  private let version: ParameterVersion
  private var model: Model
  private let images: AlignedArray<Float>
  private let labels: [Int32]
  private let identities: [SampleIdentity]

  /// The model of a checkpoint; image files are read on so many cores.
  ///
  /// Micro-batches have the recipe's size, so that an image has the same scores alone, among others,
  /// and in an evaluation.
  init(_ checkpoint: Checkpoint, views: String?, cores: Int) throws {
    // All that may fail comes first: what is not copied must be whole, or not be at all.
    let recipe = try Recipe(canonicalText: checkpoint.recipe)
    let (network, loss) = (try recipe.makeNetwork(), try recipe.makeLoss())
    let shape = Shape(recipe.data.shape)
    let views = try recipe.makeViews(named: views)
    // Where the recipe tells no rule, all samples had one size, and such an image stays as it is.
    let reader = try ImageFileReader(
      shape: shape, rule: recipe.data.resize ?? .cover, views: views,
      normalization: checkpoint.normalization, cores: cores)
    let size = try recipe.inputShape().count
    self.reader = reader
    viewCount = views.count
    classNames = checkpoint.classNames
    weights = checkpoint.weightsToJudge
    version = .after(checkpoint.step)
    let microBatch = recipe.batch.micro
    model = Model(network, loss: loss, microBatch: microBatch, seed: recipe.seed)
    images = AlignedArray(count: viewCount * microBatch * size)
    labels = [Int32](repeating: 0, count: microBatch)
    identities = [SampleIdentity](
      repeating: SampleIdentity(epoch: 0, sample: 0), count: microBatch)
  }

  /// How many files are judged at a time.
  var microBatch: Int { model.microBatch }

  /// Judges at most a micro-batch of files.
  mutating func predict(
    _ paths: [String], top: Int
  ) -> [Result<ImagePrediction, AgreedError>] {
    let memory = unsafe MemoryView(images.unsafeElements)
    let faults = reader.read(paths, into: memory, ofViewsWith: microBatch)
    let (labels, identities, weights) = (labels, identities, weights)
    var sums = LogitSums(count: microBatch * model.classCount)
    let size = memory.count / viewCount
    for view in 0..<viewCount {
      _ = model.forward(
        images: memory.read(view * size..<(view + 1) * size), labels: labels.span,
        identities: identities.span, count: paths.count, parameters: weights.span,
        version: version, mode: .evaluation)
      sums.add(model.logits)
    }
    _ = model.judge(sums, labels: labels.span, count: paths.count)
    let classes = model.classCount
    var results: [Result<ImagePrediction, AgreedError>] = []
    for (slot, path) in paths.enumerated() {
      if let fault = faults[slot] {
        results.append(.failure(AgreedError(fault)))
        continue
      }
      let logits = model.logits.extracting(slot * classes..<(slot + 1) * classes)
      results.append(
        .success(
          ImagePrediction(
            image: path, scores: model.loss.scores(of: logits), classNames: classNames, top: top)))
    }
    return results
  }
}
