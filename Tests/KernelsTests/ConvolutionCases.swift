import Kernels
import Storage
import Testing

/// A convolution with an awkward shape, named after what makes it so.
struct ConvolutionCase: CustomTestStringConvertible, Sendable {
  let name: String
  var samples = 2
  var input: Extent2D = 9
  var channels = (3, 5)
  var kernel: Extent2D = 3
  var stride: Extent2D = 1
  var padding: Extent2D = 0
  var dilation: Extent2D = 1
  var groups = 1

  var testDescription: String { name }

  var geometry: ConvolutionGeometry {
    ConvolutionGeometry(
      window: WindowGeometry(
        input: input, kernel: kernel, stride: stride, padding: padding, dilation: dilation),
      inputChannels: channels.0, outputChannels: channels.1, groups: groups)
  }

  static let all: [ConvolutionCase] = [
    ConvolutionCase(name: "plain"),
    ConvolutionCase(name: "one pixel", input: 1, kernel: 1),
    ConvolutionCase(name: "one pixel in padding", input: 1, padding: 1),
    ConvolutionCase(name: "1×1 kernel", channels: (17, 19), kernel: 1),
    ConvolutionCase(name: "1×1 kernel, stride 2", channels: (6, 7), kernel: 1, stride: 2),
    ConvolutionCase(name: "1×1 kernel, groups", channels: (6, 9), kernel: 1, groups: 3),
    ConvolutionCase(name: "odd size, stride 2", input: Extent2D(7, 11), stride: 2, padding: 1),
    ConvolutionCase(name: "padding above half the kernel", input: 5, padding: 2),
    ConvolutionCase(name: "padding above the kernel", input: 4, padding: 4),
    ConvolutionCase(name: "one channel", channels: (1, 1), kernel: 5, padding: 2),
    ConvolutionCase(name: "batch 1", samples: 1, padding: 1),
    ConvolutionCase(name: "tails beyond 16", channels: (17, 33), padding: 1),
    ConvolutionCase(name: "dilation", input: 11, padding: 2, dilation: 2),
    ConvolutionCase(
      name: "uneven dilation", input: 12, stride: 2, padding: Extent2D(3, 1),
      dilation: Extent2D(3, 2)),
    ConvolutionCase(name: "groups", channels: (6, 4), padding: 1, groups: 2),
    ConvolutionCase(
      name: "groups and dilation", channels: (4, 8), stride: 2, padding: 2, dilation: 2, groups: 4),
    ConvolutionCase(name: "depthwise", channels: (19, 19), padding: 1, groups: 19),
    ConvolutionCase(
      name: "depthwise, stride 2", input: Extent2D(8, 5), channels: (6, 6), kernel: Extent2D(5, 3),
      stride: 2, padding: 2, groups: 6),
    ConvolutionCase(
      name: "depthwise, dilation", input: 9, channels: (3, 3), padding: 2, dilation: 2, groups: 3),
    ConvolutionCase(name: "depthwise with multiplier", channels: (3, 6), padding: 1, groups: 3),
    ConvolutionCase(
      name: "asymmetric kernel", kernel: Extent2D(1, 7), padding: Extent2D(0, 3)),
    ConvolutionCase(
      name: "asymmetric stride", kernel: Extent2D(3, 2), stride: Extent2D(1, 3),
      padding: Extent2D(1, 0)),
    ConvolutionCase(name: "stride above the kernel", kernel: 2, stride: 3),
    ConvolutionCase(name: "several blocks", samples: 3, input: 24, channels: (8, 9), padding: 1),
    ConvolutionCase(
      name: "several blocks of a deep patch", samples: 2, input: 12, channels: (128, 8),
      padding: 1),
  ]

