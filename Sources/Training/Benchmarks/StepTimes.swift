import Networks

/// What the time of a training step goes to, as reports name it.
enum StepPart: String, CaseIterable {
  case convolutionForward = "convolution_forward"
  case convolutionInputGradient = "convolution_input_gradient"
  case convolutionWeightGradient = "convolution_weight_gradient"
  case convolutionChains = "normalized_convolution"
  case batchNorm = "batch_norm"
  case otherLayers = "other_layers"
  case reduction, update, publish, waiting
}

/// Where the time of some steps went, on one rank.
struct StepTimes {
  /// Forward and backward.
  var layers = LayerTimes()
  /// Merging gradients, and from all gradients ready on all ranks to the totals known.
  var reduction = Duration.zero
  /// The optimizer on this rank's blocks.
  var update = Duration.zero
  /// Until the new parameters are everywhere, all owners being ready.
  var publish = Duration.zero
  /// For other ranks, at two barriers.
  var waiting = Duration.zero

  /// The time that went to one part.
  subscript(part: StepPart) -> Duration {
    switch part {
    case .convolutionForward: layers.convolutionForward
    case .convolutionInputGradient: layers.convolutionInputGradient
    case .convolutionWeightGradient: layers.convolutionWeightGradient
    case .convolutionChains: layers.convolutionChains
    case .batchNorm: layers.batchNorm
    case .otherLayers: layers.otherLayers
    case .reduction: reduction
    case .update: update
    case .publish: publish
    case .waiting: waiting
    }
  }
}
