/// Where the time of forward and backward passes goes, by what layers do.
public struct LayerTimes: Sendable {
  /// Forward passes of convolutions.
  public var convolutionForward = Duration.zero
  /// Backward passes of convolutions without what their weights take.
  public var convolutionInputGradient = Duration.zero
  /// Gradients of the weights and biases of convolutions.
  public var convolutionWeightGradient = Duration.zero
  /// Both passes of batch normalizations.
  public var batchNorm = Duration.zero
  /// Both passes of convolutions that normalize what they read.
  public var convolutionChains = Duration.zero
  /// Both passes of all other layers, copying the images in, and the loss.
  public var otherLayers = Duration.zero

  /// No time yet.
  public init() {}

  /// Adds the forward pass of a layer.
  mutating func addForward(of layer: any Layer, _ time: Duration) {
    switch layer {
    case is Conv2D, is PooledConv2D: convolutionForward += time
    case is ConvolutionChain: convolutionChains += time
    case is BatchNorm, is FusedBatchNorm: batchNorm += time
    default: otherLayers += time
    }
  }

  /// Adds the backward pass of a layer, of which `weights` was for its parameters.
  mutating func addBackward(of layer: any Layer, _ time: Duration, weights: Duration) {
    switch layer {
    case is Conv2D, is PooledConv2D:
      let weights = min(weights, time)
      convolutionWeightGradient += weights
      convolutionInputGradient += time - weights
    case is ConvolutionChain: convolutionChains += time
    case is BatchNorm, is FusedBatchNorm: batchNorm += time
    default: otherLayers += time
    }
  }
}
