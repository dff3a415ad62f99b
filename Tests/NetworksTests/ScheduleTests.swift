import Networks
import Testing

/// Learning rates of 40 steps, by PyTorch's schedulers.
private struct Rates: Decodable {
  let base: Double
  let rates: [String: [Double]]
}

struct ScheduleTests {
  @Test func `every decay follows PyTorch's scheduler`() throws {
    let golden = try GoldenValues.decode(Rates.self, from: "schedules.json")
    let cases: [String: (RateDecay, warmup: Int, factor: Double)] = [
      "constant": (.constant, 0, 0),
      "step": (.step(every: 7, factor: 0.5), 0, 0),
      "multi_step": (.multiStep(at: [5, 6, 30]), 0, 0),
      "exponential": (.exponential(factor: 0.93), 0, 0),
      "polynomial": (.polynomial(power: 2), 0, 0),
      "linear": (.polynomial(), 0, 0),
      "cosine": (.cosine(end: 0.01), 0, 0),
      "one_cycle": (.oneCycle(), 0, 0),
      "one_cycle_early": (.oneCycle(rise: 0.15, start: 10, end: 100), 0, 0),
      "warm_constant": (.constant, 6, 0.25),
      "warm_cosine": (.cosine(), 8, 0.1),
      "warm_polynomial": (.polynomial(power: 0.9), 5, 0.001),
      "warm_exponential": (.exponential(factor: 0.9), 5, 0.2),
    ]
    #expect(Set(cases.keys) == Set(golden.rates.keys))
    for (name, (decay, warmup, factor)) in cases {
      let schedule = Schedule(
        base: golden.base, totalSteps: 40, decay: decay, warmupSteps: warmup, warmupFactor: factor)
      try schedule.check()
      for (step, expected) in (golden.rates[name] ?? []).enumerated() {
        let rate = schedule.rate(at: step)
        #expect(abs(rate - expected) < 1e-8, "\(name) at step \(step): \(rate), not \(expected)")
      }
    }
  }

  @Test func `steps past the end keep the last rate`() {
    let schedule = Schedule(base: 1, totalSteps: 10, decay: .cosine(end: 0.25), warmupSteps: 2)
    #expect(schedule.rate(at: 10) == 0.25)
    #expect(schedule.rate(at: 1000) == 0.25)
    #expect(schedule.rate(at: 2) == 1)
  }

  @Test func `the rate grows with the global batch`() {
    #expect(Schedule.scaled(0.1, globalBatch: 1024) == 0.4)
    #expect(Schedule.scaled(0.1, globalBatch: 64, referenceBatch: 128) == 0.05)
  }

  @Test func `numbers without sense are refused`() {
    let faulty: [(Schedule, String)] = [
      (Schedule(base: -1, totalSteps: 9), "learning rate -1.0 is negative or not finite"),
      (
        Schedule(base: 1, totalSteps: 9, warmupSteps: 9),
        "a warm-up of 9 steps in a training of 9; shorten schedule.warmup, or train longer"
      ),
      (Schedule(base: 1, totalSteps: 9, decay: .step(every: 0)), "schedule step: every 0 steps"),
      (
        Schedule(base: 1, totalSteps: 9, decay: .cosine(end: 2)),
        "schedule cosine: end 2.0 is not in 0 ... 1"
      ),
    ]
    for (schedule, message) in faulty {
      #expect(throws: NetworkError(message)) { try schedule.check() }
    }
  }

  @Test func `decays are named once`() {
    let all: [RateDecay] = [
      .constant, .step(every: 1), .multiStep(at: []), .exponential(factor: 1), .polynomial(),
      .cosine(), .oneCycle(),
    ]
    #expect(all.map(\.name) == RateDecay.names)
  }
}
