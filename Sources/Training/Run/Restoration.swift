import Collectives
import Kernels
import Networks
import Storage

extension Reducer {
  /// Puts first values into parameters and state, or those of a checkpoint, which only the root
  /// has.
  func begin(
    _ layout: ParameterLayout, seed: UInt64, stateNames: [String], averageNumber: Int?,
    from checkpoint: Checkpoint?
  ) throws {
    try fillParameters { parameters in
      if let checkpoint {
        copy(checkpoint.parameters.span, into: &parameters)
      } else {
        layout.initialize(&parameters, seed: seed)
      }
    }
    for (number, name) in stateNames.enumerated() {
      let saved = checkpoint?.states.first { $0.name == name }?.values
      let first = number == averageNumber ? Array(copying: parameters) : nil
      try fillState(number) { state in
        if let values = saved ?? first {
          copy(values.span, into: &state)
        } else {
          for index in 0..<state.count { state[index] = 0 }
        }
      }
    }
  }
}
