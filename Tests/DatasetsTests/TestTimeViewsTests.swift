import Datasets
import Storage
import Testing

/// The views of a sample that an evaluation judges together.
@Suite struct TestTimeViewsTests {
  private let crop = TransformDescription("CenterCrop", ["size": .numbers([3, 2])])

  /// The numbers of sample 2 in each view.
  private func read(
    _ views: TestTimeViews, of list: [TransformDescription], _ dataset: Dataset
  ) throws -> [[Float]] {
    let store = try dataset.split("train")
    return try Augmentation(list, for: .evaluation, channels: 1).views(views).map { view in
      let reader = EvaluationReader(
        store: store, samples: [2], augmentation: view, normalization: dataset.normalization,
        microBatch: 1, share: 0..<1)
      var microBatches = reader.microBatches()
      let batch = try #require(try microBatches.next())
      return batch.images.indices.map { batch.images[$0] }
    }
  }

  /// A part of an image [H, W] in rows of `width`.
  private func part(
    _ image: [Float], width: Int, rows: Range<Int>, columns: Range<Int>
  ) -> [Float] {
    rows.flatMap { row in columns.map { image[row * width + $0] } }
  }

  @Test func `flips are the image, mirrored and upside down`() throws {
    try withTemporaryFolder { folder in
      let dataset = try makeDataset(folder, shards: 1)
      let (height, width) = (dataset.shape[0], dataset.shape[1])
      let whole = try read(.single, of: [], dataset)
      #expect(whole.count == 1)
      let places = (0..<height * width).map { ($0 / width, $0 % width) }
      let mirrored = places.map { whole[0][$0 * width + width - 1 - $1] }
      let turned = places.map { whole[0][(height - 1 - $0) * width + $1] }
      let both = Array(whole[0].reversed())
      #expect(Set([whole[0], mirrored, turned, both]).count == 4)
      #expect(try read(.flip, of: [], dataset) == [whole[0], mirrored])
      #expect(try read(.flips, of: [], dataset) == [whole[0], mirrored, turned, both])
    }
  }

  @Test func `crops are the corners and the middle in torchvision's order`() throws {
    try withTemporaryFolder { folder in
      let dataset = try makeDataset(folder, shards: 1)
      let (height, width) = (dataset.shape[0], dataset.shape[1])
      let whole = try read(.single, of: [], dataset)[0]
      let (bottom, right) = (height - 3..<height, width - 2..<width)
      let corners = [(0..<3, 0..<2), (0..<3, right), (bottom, 0..<2), (bottom, right)].map {
        part(whole, width: width, rows: $0, columns: $1)
      }
      let middle = try read(.single, of: [crop], dataset)
      let five = try read(.fiveCrop, of: [crop], dataset)
      #expect(five == corners + middle && Set(five).count == 5)
      let ten = try read(.tenCrop, of: [crop], dataset)
      #expect(stride(from: 0, to: 10, by: 2).map { ten[$0] } == five)
      for (view, mirrored) in zip(five, stride(from: 1, to: 10, by: 2).map { ten[$0] }) {
        let rows = [0, 2, 4].map { Array(view[$0..<$0 + 2].reversed()) }
        #expect(mirrored == Array(rows.joined()))
      }
    }
  }

  @Test func `crops of images that are not larger are refused`() throws {
    let none = Augmentation.none
    #expect(throws: AugmentationError.self) { _ = try none.views(.fiveCrop) }
    let list = try Augmentation([crop], for: .evaluation, channels: 1).views(.tenCrop)
    #expect(throws: AugmentationError.self) { _ = try list[0].outputSize(of: Extent2D(5, 1)) }
    #expect(try list.allSatisfy { try $0.outputSize(of: Extent2D(3, 2)) == Extent2D(3, 2) })
  }
}
