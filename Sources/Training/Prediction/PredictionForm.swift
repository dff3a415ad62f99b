import Storage

/// How predictions are printed.
public enum PredictionForm: Sendable {
  /// A line an image, to read.
  case text
  /// One JSON object.
  case json
  /// A line a class of an image: `image,place,class,score` (RFC 4180).
  case csv
}

extension PredictionForm {
  /// The line before all others, if there is one.
  var head: String? { self == .csv ? "image,place,class,score" : nil }

  /// The lines of one image; none where all are printed together at the end.
  func lines(_ prediction: ImagePrediction) -> [String] {
    switch self {
    case .json: []
    case .text:
      [
        prediction.image + "  "
          + prediction.choices.map { "\($0.class) \(percent($0.score))" }.joined(separator: "  ")
      ]
    case .csv:
      prediction.choices.enumerated().map { place, choice in
        "\(Self.field(prediction.image)),\(place + 1),\(Self.field(choice.class)),\(choice.score)"
      }
    }
  }

  /// A text as one field of a line.
  private static func field(_ text: String) -> String {
    let isPlain = !text.contains { $0 == "," || $0 == "\"" || $0.isNewline }
    return isPlain ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