  /// Shapes with enough channels for vectors.
  static let wide: [ConvolutionCase] = [
    ConvolutionCase(name: "16 channels", input: 8, channels: (16, 16), padding: 1),
    ConvolutionCase(name: "17 and 33 channels", channels: (17, 33), padding: 1),
    ConvolutionCase(name: "20 and 50 channels, 5×5", input: 12, channels: (20, 50), kernel: 5),
    ConvolutionCase(
      name: "5×5, padded", input: Extent2D(7, 9), channels: (18, 24), kernel: 5, padding: 2),
    ConvolutionCase(
      name: "5×5, several blocks of tiles", samples: 3, input: 33, channels: (40, 70), kernel: 5,
      padding: 2),
    ConvolutionCase(name: "5×5, one output", samples: 1, input: 5, channels: (16, 20), kernel: 5),
    ConvolutionCase(
      name: "5×5, three panels", input: 6, channels: (130, 150), kernel: 5, padding: 4),
    ConvolutionCase(name: "one tile", samples: 1, input: 4, channels: (32, 48), padding: 1),
    ConvolutionCase(name: "one output", samples: 1, input: 3, channels: (16, 20)),
    ConvolutionCase(name: "7×7, 14 is no multiple of 4", input: 7, channels: (64, 80), padding: 1),
    ConvolutionCase(
      name: "uneven sides", input: Extent2D(13, 6), channels: (16, 32), padding: Extent2D(0, 1)),
    ConvolutionCase(name: "padding 2 with 3×3", input: 6, channels: (16, 16), padding: 2),
    ConvolutionCase(
      name: "padding above the kernel, wide", input: 4, channels: (16, 16), padding: 4),
    ConvolutionCase(
      name: "windows above and below the image", input: 4, channels: (16, 16), padding: 30),
    ConvolutionCase(
      name: "several blocks of tiles", samples: 3, input: 32, channels: (64, 96), padding: 1),
    ConvolutionCase(name: "three panels", input: 5, channels: (130, 150), padding: 1),
    ConvolutionCase(
      name: "2×2, several blocks of tiles", samples: 150, input: 2, channels: (16, 17), padding: 1),
    ConvolutionCase(
      name: "2×2, kernels transformed where they are used", samples: 3, input: 2,
      channels: (200, 260), padding: 1),
    ConvolutionCase(
      name: "1×2, wide", input: Extent2D(1, 2), channels: (18, 40), padding: 1),
    ConvolutionCase(name: "few inputs", input: 14, channels: (3, 16), padding: 1),
    ConvolutionCase(
      name: "few inputs, 7×7, stride 2", input: 21, channels: (3, 64), kernel: 7, stride: 2,
      padding: 3),
    ConvolutionCase(name: "few outputs", input: 8, channels: (16, 3), padding: 1),
    ConvolutionCase(name: "stride 2, wide", input: 16, channels: (16, 32), stride: 2, padding: 1),
    ConvolutionCase(
      name: "stride 2, odd", input: Extent2D(7, 9), channels: (20, 40), stride: 2, padding: 1),
    ConvolutionCase(
      name: "stride above the kernel, wide", channels: (17, 18), kernel: 2, stride: 3),
    ConvolutionCase(name: "1×1, wide", input: 11, channels: (40, 100), kernel: 1),
    ConvolutionCase(name: "1×1, stride 2, wide", channels: (32, 64), kernel: 1, stride: 2),
    ConvolutionCase(name: "1×1, padded", channels: (16, 24), kernel: 1, padding: 1),
    ConvolutionCase(name: "dilation, wide", input: 11, channels: (16, 17), padding: 2, dilation: 2),
    ConvolutionCase(
      name: "uneven dilation, wide", input: 12, channels: (16, 16), stride: 2,
      padding: Extent2D(3, 1), dilation: Extent2D(3, 2)),
    ConvolutionCase(
      name: "stride 2, dilation 2, wide", input: 13, channels: (16, 16), stride: 2, padding: 2,
      dilation: 2),
    ConvolutionCase(
      name: "asymmetric, wide", input: Extent2D(10, 12), channels: (24, 16),
      kernel: Extent2D(3, 2), stride: Extent2D(1, 3), padding: Extent2D(1, 0)),
    ConvolutionCase(
      name: "1×7 kernel, wide", channels: (16, 16), kernel: Extent2D(1, 7), padding: Extent2D(0, 3)),
    ConvolutionCase(name: "depthwise, wide", input: 19, channels: (40, 40), padding: 1, groups: 40),
    ConvolutionCase(
      name: "depthwise, stride 2, wide", input: 14, channels: (32, 32), stride: 2, padding: 1,
      groups: 32),
    ConvolutionCase(
      name: "depthwise, 5×3, odd", input: Extent2D(9, 7), channels: (19, 19),
      kernel: Extent2D(5, 3), stride: 2, padding: Extent2D(2, 1), groups: 19),
    ConvolutionCase(
      name: "depthwise, dilation, wide", input: 9, channels: (16, 16), padding: 2, dilation: 2,
      groups: 16),
  ]
}
