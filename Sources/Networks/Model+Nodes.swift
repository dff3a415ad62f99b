import Kernels
import Storage

// Runs of nodes, so that a whole pass and one layer's part of it are the same code.

extension Model {
  /// Takes the images of a micro-batch, and stops at spans of another size.
  mutating func load(
    _ images: Span<Float>, labels: Span<Int32>, identities: Span<SampleIdentity>,
    parameters: Span<Float>
  ) {
    precondition(
      images.count == compiled.images.count && labels.count == microBatch
        && identities.count == microBatch && parameters.count == layout.count,
      "\(images.count) pixels, \(labels.count) labels, \(parameters.count) parameters")
    var input = view.write(compiled.images)
    copy(images, into: &input)
  }

  /// Runs all preparations of one kind.
  mutating func run(preparation kind: PreparationKind, parameters: Span<Float>) {
    unsafe parameters.withUnsafeBufferPointer { parameters in
      let flat = unsafe MemoryView(UnsafeMutableBufferPointer(mutating: parameters))
      for node in compiled.nodes {
        let target = kind == .forward ? node.preparedForward : node.preparedBackward
        if target.isEmpty { continue }
        let pass = PreparationPass(
          node: node, arena: view, flatParameters: flat, target: target, microBatch: microBatch)
        switch kind {
        case .forward: node.layer.prepareForward(pass)
        case .backward: node.layer.prepareBackward(pass)
        }
      }
    }
  }

  /// Runs some nodes forward, in order; those before them have run.
  mutating func run(
    forward indices: Range<Int>, identities: Span<SampleIdentity>, parameters: Span<Float>,
    mode: Mode
  ) {
    unsafe parameters.withUnsafeBufferPointer { parameters in
      unsafe identities.withUnsafeBufferPointer { identities in
        let flat = unsafe MemoryView(UnsafeMutableBufferPointer(mutating: parameters))
        let identities = unsafe MemoryView(UnsafeMutableBufferPointer(mutating: identities))
        for node in compiled.nodes[indices] {
          node.layer.forward(
            ForwardPass(
              node: node, arena: view, integers: view.asIntegers, flatParameters: flat,
              identities: identities, seed: seed, mode: mode, microBatch: microBatch))
        }
      }
    }
  }

  /// Runs a node backward; those after it have run.
  mutating func run(
    backward index: Int, parameters: Span<Float>, into gradients: inout MutableSpan<Float>
  ) {
    let node = compiled.nodes[index]
    if node.outputGradient.isEmpty { return }
    sumGradients(of: node)
    run(backward: node, parameters: parameters, into: &gradients)
  }

  /// Runs one node backward, its output's gradient being whole.
  mutating func run(
    backward node: CompiledNode, parameters: Span<Float>, into gradients: inout MutableSpan<Float>
  ) {
    unsafe parameters.withUnsafeBufferPointer { parameters in
      unsafe gradients.withUnsafeMutableBufferPointer { gradients in
        let flat = unsafe MemoryView(UnsafeMutableBufferPointer(mutating: parameters))
        let flatGradients = unsafe MemoryView(gradients)
        node.layer.backward(
          BackwardPass(
            node: node, arena: view, integers: view.asIntegers, flatParameters: flat,
            flatGradients: flatGradients, microBatch: microBatch))
      }
    }
  }

  /// Adds up what the consumers of a node's output left, in a fixed order.
  private func sumGradients(of node: CompiledNode) {
    for further in node.summedGradients {
      var sum = view.write(node.outputGradient)
      add(view.read(further), to: &sum)
    }
  }
}

/// What parameters are prepared for.
enum PreparationKind {
  case forward
  case backward
}
