import Storage

/// The shapes of a group normalization: x [N, positions, C], C in equal groups of channels.
///
/// Each sample's groups are normalized on their own (Wu and He, "Group normalization", 2018). With
/// one group and one position a sample, it is layer normalization over channels (Ba, Kiros and
/// Hinton, "Layer normalization", 2016).
public struct GroupNormGeometry: Hashable, Sendable {
  /// N.
  public let samples: Int
  /// Positions of a sample.
  public let positions: Int
  /// C.
  public let channels: Int
  /// The number of groups; it divides C.
  public let groups: Int

  /// The given extents.
  public init(samples: Int, positions: Int, channels: Int, groups: Int) {
    precondition(channels % groups == 0, "\(groups) groups of \(channels) channels")
    self.samples = samples
    self.positions = positions
    self.channels = channels
    self.groups = groups
  }

  /// Elements of x.
  public var count: Int { samples * positions * channels }
  /// Channels of a group.
  var groupChannels: Int { channels / groups }

  /// Where a group's channels lie at one position of one sample.
  func run(_ sample: Int, _ position: Int, _ group: Int) -> Range<Int> {
    let start = (sample * positions + position) * channels + group * groupChannels
    return start..<start + groupChannels
  }

  /// The channels of a group.
  func channelRange(_ group: Int) -> Range<Int> {
    group * groupChannels..<(group + 1) * groupChannels
  }
}

/// Overwrites y with (x − mean)·inverse·weight + bias; mean and deviation are those of the group.
///
/// Sums run in Double, position by position; the variance is the biased one, in a second pass.
///
/// - Parameters:
///   - weight: [C], as is `bias`.
///   - mean: [N, groups], overwritten.
///   - inverse: [N, groups], overwritten with 1 / √(variance + ε).
public func groupNormalization(
  _ x: Span<Float>, _ shape: GroupNormGeometry, epsilon: Float, weight: Span<Float>,
  bias: Span<Float>, mean: inout MutableSpan<Float>, inverse: inout MutableSpan<Float>,
  into y: inout MutableSpan<Float>
) {
  precondition(
    x.count == shape.count && y.count == shape.count && mean.count == shape.samples * shape.groups,
    "\(x.count) inputs, \(y.count) outputs, \(mean.count) means for \(shape)")
  let size = Double(shape.positions * shape.groupChannels)
  for n in 0..<shape.samples {
    for g in 0..<shape.groups {
      var sum = 0.0
      for p in 0..<shape.positions {
        let values = x.extracting(shape.run(n, p, g))
        for c in 0..<values.count { sum += Double(values[c]) }
      }
      let center = sum / size
      var squares = 0.0
      for p in 0..<shape.positions {
        let values = x.extracting(shape.run(n, p, g))
        for c in 0..<values.count {
          let deviation = Double(values[c]) - center
          squares += deviation * deviation
        }
      }
      let m = Float(center)
      let scale = Float(1 / (squares / size + Double(epsilon)).squareRoot())
      mean[n * shape.groups + g] = m
      inverse[n * shape.groups + g] = scale
      let factors = weight.extracting(shape.channelRange(g))
      let shifts = bias.extracting(shape.channelRange(g))
      for p in 0..<shape.positions {
        let values = x.extracting(shape.run(n, p, g))
        var target = y.slice(shape.run(n, p, g))
        for c in 0..<factors.count {
          target[c] = (values[c] - m) * scale * factors[c] + shifts[c]
        }
      }
    }
  }
}

/// Overwrites the gradients of weight and bias: Σ dy·(x − mean)·inverse, and Σ dy, each [C].
public func groupNormParameterGradients(
  _ x: Span<Float>, _ dy: Span<Float>, _ shape: GroupNormGeometry, mean: Span<Float>,
  inverse: Span<Float>, weightGradient: inout MutableSpan<Float>,
  biasGradient: inout MutableSpan<Float>
) {
  precondition(
    x.count == shape.count && dy.count == shape.count, "\(x.count), \(dy.count) for \(shape)")
  fill(&weightGradient, with: 0)
  fill(&biasGradient, with: 0)
  for n in 0..<shape.samples {
    for g in 0..<shape.groups {
      let m = mean[n * shape.groups + g]
      let scale = inverse[n * shape.groups + g]
      var factors = weightGradient.slice(shape.channelRange(g))
      var shifts = biasGradient.slice(shape.channelRange(g))
      for p in 0..<shape.positions {
        let values = x.extracting(shape.run(n, p, g))
        let outer = dy.extracting(shape.run(n, p, g))
        for c in 0..<values.count {
          factors[c] += outer[c] * ((values[c] - m) * scale)
          shifts[c] += outer[c]
        }
      }
    }
  }
}

/// Overwrites dx with inverse·(e − mean(e) − z·mean(e·z)), e = dy·weight, z the normalized x.
///
/// Means are those of the group, their sums in Double.
public func groupNormInputGradient(
  _ x: Span<Float>, _ dy: Span<Float>, _ shape: GroupNormGeometry, mean: Span<Float>,
  inverse: Span<Float>, weight: Span<Float>, into dx: inout MutableSpan<Float>
) {
  precondition(
    x.count == shape.count && dy.count == shape.count && dx.count == shape.count,
    "\(x.count) inputs, \(dy.count) and \(dx.count) gradients for \(shape)")
  let size = Double(shape.positions * shape.groupChannels)
  for n in 0..<shape.samples {
    for g in 0..<shape.groups {
      let m = mean[n * shape.groups + g]
      let scale = inverse[n * shape.groups + g]
      let factors = weight.extracting(shape.channelRange(g))
      var sum = 0.0
      var alongSum = 0.0
      for p in 0..<shape.positions {
        let values = x.extracting(shape.run(n, p, g))
        let outer = dy.extracting(shape.run(n, p, g))
        for c in 0..<values.count {
          let e = Double(outer[c]) * Double(factors[c])
          sum += e
          alongSum += e * Double((values[c] - m) * scale)
        }
      }
      let shift = Float(sum / size)
      let along = Float(alongSum / size)
      for p in 0..<shape.positions {
        let values = x.extracting(shape.run(n, p, g))
        let outer = dy.extracting(shape.run(n, p, g))
        var target = dx.slice(shape.run(n, p, g))
        for c in 0..<values.count {
          let z = (values[c] - m) * scale
          target[c] = scale * (outer[c] * factors[c] - shift - z * along)
        }
      }
    }
  }
}
