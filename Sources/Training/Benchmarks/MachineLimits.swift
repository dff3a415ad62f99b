import Collectives
import Kernels
import Storage

/// What this machine could do at most.
enum MachineLimits {
  /// What a figure of `multiplyRate` is, for reports.
  static var multiplyRateMethod: String {
    "best of 12 products of 1024×1024 matrices by OpenBLAS's kernels for \(blasCoreName()), "
      + "all ranks at once"
  }

  /// GFLOP/s of all ranks together in large matrix products, on all ranks of `world` together.
  static func multiplyRate(in world: World) throws -> Double {
    let side = 1024
    var a = AlignedArray<Float>(count: side * side)
    var b = AlignedArray<Float>(count: side * side)
    var c = AlignedArray<Float>(count: side * side)
    for i in 0..<side * side {
      a[i] = Float(i % 17) - 8
      b[i] = Float(i % 13) - 6
    }
    var target = c.mutableSpan
    try world.barrier()
    var best = Double.infinity
    for _ in 0..<12 {
      var lap = Lap()
      matrixProduct(a.span, b.span, into: &target, m: side, n: side, k: side)
      best = min(best, lap.next().seconds)
    }
    try world.barrier()
    // Where ranks outnumber cores, the best product had a core of its own, and others waited.
    let rate = 2e-9 * Double(side * side * side) / best * world.coresPerRank
    return try world.gather(rate).reduce(0, +)
  }

  /// The most memory that this process ever had, in bytes: VmHWM of /proc/self/status.
  static func peakMemory() -> Int {
    let number = ProcessStatus.field("VmHWM").split { !$0.isNumber }.first ?? "0"
    return (Int(number) ?? 0) << 10
  }
}
