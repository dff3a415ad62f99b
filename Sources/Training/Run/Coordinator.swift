import Collectives
import Datasets
import Journal
import Networks
import Storage

/// What rank 0 does for all: progress, metrics, checkpoints.
///
/// Every rank has one and calls it in the same places; only the root's prints and writes.
final class Coordinator {
  let isRoot: Bool
  let folder: RunFolder
  private let size: Int
  private let recipe: Recipe
  private let writer: CheckpointWriter
  private let metrics: MetricsLog?
  /// What TensorBoard reads; nil on other ranks.
  let tensorBoard: TensorBoardLog?
  /// When a line of progress is due.
  private let logging: Recurrence
  /// The line that changes on a terminal; nil where the root has none, and on other ranks.
  private let progressLine: ProgressLine?
  private var stopwatch = Stopwatch()
  private var lastLog: (time: Duration, step: Int)
  /// What evaluations have decided so far.
  private(set) var decisions: Decisions
  /// The last evaluation of each set, and after how many steps.
  private(set) var latest: (step: Int, results: [(split: String, evaluation: Evaluation)]) = (0, [])
  /// Steps done when this process began.
  private let firstStep: Int
  /// Keeps the run's folder for this run.
  private let lock: FolderLock?
  /// Wishes of a step that came to nothing.
  private var kept: Wish = []
  private let seeksBest: Bool
  private let hosts: [String]
  private var pace: Pace
  /// Why the last save failed, if it did.
  private var lastFailure: String?
  /// The damaged blocks that were spoken of.
  private var damagedBlocks: Set<Int> = []

  init(
    _ world: World, recipe: Recipe, folder: RunFolder, layout: ParameterLayout, arrays: Int,
    hosts: [String], checkpoints: CheckpointPlan, logging: Recurrence, from start: Restored
  ) throws {
    isRoot = world.isRoot
    size = world.size
    self.recipe = recipe
    self.folder = folder
    self.logging = logging
    progressLine = isRoot ? Terminal(launched: World.isLaunched).map(ProgressLine.init) : nil
    lock = start.lock
    firstStep = start.position.step
    seeksBest = checkpoints.best
    self.hosts = hosts
    pace = Pace(ranks: world.size)
    decisions = Decisions(
      recipe, seeksBest: checkpoints.best, from: start.position.control)
    writer = CheckpointWriter(
      folder.checkpoints, layout, arrays: arrays, keep: checkpoints.keep)
    tensorBoard =
      isRoot ? try TensorBoardLog(folder, after: start.position.step, host: world.hostName) : nil
    metrics = isRoot ? try MetricsLog(folder.files.metrics) : nil
    lastLog = (.zero, firstStep)
  }

  /// What this rank asks of all after this step.
  var wish: Int32 {
    defer { kept = [] }
    return Wish.take().union(kept).rawValue
  }

  /// Keeps wishes that a step could not fulfil for the next one.
  func keep(_ control: Int32) { kept = Wish(rawValue: control) }

  /// Prints the error that all ranks end with, once.
  static func complain(_ error: AgreedError, in world: World) {
    if world.isRoot { Console.complain("trainer: " + error.message) }
  }

  /// Prints a line of a command that is no run, once for all ranks.
  static func say(_ line: String, in world: World) {
    if world.isRoot { Console.print(line) }
  }

  /// Prints a line, once for all ranks.
  func say(_ line: String) {
    if isRoot { Console.print(line) }
  }

  /// Says and keeps a complaint: something went wrong, and the run goes on, after so many steps.
  func complain(_ text: String, as kind: String = "complaint", steps: Int? = nil) {
    guard isRoot else { return }
    Console.print("warning: " + text)
    var event = Event(kind, step: steps)
    event.text = text
    write(event)
  }

  /// Says, once for each block, that it is damaged and its samples are left out.
  func sayLeftOut(_ block: Int, of store: SampleStore) {
    guard damagedBlocks.insert(block).inserted else { return }
    complain("\(store.damage(ofBlock: block).finding); other samples stand in for them")
  }

