import Storage

#if canImport(Glibc)
  import Glibc
#endif

/// Ends the program with one line on standard error.
func fail(_ message: String, _ status: Int32) -> Never {
  complain(message)
  exit(status)
}

/// Prints one line on standard error.
func complain(_ message: String) { Console.complain("sharder: " + message) }
