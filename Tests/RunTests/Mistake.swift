import Launching
import Testing

/// Something wrong, and the one line and exit status that it must end in, on 1 rank and on 8.
struct Mistake: CustomTestStringConvertible, Sendable {
  let testDescription: String
  /// The plan, if it is not the usual one.
  var plan: String?
  /// Arguments after `trainer`.
  var arguments: [String] = []
  /// The exit status, after sysexits: 64 usage, 65 bad data, 66 no input, 74 input or output.
  let status: Int32
  /// What the line must contain.
  let words: [String]

  /// A mistake that is not in plan or arguments.
  init(_ name: String, _ status: Int32, words: [String]) {
    (testDescription, self.status, self.words) = (name, status, words)
  }

  /// What a test makes wrong by itself.
  init(_ status: Int32, _ words: String...) { self.init("", status, words: words) }

  /// Arguments that are wrong.
  init(_ name: String, _ arguments: [String], _ status: Int32, _ words: String...) {
    self.init(name, status, words: words)
    self.arguments = arguments
  }

  /// Arguments that are wrong, in a test of several.
  init(arguments: [String], _ status: Int32, _ words: String...) {
    self.init("", status, words: words)
    self.arguments = arguments
  }

  /// A plan that is wrong.
  init(_ name: String, plan: String, _ status: Int32, _ words: String...) {
    self.init(name, status, words: words)
    (self.plan, arguments) = (plan, ["plan.yaml"])
  }

  /// The usual plan with an assignment that is wrong.
  init(set assignment: String, _ status: Int32, _ words: String...) {
    self.init("--set \(assignment)", status, words: words)
    arguments = ["plan.yaml", "--set", assignment]
  }

  /// Whether a program ended as it must: one line that says what is wrong, and no more.
  func expect(_ outcome: Outcome, ranks: Int) {
    let line = outcome.errorLines.first ?? ""
    let seen = "\(ranks) ranks: status \(outcome.status)\n\(outcome.errors)"
    #expect(outcome.status == status, "\(seen)")
    #expect(outcome.errorLines.count == 1, "\(seen)")
    #expect(line.hasPrefix("trainer: ") && !line.contains("rank 0:"), "\(seen)")
    for word in words { #expect(line.contains(word), "\(seen)") }
  }
}

/// A short run of the usual plan: 4 steps of 48 images in 12 micro-batches.
func usualPlan(data: String) -> String {
  """
  network: lenet
  data: \(data)
  steps: 4
  batch: {global: 48, micro: 4}
  evaluation: {every: 0}
  checkpoint: {every: 2}
  """
}
