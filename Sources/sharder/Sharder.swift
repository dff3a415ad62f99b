@main
struct Sharder {
  static func main() {}
}