  /// Training begins: keeps who runs this, and since when.
  func began(resuming: Bool, in environment: [String: String]) {
    stopwatch.start()
    guard isRoot else { return }
    writer.warnIfNearlyFull()
    reportSaves()
    var event = Event("start", step: firstStep)
    event.ranks = size
    event.text = resuming ? "resumed" : "new"
    event.environment = environment
    write(event)
  }

  /// Tells of a step: an event where one is due, and the line that changes on a terminal.
  func report(_ step: Int, _ totals: ReductionTotals, rate: Double, _ reducer: Reducer) {
    guard isRoot else { return }
    if logging.isDue(after: step) { log(step, totals, rate: rate, reducer) }
    guard let progressLine, progressLine.isDue() || step + 1 == recipe.steps else { return }
    let done = step + 1
    let speed =
      Double((done - firstStep) * recipe.batch.global) / stopwatch.elapsed.seconds
    progressLine.show(
      ProgressLine.Figures(
        step: done, steps: recipe.steps, epoch: epochs(done), loss: totals.meanLoss,
        accuracy: accuracy(totals), rate: rate, imagesPerSecond: speed,
        secondsLeft: Double((recipe.steps - done) * recipe.batch.global) / speed))
  }

  /// An event, and without a terminal a line of progress, after a step.
  private func log(_ step: Int, _ totals: ReductionTotals, rate: Double, _ reducer: Reducer) {
    let now = stopwatch.elapsed
    let done = step + 1
    let images = Double((done - lastLog.step) * recipe.batch.global)
    let speed = images / (now - lastLog.time).seconds
    let (fastest, slowest) = pace.take(reducer, steps: done - lastLog.step)
    lastLog = (now, done)
    var event = Event("step", step: done)
    event.epoch = epochs(done)
    event.loss = totals.meanLoss
    event.accuracy = accuracy(totals)
    event.rate = rate
    event.gradientNorm = totals.gradientNorm
    event.imagesPerSecond = speed
    event.take(fastest, slowest)
    write(event)
    if progressLine != nil { return }
    let left = Double((recipe.steps - done) * recipe.batch.global) / speed
    Console.print(
      "step \(done)/\(recipe.steps)  epoch \(fixed(epochs(done), 2))"
        + "  loss \(fixed(totals.meanLoss, 4))  accuracy \(percent(accuracy(totals)))"
        + "  rate \(fixed(rate, 5))  \(fixed(speed, 0)) images/s  \(fixed(left, 0)) s left"
        + straggler(fastest, slowest))
  }

  /// What is said of a rank that is much slower than another.
  private func straggler(_ fastest: Pace.Entry, _ slowest: Pace.Entry) -> String {
    guard slowest.seconds > Pace.notable * fastest.seconds, fastest.seconds > 0 else { return "" }
    return "  slowest: rank \(slowest.rank) on \(hosts[slowest.rank]), "
      + "\(fixed(slowest.seconds / fastest.seconds, 1)) × rank \(fastest.rank)"
  }

  /// The run goes back to an anchor, and decides as it did there.
  func goBack(to anchor: Anchor, _ reducer: Reducer) {
    _ = pace.take(reducer, steps: 1)
    decisions = Decisions(recipe, seeksBest: seeksBest, from: anchor.control)
    lastLog = (stopwatch.elapsed, anchor.step)
  }

  /// Something else than training begins: its time does not count.
  func pause() { stopwatch.stop() }

  /// Training goes on.
  func goOn() { stopwatch.start() }

  /// One line for an evaluation after a step; on validation samples it decides, unless it is one
  /// that the recipe does not know of.
  func record(_ evaluation: Evaluation, on split: String, after step: Int, decides: Bool) {
    let isDecision = decides && split == "validation"
    let decision = isDecision ? decisions.record(evaluation, after: step) : nil
    if latest.step != step + 1 { latest = (step + 1, []) }
    latest.results.append((split, evaluation))
    guard isRoot else { return }
    var event = Event("evaluation", step: step + 1)
    event.epoch = epochs(step + 1)
    event.loss = evaluation.loss
    event.accuracy = evaluation.accuracy
    event.topFive = evaluation.topFive
    event.samples = evaluation.samples
    event.split = split
    write(event)
    Console.print(
      "step \(step + 1)/\(recipe.steps)  \(split): \(evaluation)")
    if let decision { tell(of: decision, after: step) }
  }

