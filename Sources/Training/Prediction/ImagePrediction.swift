/// What a model says of one image.
struct ImagePrediction: Encodable, Sendable {
  /// One class, and how sure the model is of it.
  struct Choice: Encodable, Sendable {
    /// The name of the class.
    let `class`: String
    /// From 0 to 1 (`Loss.scores`); with cross-entropy the classes' sum to 1.
    let score: Double
  }

  /// The path of the image's file.
  let image: String
  /// The first classes, the surest first.
  let choices: [Choice]

  /// The first `top` classes by their `scores` [K]; of equal ones the first.
  init(image: String, scores: [Double], classNames: [String], top: Int) {
    self.image = image
    let order = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
    choices = order.prefix(top).map {
      Choice(class: $0 < classNames.count ? classNames[$0] : "\($0)", score: scores[$0])
    }
  }
}

/// An image that could not be read.
struct UnreadableImage: Encodable, Sendable {
  /// The path of the image's file.
  let image: String
  /// What is wrong with it, and what to do.
  let reason: String
}
