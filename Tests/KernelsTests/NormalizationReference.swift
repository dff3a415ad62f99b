import Testing

/// Normalization of sets of elements in Double, with a weight and bias a channel, and its gradients.
struct NormalizationReference {
  var mean: [Double]
  var variance: [Double]
  var y: [Double]
  var dx: [Double]
  var dw: [Double]
  var db: [Double]

  /// `set` tells to which of `sets` an element belongs; its channel is its index modulo C.
  init(
    x: [Float], dy: [Float], weight: [Float], bias: [Float], epsilon: Double, sets: Int,
    set: (Int) -> Int
  ) {
    let channels = weight.count
    var size = Array(repeating: 0.0, count: sets)
    mean = Array(repeating: 0, count: sets)
    variance = mean
    var along = mean
    var across = mean
    y = Array(repeating: 0, count: x.count)
    dx = y
    dw = Array(repeating: 0, count: channels)
    db = dw
    for i in x.indices {
      size[set(i)] += 1
      mean[set(i)] += Double(x[i])
    }
    for s in 0..<sets { mean[s] /= size[s] }
    for i in x.indices {
      let deviation = Double(x[i]) - mean[set(i)]
      variance[set(i)] += deviation * deviation / size[set(i)]
    }
    let inverse = variance.map { 1 / ($0 + epsilon).squareRoot() }
    for i in x.indices {
      let (s, c) = (set(i), i % channels)
      let z = (Double(x[i]) - mean[s]) * inverse[s]
      let e = Double(dy[i]) * Double(weight[c])
      y[i] = z * Double(weight[c]) + Double(bias[c])
      dw[c] += Double(dy[i]) * z
      db[c] += Double(dy[i])
      across[s] += e / size[s]
      along[s] += e * z / size[s]
    }
    for i in x.indices {
      let s = set(i)
      let z = (Double(x[i]) - mean[s]) * inverse[s]
      let e = Double(dy[i]) * Double(weight[i % channels])
      dx[i] = inverse[s] * (e - across[s] - z * along[s])
    }
  }
}
