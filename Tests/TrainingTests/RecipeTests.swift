import Datasets
import Testing
import Training

private func recipe(_ text: String, samples: Int = 1000) throws -> Recipe {
  let plan = try PlanSource(text: text, name: "plan.yaml").plan()
  return Recipe(
    plan,
    data: Recipe.Samples(
      digest: "abc", samples: samples, validation: 0, shape: [28, 28, 1], classes: 10))
}

private let text = "network: lenet\ndata: folder\nbatch: {global: 64}\n"

struct RecipeTests {
  @Test func `the canonical form reads back as itself`() throws {
    let recipe = try recipe(text)
    let form = recipe.canonicalText()
    #expect(try Recipe(canonicalText: form).canonicalText() == form)
    #expect(!form.contains("\n"))
  }

  @Test func `what does not change the result is not in the recipe`() throws {
    let one = try recipe(text).canonicalText()
    let other = try recipe(
      text.replacing("data: folder", with: "data: elsewhere")
        + "run: {transport: messages, log: 3}\ncheckpoint: {every: 7, keep: 9}\n"
        + "evaluation: {every: 11}\n"
    ).canonicalText()
    #expect(one == other)
  }

  @Test func `a recipe without transforms says nothing of them`() throws {
    let form = try recipe(text).canonicalText()
    #expect(!form.contains("augmentation") && !form.contains("evaluationTransforms"))
    #expect(try recipe(text + "augmentation: []\n").canonicalText() == form)
  }

  @Test func `transforms are in the recipe in full, and read back as themselves`() throws {
    let list =
      "augmentation: [RandomHorizontalFlip, {transform: RandomCrop, size: 28, padding: 4}]\n"
    let recipe = try recipe(text + list)
    let form = recipe.canonicalText()
    #expect(form.contains(#"{"p":0.5,"transform":"RandomHorizontalFlip"}"#))
    #expect(form.contains(#""pad_if_needed":false"#))
    let back = try Recipe(canonicalText: form)
    #expect(back.canonicalText() == form && back.augmentation == recipe.augmentation)
    let source = try PlanSource(text: text + list, name: "plan.yaml").plan()
    let again = try PlanSource(text: source.yaml(), name: "again").plan()
    #expect(again.augmentation == source.augmentation)
  }

  @Test func `views and the rule of resizing are in the recipe only where there are any`() throws {
    let form = try recipe(text).canonicalText()
    #expect(!form.contains("evaluationViews") && !form.contains("resize"))
    #expect(try recipe(text + "evaluation: {views: none}\n").canonicalText() == form)
    var flipped = try recipe(text + "evaluation: {views: flip}\n")
    #expect(flipped.canonicalText().contains(#""evaluationViews":"flip""#))
    flipped.data.resize = .stretch
    let back = try Recipe(canonicalText: flipped.canonicalText())
    #expect(back.evaluationViews == .flip && back.data.resize == .stretch)
  }

  @Test func `a difference is named by its key with both values`() throws {
    let one = try recipe(text).canonicalText()
    let other = try recipe(text + "optimizer: {lr: 0.25}\n").canonicalText()
    let difference = try #require(Recipe.difference(between: one, and: other))
    #expect(difference.key == "batch.reference" || difference.key == "optimizer.lr")
    #expect(Recipe.difference(between: one, and: one) == nil)
  }

  @Test func `epochs become steps that use every sample, rounded up`() throws {
    #expect(try recipe(text + "epochs: 3\n").steps == 47)  // 3000 / 64 = 46.9
    #expect(try recipe(text + "steps: 5\n").steps == 5)
    let schedule = try recipe(text + "schedule: {name: cosine, warmup: 1 epoch}\n").schedule
    #expect(schedule.warmup == .steps(16))  // 1000 / 64 = 15.6
    // 0.07 · 60 000 is a little more than 4200 in binary.
    let short = text.replacing("64", with: "100, micro: 10") + "epochs: 0.07\n"
    #expect(try recipe(short, samples: 60_000).steps == 42)
  }

  @Test func `how often is evaluated is in the recipe where it decides the best`() throws {
    let best = text + "checkpoint: {best: true}\n"
    // An epoch is 15.6 steps: evaluations after whole epochs and after every 16 steps differ.
    let epoch = try recipe(best).canonicalText()
    let steps = try recipe(best + "evaluation: {every: 16}\n").canonicalText()
    #expect(Recipe.difference(between: epoch, and: steps)?.key == "bestOfEvaluations")
  }

  @Test func `other seeds, data and batches are other recipes`() throws {
    let digests = try Set([
      recipe(text).shortDigest, recipe(text + "seed: 2\n").shortDigest,
      recipe(text, samples: 999).shortDigest,
      recipe(text.replacing("64", with: "128")).shortDigest,
    ])
    #expect(digests.count == 4)
  }
}

struct RecurrenceTests {
  @Test func `an interval in steps is due after every so many steps`() throws {
    let due = try recurrence("3").dueSteps(10)
    #expect(due == [2, 5, 8])
  }

  @Test func `an interval in epochs is due after the step that completes the epoch`() throws {
    // 1000 samples, 64 a step: epochs end in steps 15, 31, 46, 62 (counted from 0).
    #expect(try recurrence("1 epoch").dueSteps(70) == [15, 31, 46, 62])
    #expect(try recurrence("0.5 epochs").dueSteps(16) == [7, 15])
  }

  @Test func `never is never due`() throws {
    #expect(try recurrence("0").dueSteps(100).isEmpty)
  }

  private func recurrence(_ interval: String) throws -> Recurrence {
    let source = try PlanSource(text: text + "evaluation: {every: \(interval)}\n", name: "p")
    return try source.plan().evaluation.every.recurrence(samples: 1000, batch: 64)
  }
}

extension Recurrence {
  fileprivate func dueSteps(_ count: Int) -> [Int] { (0..<count).filter { isDue(after: $0) } }
}
