import Kernels
public import Storage

extension Network {
  /// LeNet in Caffe's form: 431 080 parameters for 28×28×1 images and 10 classes.
  ///
  /// LeCun et al., "Gradient-based learning applied to document recognition", 1998, with max pooling
  /// and one ReLU, as BVLC Caffe's `lenet_train_test.prototxt`; all weights by Glorot and Bengio.
  ///
  /// - Parameters:
  ///   - input: [H, W, C], at least 16×16.
  ///   - dropout: the rate before `fc2`; none if 0.
  public static func leNet(
    input: Shape, classes: Int, dropout: Double = 0
  ) throws(NetworkError) -> Network {
    var network = Network(name: "lenet", input: input)
    var x = network.images
    x = try network.add("conv1", Conv2D(20, kernel: 5, weights: .xavierUniform), x)
    x = try network.add("pool1", MaxPool2D(kernel: 2), x)
    x = try network.add("conv2", Conv2D(50, kernel: 5, weights: .xavierUniform), x)
    x = try network.add("pool2", MaxPool2D(kernel: 2), x)
    x = try network.add("flatten", Flatten(), x)
    x = try network.add("fc1", Dense(500), x)
    x = try network.add("relu1", Activation(.relu), x)
    x = try network.addDropout("dropout", dropout, x)
    _ = try network.add("fc2", Dense(classes), x)
    return network
  }
}
