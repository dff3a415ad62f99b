// Trains as `trainer` does, and prints on every rank how many collective calls there were, and in
// how many of them in a row nothing was allocated. Tests compare that with the number of steps.
import CAllocationCounter
import Training

#if canImport(Glibc)
  import Glibc
#endif

var command = TrainCommand()
command.plan = CommandLine.arguments[1]
command.run = CommandLine.arguments[2]
command.assignments = Array(CommandLine.arguments.dropFirst(3))
let status = RankProgram.run { world in
  try command.run(in: world)
  print("calls \(lockstep_collective_calls()) quiet \(lockstep_longest_quiet_stretch())")
}
exit(status)
