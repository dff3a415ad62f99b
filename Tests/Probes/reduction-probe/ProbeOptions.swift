import Collectives

/// What the probe is to do, from arguments of the form `key=value`.
struct ProbeOptions {
  var microBatches = 12
  /// The most micro-batches to take steps with, from the number of ranks on, one after the other.
  var sweep: Int?
  var steps = 4
  var transport = TransportChoice.automatic
  /// Free bytes of shared memory to pretend.
  var capacity: Int?
  /// Elements of a bucket, nil for as many as pay.
  var bucket: Int?
  /// Moves every slice boundary where it is not 0.
  var shift = 0
  /// The micro-batch whose gradient is poisoned in the last step.
  var poisoned: Int?
  /// The rank that asks for something in the last step.
  var asking: Int?
  /// Whether to count heap allocations instead of printing results.
  var counts = false
  /// Whether to try the world's own exchanges instead of taking steps.
  var exchanges = false
  /// Elements of an extra large tensor.
  var large = 0

  init(_ arguments: ArraySlice<String>) {
    for argument in arguments {
      let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { fatalError("not key=value: \(argument)") }
      switch parts[0] {
      case "micro": microBatches = Int(parts[1])!
      case "sweep": sweep = Int(parts[1])!
      case "steps": steps = Int(parts[1])!
      case "transport": transport = TransportChoice(rawValue: parts[1])!
      case "capacity": capacity = Int(parts[1])!
      case "bucket": bucket = Int(parts[1])!
      case "shift": shift = Int(parts[1])!
      case "poisoned": poisoned = Int(parts[1])!
      case "asking": asking = Int(parts[1])!
      case "counts": counts = parts[1] == "true"
      case "exchanges": exchanges = parts[1] == "true"
      case "large": large = Int(parts[1])!
      default: fatalError("unknown key: \(argument)")
      }
    }
  }
}
