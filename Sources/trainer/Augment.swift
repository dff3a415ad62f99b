import ArgumentParser
import Storage
import Training

/// `trainer augment`: what a plan's augmentation does to images.
struct Augment: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draws training images as a plan augments them, in a PNG file.",
    discussion: """
      Each row is one sample: first as evaluation sees it, then as training sees it in epoch 0, 1, \
      2 and so on. MixUp and CutMix mix the samples shown, each with the one above.
      """)

  @Argument(help: "The plan.")
  var planFile: String?

  @Option(help: "The plan.")
  var plan: String?

  @OptionGroup var changes: PlanChanges

  @Option(help: "The PNG file to write.")
  var output: String

  @Option(help: "How many samples to show.")
  var samples = 8

  @Option(help: "Which sample of the training split is the first.")
  var first = 0

  @Option(help: "How many epochs to show.")
  var epochs = 9

  @Flag(help: "Print what was done to each image, as one JSON object.")
  var json = false

  /// Refuses what cannot be shown.
  func validate() throws {
    if samples < 1 { throw ValidationError("--samples must be at least 1") }
    if epochs < 0 { throw ValidationError("--epochs must be at least 0") }
    if planFile != nil && plan != nil { throw ValidationError("give one plan") }
  }

  /// Writes the picture; needs no MPI.
  func run() throws {
    var command = AugmentCommand(
      output: output, samples: first..<first + samples, epochs: epochs)
    command.training = changes.command(training: plan ?? planFile)
    let report = try command.run()
    Console.print(json ? report : "\(output): \(samples) samples, \(epochs) epochs")
  }
}
