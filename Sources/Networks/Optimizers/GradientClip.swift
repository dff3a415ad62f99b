/// The factor that brings a gradient of the given norm down to `limit`, and 1 if it is smaller.
///
/// limit / (norm + 1e-6), as PyTorch's `clip_grad_norm_`. Source: Pascanu, Mikolov, Bengio, "On the
/// difficulty of training recurrent neural networks", 2013. The norm is finite: whoever updates has
/// looked.
public func gradientClip(norm: Double, limit: Double?) -> Float {
  guard let limit else { return 1 }
  return Float(min(1, limit / (norm + 1e-6)))
}
