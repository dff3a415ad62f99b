import Kernels
import Storage

/// Convolutions with batch normalizations before and between them, each applied by the convolution
/// that reads what it makes: normalized activations are never written to memory.
///
/// What is written is each convolution's output and, in the backward pass, the gradient of each
/// normalization's output. The chain is made for one size of micro-batch.
struct ConvolutionChain: Layer {
  /// The convolutions, in order.
  let links: [ChainLink]

  private var first: ChainLink { links[0] }
  private var last: ChainLink { links[links.count - 1] }

  func outputShape(of inputs: [Shape]) throws(NetworkError) -> Shape {
    last.description.outputShape
  }

  func parameters(of inputs: [Shape]) -> [ParameterSpecification] {
    links.map(\.description).flatMap { link in
      (link.norm?.parameters(of: [link.inputShape]) ?? [])
        + link.layer.parameters(of: [link.inputShape])
    }
  }

  func memory(of inputs: [Shape], microBatch: Int) -> LayerMemory {
    let scratch = links.map(\.normalized.workspaceCount) + links.map(\.gradient.upperBound)
    return LayerMemory(
      saved: links.map(\.saved.upperBound).max() ?? 0,
      workspace: scratch.max() ?? 0, preparedForward: last.prepared.upperBound,
      preparedBackward: last.preparedGradient.upperBound)
  }

  var backwardReads: BackwardReads { .input }

  func prepareForward(_ pass: borrowing PreparationPass) {
    for link in links {
      var memory = pass.prepared
      var prepared = memory.slice(link.prepared)
      link.convolution.prepare(pass.parameter(link.weights), into: &prepared)
    }
  }

  func prepareBackward(_ pass: borrowing PreparationPass) {
    for link in links {
      var memory = pass.prepared
      var prepared = memory.slice(link.preparedGradient)
      link.convolution.prepareGradient(pass.parameter(link.weights), into: &prepared)
    }
  }

  // MARK: Forward

  func forward(_ pass: borrowing ForwardPass) {
    if let norm = first.description.norm {
      first.statistics.find(of: pass.input(), epsilon: norm.epsilon, pass)
    }
    for number in links.indices { forward(number, pass) }
  }

  private func forward(_ number: Int, _ pass: borrowing ForwardPass) {
    let link = links[number]
    let isLast = number == links.count - 1
    var y = isLast ? pass.output : pass.savedToWrite(link.output)
    // The next link's statistics are those of what this one writes.
    var means = isLast ? MutableSpan() : links[number + 1].statistics.means(pass)
    var variances = isLast ? MutableSpan() : links[number + 1].statistics.variances(pass)
    var workspace = pass.workspace
    link.normalized.forward(
      number == 0 ? pass.input() : pass.saved(links[number - 1].output),
      by: normalization(of: link, pass.node, pass.arena, pass.flatParameters),
      pass.parameter(link.weights),
      prepared: pass.prepared.extracting(link.prepared), into: &y, mean: &means,
      variance: &variances, workspace: &workspace)
    if !isLast, let norm = links[number + 1].description.norm {
      links[number + 1].statistics.complete(epsilon: norm.epsilon, pass)
    }
  }

  // MARK: Backward

  func backward(_ pass: borrowing BackwardPass) {
    for number in links.indices.reversed() { backward(number, pass) }
    guard first.description.norm != nil else { return }
    let norm = normalization(of: first, pass.node, pass.arena, pass.flatParameters)
    var dx = pass.inputGradient()
    var workspace = pass.workspace
    batchNormInputGradient(
      pass.input(), Span(), mean: norm.mean, inverse: norm.inverse, weight: norm.weight,
      bias: norm.bias, ceiling: norm.ceiling,
      weightGradient: pass.parameterGradientAsLeft(first.firstParameter),
      biasGradient: pass.parameterGradientAsLeft(first.firstParameter + 1), into: &dx,
      workspace: &workspace)
  }

  private func backward(_ number: Int, _ pass: borrowing BackwardPass) {
    let link = links[number]
    let hasNorm = link.description.norm != nil
    var weights = pass.parameterGradient(link.weights)
    var normWeight = hasNorm ? pass.parameterGradient(link.firstParameter) : MutableSpan()
    var normBias = hasNorm ? pass.parameterGradient(link.firstParameter + 1) : MutableSpan()
    var dx = number == 0 ? pass.inputGradient() : pass.workspace(link.gradient)
    var workspace = pass.workspace
    link.normalized.gradients(
      number == 0 ? pass.input() : pass.saved(links[number - 1].output),
      by: normalization(of: link, pass.node, pass.arena, pass.flatParameters),
      arriving(at: number, pass),
      prepared: pass.prepared.extracting(link.preparedGradient), into: &weights, input: &dx,
      normWeight: &normWeight, normBias: &normBias, workspace: &workspace)
    if hasNorm {
      link.statistics.leave(
        rows: pass.microBatch * link.description.inputShape.positions, pass)
    }
  }

  /// The gradient of a link's output, as the next link has left it.
  @_lifetime(borrow pass)
  private func arriving(at number: Int, _ pass: borrowing BackwardPass) -> ArrivingGradient {
    if number == links.count - 1 { return ArrivingGradient(pass.outputGradient) }
    let next = links[number + 1]
    return ArrivingGradient(
      pass.workspaceAsLeft(next.gradient), of: pass.saved(links[number].output),
      normalization(of: next, pass.node, pass.arena, pass.flatParameters),
      weightGradient: pass.parameterGradientAsLeft(next.firstParameter),
      biasGradient: pass.parameterGradientAsLeft(next.firstParameter + 1))
  }

  /// What a link does to what enters; node, arena and parameters are those of a pass.
  @_lifetime(borrow arena, borrow parameters)
  private func normalization(
    of link: ChainLink, _ node: CompiledNode, _ arena: borrowing MemoryView<Float>,
    _ parameters: borrowing MemoryView<Float>
  ) -> ChannelNormalization {
    if link.description.norm == nil { return ChannelNormalization() }
    return link.statistics.normalization(
      clampedTo: link.description.ceiling, node, arena, parameters)
  }
}
