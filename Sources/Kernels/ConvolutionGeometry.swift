import Storage

/// The shapes of a convolution: x [N, H, W, Cin], weights [KH, KW, Cin/groups, Cout], y [N, OH, OW,
/// Cout]; group g of the outputs sees group g of the inputs.
public struct ConvolutionGeometry: Hashable, Sendable {
  /// Heights and widths.
  public let window: WindowGeometry
  /// Cin.
  public let inputChannels: Int
  /// Cout.
  public let outputChannels: Int
  /// The number of groups; it divides Cin and Cout.
  public let groups: Int

  /// The convolution with the given window and channels.
  public init(window: WindowGeometry, inputChannels: Int, outputChannels: Int, groups: Int = 1) {
    precondition(
      inputChannels % groups == 0 && outputChannels % groups == 0,
      "\(groups) groups of \(inputChannels) and \(outputChannels) channels")
    self.window = window
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.groups = groups
  }

  /// How a convolution is computed; it depends on the shapes alone.
  public enum Path: Sendable {
    /// A product of the activations themselves: 1×1, stride 1, no padding.
    case pointwise
    /// Each channel with its own kernel, directly.
    case depthwise
    /// A product of gathered patches, a block of positions at a time.
    case patches
  }

  /// How the convolution is computed.
  public var path: Path {
    if groups == inputChannels && groups == outputChannels && groups > 1 { return .depthwise }
    let plain = window.kernel == 1 && window.stride == 1 && window.padding == 0
    return plain ? .pointwise : .patches
  }

  /// Channels that one output sees.
  var groupInputs: Int { inputChannels / groups }
  /// Output channels of a group.
  var groupOutputs: Int { outputChannels / groups }
  /// Elements of the patch that one output sees: KH·KW·Cin/groups.
  var patch: Int { window.kernel.count * groupInputs }
  /// Elements of the weights.
  var weightCount: Int { patch * outputChannels }

  /// Output positions whose patches are gathered at a time.
  ///
  /// A block's patches take about 512 KB, to stay in the second-level cache, but at least 128
  /// positions are taken, since every block's product packs all weights anew.
  var blockPositions: Int { max(128, min(1024, (128 << 10) / patch / 16 * 16)) }

  /// Floats of scratch memory that a pass over `samples` samples needs.
  public func workspaceCount(samples: Int) -> Int {
    path == .patches ? min(blockPositions, samples * window.output.count) * patch : 0
  }

  /// Stops at activations or weights of another size.
  func check(samples: Int, x: Int, weights: Int, y: Int) {
    precondition(
      x == samples * window.input.count * inputChannels && weights == weightCount
        && y == samples * window.output.count * outputChannels,
      "\(x) inputs, \(weights) weights, \(y) outputs for \(samples) samples of \(self)")
  }
}
