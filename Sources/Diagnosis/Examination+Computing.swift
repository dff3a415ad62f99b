import FoundationEssentials
import Kernels
import Storage

// What computes: the processor, its cores, and the library for products of matrices.

extension Examination {
  /// The kind of CPU, and the kernels chosen for it: what bits depend on.
  func processor() -> Finding {
    var finding = Finding("processor")
    finding.note(Self.processorName)
    finding.note("\(MathLibraries.vectorLevel) kernels")
    if MathLibraries.vectorLevel == "plain" {
      finding.warn(
        "neither AVX2 nor AVX-512: training takes several times as long",
        "use a CPU of the level x86-64-v3 or later; in a virtual machine, pass the host's CPU on")
    }
    return finding
  }

  private static var processorName: String {
    let lines = ((try? TextFile.read("/proc/cpuinfo")) ?? "").split(separator: "\n")
    let line = lines.first { $0.hasPrefix("model name") } ?? "model name: unknown"
    return String(line.drop { $0 != ":" }.dropFirst().drop { $0 == " " })
  }

  /// How many ranks can compute at once.
  func cores() -> Finding {
    var finding = Finding("cores")
    let (online, allowed, usable) = (Cores.online, Cores.allowed.count, Cores.usable)
    finding.note("\(usable) of \(online) usable")
    if allowed < online {
      finding.warn(
        "this process is bound to \(allowed) of \(online) cores",
        "if that is not meant, start it without taskset, or give the container more cores")
    }
    if let limit = ControlGroup.coreLimit, limit < Double(allowed) {
      finding.note("a control group allows the time of \(limit) cores")
      finding.warn(
        "a control group allows the time of \(limit) cores, and \(allowed) are there: ranks wait "
          + "for one another whenever it is used up",
        "raise the limit (docker run --cpus, the batch system's cores), or start "
          + (usable == 1 ? "1 rank" : "\(usable) ranks"))
    }
    if ranks > usable {
      finding.note("\(ranks) ranks take turns on them")
    }
    if let load = Self.load, load > Double(usable) + 1 {
      finding.warn(
        "other programs keep the cores busy: \(load) processes want to run",
        "end them, or expect the speed to be less")
    }
    return finding
  }

  /// The processes that wanted to run, over the last minute.
  private static var load: Double? {
    (try? TextFile.read("/proc/loadavg"))?.split(separator: " ").first.flatMap { Double($0) }
  }

  /// OpenBLAS: its kernels, its threads, and whether it multiplies rightly.
  func blas() -> Finding {
    var finding = Finding("BLAS")
    let words = MathLibraries.blasDescription.split(separator: " ")
    finding.note(words.prefix(2).joined(separator: " "))
    finding.note("kernels for \(blasCoreName())")
    finding.note("one thread a rank")
    let settings = ProcessInfo.processInfo.environment
    for name in ["OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS"] {
      guard let value = settings[name], value != "1" else { continue }
      finding.warn(
        "\(name) is \(value): trainer takes one thread a rank all the same, because two would "
          + "change the bits",
        "unset \(name); more ranks use more cores")
    }
    if let type = settings["OPENBLAS_CORETYPE"] {
      finding.warn(
        "OPENBLAS_CORETYPE is \(type): the bits are those of that kernel, not of this CPU's",
        "unset it, unless runs on other machines are to be repeated")
    }
    useOneBLASThread()
    if !Self.multipliesRightly {
      finding.fail(
        "OpenBLAS multiplies wrongly", "install another libopenblas, or set OPENBLAS_CORETYPE")
    }
    return finding
  }

  /// A product of whole numbers: every way to compute it must give the same.
  private static var multipliesRightly: Bool {
    let side = 96
    var a = AlignedArray<Float>(count: side * side)
    var b = AlignedArray<Float>(count: side * side)
    for i in 0..<side * side {
      a[i] = Float(i % 7 - 3)
      b[i] = Float(i % 11 - 5)
    }
    var c = AlignedArray<Float>(count: side * side)
    var product = c.mutableSpan
    matrixProduct(a.span, b.span, into: &product, m: side, n: side, k: side)
    for row in 0..<side {
      for column in 0..<side {
        var sum: Float = 0
        for k in 0..<side { sum += a[row * side + k] * b[k * side + column] }
        if product[row * side + column] != sum { return false }
      }
    }
    return true
  }
}
