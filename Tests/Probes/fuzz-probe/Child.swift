import Foundation
import Launching
import Storage

#if canImport(Glibc)
  import Glibc
#endif

/// A process that reads one mutant after the other, until one ends it.
struct Child {
  let reader: Reader
  let seed: UInt64
  let folder: String

  /// Seconds that reading one mutant may take.
  static let secondsOfInput: UInt32 = 10
  /// Bytes of address space: the libraries take a fifth of it.
  private static let memory: UInt = 3 << 30

  /// Reads the mutants of the given numbers; notes in a file which one it is at.
  func run(_ numbers: Range<Int>) throws {
    let ground = try Ground(in: folder, package: package.path)
    let originals = try reader.originals(ground)
    limit()
    let note = open(Self.note(reader, folder), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    for number in numbers {
      var current = Int64(number)
      pwrite(note, &current, 8, 0)
      var random = NumberedRandom(seed: seed, reader: reader.name, number: number)
      let mutant = Mutation.mutant(of: originals, isText: reader.isText, &random)
      alarm(Self.secondsOfInput)
      do {
        try reader.read(mutant, ground)
      } catch is Unnoticed {
        Console.complain("fuzz-probe: \(reader.name) \(number): damage was not noticed")
        abort()
      } catch {
        // Whatever the product says is an answer.
      }
    }
    alarm(0)
  }

  /// A crash leaves no core, and nothing takes more than its share.
  private func limit() {
    var memory = rlimit(rlim_cur: Self.memory, rlim_max: Self.memory)
    setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &memory)
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    var file = rlimit(rlim_cur: 1 << 28, rlim_max: 1 << 28)
    setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &file)
  }

  /// Where a child notes its current mutant.
  static func note(_ reader: Reader, _ folder: String) -> String {
    "\(folder)/\(reader.name).number"
  }
}

/// The random numbers of a mutant.
struct NumberedRandom: RandomNumberGenerator {
  private var numbers: SplitMix64

  init(seed: UInt64, reader: String, number: Int) {
    let ofReader = reader.utf8.reduce(seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    numbers = SplitMix64(state: (ofReader ^ UInt64(number)) &* 0x9E37_79B9_7F4A_7C15)
  }

  mutating func next() -> UInt64 { numbers.next() }
}
