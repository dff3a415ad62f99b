import Kernels
import Storage

/// A convolution as it occurs in a network, with the batch that the network is measured on.
struct ConvolutionCase: Sendable {
  /// The network and the layer.
  let name: String
  let samples: Int
  let geometry: ConvolutionGeometry

  init(
    _ name: String, samples: Int, _ channels: Int, to outputs: Int, at side: Int,
    kernel: Extent2D = 3, stride: Extent2D = 1, padding: Extent2D = 1, groups: Int = 1
  ) {
    self.name = name
    self.samples = samples
    geometry = ConvolutionGeometry(
      window: WindowGeometry(
        input: Extent2D(side), kernel: kernel, stride: stride, padding: padding),
      inputChannels: channels, outputChannels: outputs, groups: groups)
  }

  /// Operations of one pass: two a multiplication, padding counted.
  var operations: Int {
    2 * samples * outputCount * geometry.window.kernel.count * geometry.inputChannels
      / geometry.groups
  }

  /// Elements of one sample's input.
  var inputCount: Int { geometry.window.input.count * geometry.inputChannels }
  /// Elements of one sample's output.
  var outputCount: Int { geometry.window.output.count * geometry.outputChannels }
  /// Elements of the weights.
  var weightCount: Int {
    geometry.window.kernel.count * geometry.inputChannels / geometry.groups
      * geometry.outputChannels
  }

  /// The shape in words.
  var shape: String {
    "\(geometry.inputChannels)→\(geometry.outputChannels) @\(geometry.window.input.height), "
      + "\(geometry.window.kernel)"
      + (geometry.window.stride == 1 ? "" : ", stride \(geometry.window.stride.height)")
      + (geometry.groups == 1 ? "" : ", \(geometry.groups) groups") + ", \(samples) samples"
  }

  /// Every kind of layer of the networks that are measured.
  static let all = [
    ConvolutionCase("lenet.conv1", samples: 64, 1, to: 20, at: 28, kernel: 5, padding: 0),
    ConvolutionCase("lenet.conv2", samples: 64, 20, to: 50, at: 12, kernel: 5, padding: 0),
    ConvolutionCase("resnet20.conv1", samples: 64, 3, to: 16, at: 32),
    ConvolutionCase("resnet20.layer1", samples: 64, 16, to: 16, at: 32),
    ConvolutionCase("resnet20.layer2.0", samples: 64, 16, to: 32, at: 32, stride: 2),
    ConvolutionCase("resnet20.layer2", samples: 64, 32, to: 32, at: 16),
    ConvolutionCase("resnet20.layer3.0", samples: 64, 32, to: 64, at: 16, stride: 2),
    ConvolutionCase("resnet20.layer3", samples: 64, 64, to: 64, at: 8),
    ConvolutionCase("vgg11_bn.conv1", samples: 32, 3, to: 64, at: 32),
    ConvolutionCase("vgg11_bn.conv2", samples: 32, 64, to: 128, at: 16),
    ConvolutionCase("vgg11_bn.conv3", samples: 32, 128, to: 256, at: 8),
    ConvolutionCase("vgg11_bn.conv4", samples: 32, 256, to: 256, at: 8),
    ConvolutionCase("vgg11_bn.conv5", samples: 32, 256, to: 512, at: 4),
    ConvolutionCase("vgg11_bn.conv6", samples: 32, 512, to: 512, at: 4),
    ConvolutionCase("vgg11_bn.conv7", samples: 32, 512, to: 512, at: 2),
    ConvolutionCase(
      "resnet18.conv1", samples: 8, 3, to: 64, at: 224, kernel: 7, stride: 2, padding: 3),
    ConvolutionCase("resnet18.layer1", samples: 8, 64, to: 64, at: 56),
    ConvolutionCase("resnet18.layer2.0", samples: 8, 64, to: 128, at: 56, stride: 2),
    ConvolutionCase("resnet18.layer2", samples: 8, 128, to: 128, at: 28),
    ConvolutionCase("resnet18.layer3", samples: 8, 256, to: 256, at: 14),
    ConvolutionCase("resnet18.layer4", samples: 8, 512, to: 512, at: 7),
    ConvolutionCase(
      "resnet18.layer2.downsample", samples: 8, 64, to: 128, at: 56, kernel: 1, stride: 2,
      padding: 0),
    ConvolutionCase("resnet50.layer1", samples: 4, 64, to: 256, at: 56, kernel: 1, padding: 0),
    ConvolutionCase("resnet50.layer4", samples: 4, 2048, to: 512, at: 7, kernel: 1, padding: 0),
    ConvolutionCase("mobilenet_v2.expand", samples: 4, 24, to: 144, at: 56, kernel: 1, padding: 0),
    ConvolutionCase("mobilenet_v2.project", samples: 4, 384, to: 64, at: 14, kernel: 1, padding: 0),
    ConvolutionCase(
      "mobilenet_v2.depthwise112", samples: 4, 96, to: 96, at: 112, stride: 2, groups: 96),
    ConvolutionCase("mobilenet_v2.depthwise56", samples: 4, 144, to: 144, at: 56, groups: 144),
    ConvolutionCase("mobilenet_v2.depthwise14", samples: 4, 384, to: 384, at: 14, groups: 384),
    ConvolutionCase("mobilenet_v2.depthwise7", samples: 4, 960, to: 960, at: 7, groups: 960),
  ]
}