  /// Says and keeps what an evaluation has decided.
  private func tell(of decision: String, after step: Int) {
    var event = Event("decision", step: step + 1)
    event.text = decision
    write(event)
    Console.print("step \(step + 1)/\(recipe.steps)  \(decision)")
  }

  /// Whether the evaluation after this step was the best so far.
  func isBest(after step: Int) -> Bool { decisions.best?.step == step + 1 }

  /// Hands a checkpoint to the writer, and returns it; training goes on at once.
  ///
  /// It is made on the root alone; other ranks get nil.
  func save(after step: Int, _ make: () -> Checkpoint) -> Checkpoint? {
    guard isRoot else { return nil }
    reportSaves()
    let checkpoint = make()
    // What a run may have to go back to stays until the next such checkpoint is there.
    let prunes = recipe.nonFinite != .rollback || recipe.anchoring.isDue(after: step)
    writer.save(checkpoint, best: decisions.best?.step, prunes: prunes)
    return checkpoint
  }

  /// Says how the saves since the last call ended.
  private func reportSaves() {
    for outcome in writer.takeOutcomes() {
      switch outcome {
      case .saved(let path):
        lastFailure = nil
        var event = Event("checkpoint")
        event.text = path
        write(event)
      case .failed(let step, let reason):
        lastFailure = reason
        complain("the checkpoint after step \(step) is not saved: \(reason); training goes on")
      case .remark(let text): complain(text)
      }
    }
  }

  /// Waits until everything that was handed to the writer is on disk, or cannot be.
  func finishSaves() {
    writer.finish()
    reportSaves()
  }

  /// Waits for the last checkpoint and closes the run with a summary; throws if it is not saved.
  func finish(after step: Int) throws {
    finishSaves()
    guard isRoot else { return }
    let seconds = stopwatch.elapsed.seconds
    let images = (step - firstStep) * recipe.batch.global
    var event = Event("end", step: step)
    event.imagesPerSecond = Double(images) / seconds
    event.ranks = size
    write(event)
    Console.print(ending(after: step))
    for (split, evaluation) in latest.results { Console.print("\(split): \(evaluation)") }
    if images > 0 {
      Console.print(
        "speed: \(Int(Double(images) / seconds)) images/s on \(counted(size, "rank")), "
          + "\(fixed(seconds, 1)) s of training")
    }
    if let best = decisions.best {
      Console.print("best: validation \(percent(best.accuracy)) after step \(best.step)")
    }
    if let lastFailure {
      throw CheckpointError(
        "the last checkpoint, after step \(step), is not saved: \(lastFailure); then start again: "
          + "the run goes on from its newest checkpoint", exitCode: .ioError)
    }
    Console.print("checkpoint: \(folder.checkpoints.file(step: step))")
    Console.print("run folder: \(folder.path)")
  }

  /// How the run ended after so many steps.
  private func ending(after step: Int) -> String {
    if let reason = decisions.reasonToStop {
      return "finished: \(counted(step, "step")), \(reason)"
    }
    return (step == recipe.steps ? "finished: " : "stopped after ") + counted(step, "step")
  }

  private func epochs(_ steps: Int) -> Double {
    Double(steps * recipe.batch.global) / Double(recipe.data.samples)
  }

  /// The part of a step's samples that were classified correctly.
  private func accuracy(_ totals: ReductionTotals) -> Double {
    Double(totals.correct) / Double(recipe.batch.global)
  }

  /// Keeps an event; a failure is said, and training goes on.
  func write(_ event: Event) {
    guard let metrics, let tensorBoard else { return }
    var written = event
    do {
      written = try metrics.append(event)
    } catch {
      Console.print("warning: \(error.message)")
    }
    do {
      try tensorBoard.append(written)
    } catch {
      complainOfTensorBoard(error)
    }
  }
}
