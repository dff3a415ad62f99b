// Takes a few steps of made-up training through a Reducer and prints, on every rank, one line of
// what came out. Tests start it under mpirun and compare the lines.
import Collectives

#if canImport(Glibc)
  import Glibc
#endif

let options = ProbeOptions(CommandLine.arguments.dropFirst())
do {
  let world = try World()
  let line =
    if options.exchanges {
      try exchanges(in: world)
    } else if let most = options.sweep {
      try sweep(options, upTo: most, in: world)
    } else {
      try probe(options, in: world)
    }
  print("rank \(world.rank) of \(world.size): \(line)")
  try world.finalize()
} catch {
  print("failed: \(error)")
  exit(1)
}
