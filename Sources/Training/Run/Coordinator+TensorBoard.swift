import Datasets
import EventFiles
import FoundationEssentials
import Storage

// What TensorBoard is shown besides the events of metrics.jsonl.

extension Coordinator {
  /// Keeps histograms of weights and gradients.
  func record(_ histograms: TensorHistograms, after step: Int) {
    keep(after: step) { histograms.values }
  }

  /// Keeps a picture of the first micro-batch of training, as the network will see it.
  func showSamples(of data: TrainingData, _ recipe: Recipe, before step: Int) {
    keep(after: step - 1) {
      let augmentation = try recipe.makeAugmentation()
      var reader = data.reader(
        recipe.batch, augmentation, share: 0..<1, firstStep: step, ahead: false, leftOut: nil)
      var microBatches = reader.microBatches(of: step)
      guard let microBatch = try microBatches.next() else { return [] }
      let dataset = data.dataset
      let pictures = try SamplePictures(
        of: dataset.shape, after: augmentation, dataset.normalization)
      return [
        EventValue("samples/train", try pictures.grid(of: microBatch.count, in: microBatch.images))
      ]
    }
  }

  /// Keeps values, on the root alone; what goes wrong is said, and the run goes on.
  private func keep(after step: Int, _ values: () throws -> [EventValue]) {
    guard isRoot, let tensorBoard else { return }
    do {
      try tensorBoard.append(
        try values(), step: step + 1, time: Date.now.timeIntervalSince1970)
    } catch {
      complainOfTensorBoard(error)
    }
  }

  /// Says that there will be no more events for TensorBoard.
  func complainOfTensorBoard(_ error: any Error) {
    complain("no more events for TensorBoard: \(AgreedError(error).message); training goes on")
  }
}
