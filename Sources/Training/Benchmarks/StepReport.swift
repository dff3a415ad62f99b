import Collectives
import Networks
import Storage

/// What `trainer bench step` found.
struct StepReport: Encodable {
  var benchmark = "step"
  var network = ""
  var ranks = 0
  var transport = ""
  var batchPerRank = 0
  var microBatch = 0
  /// Images that all ranks train a second: the median of the windows.
  var imagesPerSecond = 0.0
  /// The slowest and the fastest window.
  var imagesPerSecondRange: [Double] = []
  /// Operations that training takes for one image, divided by a million.
  var megaflopPerImage = 0.0
  /// GFLOP/s of large matrix products, all ranks together, measured in the same run.
  var peakGigaflops = 0.0
  /// How that was measured.
  var peakMethod = MachineLimits.multiplyRateMethod
  /// The part of `peakGigaflops` that training reaches; Winograd may bring it above 1.
  var roofline = 0.0
  /// The most memory that any rank ever had.
  var peakMemoryBytes = 0
  /// Seconds of a profiled step, the mean over ranks.
  var seconds: [String: Double] = [:]
  /// The same as parts of their sum.
  var shares: [String: Double] = [:]

  enum CodingKeys: String, CodingKey {
    case benchmark, network, ranks, transport, roofline, seconds, shares
    case batchPerRank = "batch_per_rank"
    case microBatch = "micro_batch"
    case imagesPerSecond = "images_per_second"
    case imagesPerSecondRange = "images_per_second_range"
    case megaflopPerImage = "megaflop_per_image"
    case peakGigaflops = "peak_gigaflops"
    case peakMethod = "peak_method"
    case peakMemoryBytes = "peak_memory_bytes"
  }

  /// The report for people.
  var lines: [String] {
    [
      "\(network), \(ranks) ranks over \(transport), batch \(batchPerRank) a rank in micro-batches "
        + "of \(microBatch)",
      "\(fixed(imagesPerSecond, 1)) images/s (\(fixed(imagesPerSecondRange[0], 1)) … "
        + "\(fixed(imagesPerSecondRange[1], 1)))",
      "\(percent(roofline)) of \(fixed(peakGigaflops, 1)) GFLOP/s at "
        + "\(fixed(megaflopPerImage, 1)) Mflop an image (\(peakMethod))",
      "\(fixed(Double(peakMemoryBytes) / 1e6, 1)) MB at most on a rank",
    ]
      + StepPart.allCases.map(\.rawValue).map { part in
        let padding = String(repeating: " ", count: 28 - part.count)
        return "  \(part)\(padding)\(fixed((seconds[part] ?? 0) * 1e3, 3)) ms  "
          + percent(shares[part] ?? 0)
      }
  }
}
