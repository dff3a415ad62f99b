/// How many of the `first` samples have their label as the largest logit; the first of equals wins.
///
/// A single logit stands for two classes: it is right if its sign is that of the label, 0 or 1.
///
/// - Parameters:
///   - logits: [N, K].
///   - labels: [N].
public func countCorrect(logits: Span<Float>, labels: Span<Int32>, first: Int) -> Int {
  let classes = logits.count / labels.count
  var correct = 0
  for sample in 0..<first
  where predictedClass(logits: logits, sample: sample, classes: classes) == Int(labels[sample]) {
    correct += 1
  }
  return correct
}

/// The class of the largest logit of a sample, the first of equals; of a single logit, its sign.
///
/// - Parameters:
///   - logits: [N, K].
///   - classes: K.
public func predictedClass(logits: Span<Float>, sample: Int, classes: Int) -> Int {
  var best = classes == 1 && logits[sample] > 0 ? 1 : 0
  for k in 1..<max(classes, 1)
  where logits[sample * classes + k] > logits[sample * classes + best] { best = k }
  return best
}

/// How many classes a sample's logits put before the class `label`: 0 where it is the predicted one;
/// equal logits count in the order of classes.
///
/// - Parameters:
///   - logits: [N, K].
///   - classes: K.
public func place(of label: Int, logits: Span<Float>, sample: Int, classes: Int) -> Int {
  let predicted = predictedClass(logits: logits, sample: sample, classes: classes)
  guard classes > 1, predicted != label else { return predicted == label ? 0 : 1 }
  let own = logits[sample * classes + label]
  var place = 0
  for k in 0..<classes {
    let other = logits[sample * classes + k]
    if other > own || k < label && other == own { place += 1 }
  }
  // Logits that are no numbers are neither larger nor equal.
  return max(place, 1)
}
