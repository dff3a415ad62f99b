import Testing
import Training

/// What a plan's text says when it is read.
private func plan(_ text: String, set assignments: [String] = []) throws -> Plan {
  var source = try PlanSource(text: text, name: "plan.yaml")
  for assignment in assignments { try source.set(assignment) }
  return try source.plan()
}

/// The message that reading a plan ends with; nil if it is read.
private func complaint(_ text: String, set assignments: [String] = []) -> String? {
  do {
    _ = try plan(text, set: assignments)
    return nil
  } catch {
    return (error as? PlanError)?.message ?? "another error: \(error)"
  }
}

private let smallest = "network: lenet\ndata: folder\n"

struct PlanTests {
  @Test func `a plan with network and data alone is filled in from the network's usual recipe`()
    throws
  {
    let plan = try plan(smallest)
    #expect(plan.epochs == 8)
    #expect(plan.batch.global == 256 && plan.batch.micro == 16 && plan.batch.reference == 256)
    #expect(plan.optimizer.name == .sgd && plan.optimizer.weightDecay == 5e-4)
    #expect(plan.schedule.name == .cosine)
    #expect(plan.evaluation.every == .epochs(1))
  }

  @Test func `another optimizer than the usual one brings its own defaults`() throws {
    let plan = try plan(smallest + "optimizer: {name: adamw}\n")
    #expect(plan.optimizer.lr == 0.001 && plan.optimizer.weightDecay == 0.01)
    #expect(plan.batch.reference == nil)
  }

  @Test func `the usual warm-up is at most a tenth of the length`() throws {
    #expect(try plan(smallest).schedule.warmup == .epochs(0.5))
    #expect(try plan(smallest + "epochs: 0.5\n").schedule.warmup == .epochs(0.05))
    #expect(try plan(smallest + "steps: 3\n").schedule.warmup == .steps(0))
  }

  @Test func `assignments on the command line win over the file, and make sections`() throws {
    let plan = try plan(
      smallest + "optimizer: {lr: 0.1}\n",
      set: ["optimizer.lr=2e-1", "update.clip=5", "network={name: lenet, dropout: 0.5}"])
    #expect(plan.optimizer.lr == 0.2)
    #expect(plan.update.clip == 5)
    #expect(plan.network.dropout == 0.5)
  }

  @Test func `the resolved plan reads back as itself`() throws {
    let text = smallest + "steps: 10\nseed: 7\nschedule: {name: step, every: 3 epochs}\n"
    let first = try plan(text).yaml()
    #expect(try plan(first).yaml() == first)
    #expect(!first.contains("e-1"))
  }

  @Test(arguments: [
    ("optimizer: {momentun: 0.9}", "optimizer.momentun: unknown key; did you mean momentum?"),
    ("optimiser: {lr: 1}", "optimiser: unknown key; did you mean optimizer?"),
    ("optimizer: {name: smg}", "unknown value smg; did you mean sgd?"),
    ("optimizer: {lr: fast}", "optimizer.lr: is not a number"),
    ("optimizer: {lr: -1}", "optimizer.lr: is -1.0, must be at least 0"),
    ("batch: {global: 100, micro: 16}", "use --set batch.micro=10"),
    ("batch: {global: 0}", "batch.global: is 0, must be at least 1"),
    ("steps: 5\nepochs: 2", "steps and epochs are both given"),
    ("epochs: 0", "epochs: is 0.0, must be above 0"),
    ("epochs: 1e7", "epochs: is 10000000.0, must be above 0 and below 1000000"),
    ("evaluation: {every: 3 weeks}", "3 weeks is no interval"),
    ("run: {log: 0.5 steps}", "run.log: is 0.5 steps, must be from 0 to 1000000000, and steps"),
    ("schedule: {name: one_cycle, factor: 0}", "schedule.factor: is 0.0, must be above 0"),
    ("schedule: {name: one_cycle, final: 0.5}", "schedule.final: is 0.5, must be from 0 to"),
    ("network: {layers: [flatten], dropout: 0.5}", "put a dropout layer among the layers"),
    ("schedule: {name: multi_step, milestones: 3}", "schedule.milestones: is not a list"),
    ("schedule: {name: cosine, milestones: 3}", "schedule.milestones: cosine does not use it"),
    ("optimizer: {name: lars, betas: [0.9, 0.9]}", "optimizer.betas: lars does not use it"),
    ("loss: {name: mean_squared_error, label_smoothing: 0.1}", "does not use it"),
    ("network: {layers: [{layr: relu}]}", "is missing"),
    ("groups: [{match: conv1, frozen: maybe}]", "groups.Index 0.frozen: is not true or false"),
  ])
  func `what is wrong is said with the key and what to do`(_ case: (text: String, part: String)) {
    let lines = `case`.text.split(separator: "\n").map(String.init)
    let keys = Set(lines.map { $0.prefix { $0 != ":" } })
    let rest = smallest.split(separator: "\n").filter { !keys.contains($0.prefix { $0 != ":" }) }
    let message = complaint((rest.map(String.init) + lines).joined(separator: "\n"))
    #expect(message?.contains(`case`.part) == true, "\(message ?? "no complaint")")
    #expect(message?.contains("\n") == false)
  }

  @Test(arguments: ["", "- a\n- b\n", "network: [", "just text"])
  func `a file that is no mapping is no plan`(_ text: String) {
    #expect(complaint(text)?.hasPrefix("plan.yaml is no") == true)
  }

  /// A list of lists of lists, each of `width` aliases, as many levels deep.
  private func nested(_ levels: Int, width: Int, _ first: Int) -> String {
    var text = smallest + "l0: &l0 [" + String(repeating: "x, ", count: first) + "x]\n"
    for level in 1...levels {
      let names = Array(repeating: "*l\(level - 1)", count: width).joined(separator: ", ")
      text += "l\(level): &l\(level) [\(names)]\n"
    }
    return text
  }

  @Test func `a short text that stands for an endless one is refused`() {
    let parts = [
      (nested(30, width: 9, 1), "has more than 30 aliases"),
      (nested(29, width: 1, 1) + "? [*l29, *l29]\n: 1\n", "has more than 30 aliases"),
      (nested(9, width: 3, 30), "stands for more than 100000 values"),
      (nested(3, width: 3, 1), "unknown key"),
    ]
    for (text, part) in parts {
      #expect(complaint(text)?.contains(part) == true, "\(complaint(text) ?? "no complaint")")
    }
  }
}
