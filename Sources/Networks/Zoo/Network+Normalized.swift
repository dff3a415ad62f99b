import Kernels

extension Network {
  /// Adds a convolution without bias, a batch normalization and, unless nil, an activation.
  ///
  /// The activation, which has no parameters, is named after the normalization.
  mutating func addNormalized(
    _ name: String, norm: String, _ convolution: Conv2D, _ input: Value,
    activation: Activation.Function? = .relu
  ) throws(NetworkError) -> Value {
    var x = try add(name, convolution, input)
    x = try add(norm, BatchNorm(), x)
    guard let activation else { return x }
    return try add("\(norm).activation", Activation(activation), x)
  }

  /// Adds a dropout if anything is to be dropped.
  mutating func addDropout(
    _ name: String, _ rate: Double, _ input: Value
  ) throws(NetworkError) -> Value {
    rate == 0 ? input : try add(name, Dropout(Float(rate)), input)
  }
}
