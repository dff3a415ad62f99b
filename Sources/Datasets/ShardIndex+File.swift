internal import FoundationEssentials
internal import Storage

extension ShardIndex {
  /// The index in its one canonical form: sorted keys, two spaces, a newline at the end, and its own
  /// digest in it.
  public func encoded() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    var unsealed = self
    unsealed.sha256 = SHA256Digest.zero
    let text = String(decoding: try encoder.encode(unsealed), as: UTF8.self) + "\n"
    return text.replacing(
      SHA256Digest.zero.hex, with: SHA256Digest(of: text).hex, maxReplacements: 1)
  }

  /// Reads and checks the index of the data set in `folder`.
  ///
  /// Throws a `DatasetError` that names what is missing or wrong.
  public init(folder: String) throws {
    let path = folder + "/" + ShardIndex.fileName
    let text = Data(try readIndex(path, folder: folder))
    // The version decides how to read the rest, so it is read alone and first.
    let version = try decode(Versioned.self, from: text, path).version
    guard ShardIndex.versions.contains(version) else {
      throw DatasetError(
        path,
        "version \(version) is not one that this program reads, "
          + ShardIndex.versions.map(String.init).joined(separator: " or "),
        remedy: "make the data set again with `sharder create --force`")
    }
    self = try decode(ShardIndex.self, from: text, path)
    try requireSeal(text, path)
    if let fault { throw DatasetError(path, fault, remedy: againRemedy) }
  }
}

extension ShardIndex {
  /// Takes off the digest of the file itself; throws unless it is the one of `text`.
  private mutating func requireSeal(_ text: Data, _ path: String) throws {
    let whole = String(decoding: text, as: UTF8.self)
    guard let seal = sha256,
      SHA256Digest(of: whole.replacing(seal.hex, with: SHA256Digest.zero.hex)) == seal
    else {
      throw DatasetError(
        path, "the index is damaged: its sha256 is not that of its other bytes",
        remedy: againRemedy)
    }
    sha256 = nil
  }
}

extension SHA256Digest {
  /// What stands for a digest that is not known yet.
  fileprivate static let zero = SHA256Digest(hex: String(repeating: "0", count: 64))!
}

private struct Versioned: Decodable {
  let version: Int
}

private let againRemedy = "make the data set again with `sharder create`"

/// The bytes of the index; where there is none, the error says how to make a data set.
private func readIndex(_ path: String, folder: String) throws -> [UInt8] {
  do {
    return try MappedFile(path).contents
  } catch {
    guard error.exitCode == .noInput else { throw error }
    throw DatasetError(
      folder, "there is no data set here (no \(ShardIndex.fileName))",
      remedy: "make one with `sharder create SOURCE --output \(folder)`", exitCode: .noInput)
  }
}

/// Decodes JSON; says in one line where it does not fit.
private func decode<Value: Decodable>(
  _: Value.Type, from text: Data, _ path: String
) throws -> Value {
  do {
    return try JSONDecoder().decode(Value.self, from: text)
  } catch let error as DecodingError {
    throw DatasetError(path, reason(of: error), remedy: againRemedy)
  }
}

/// What does not fit, and under which key.
private func reason(of error: DecodingError) -> String {
  func at(_ keys: [any CodingKey], _ reason: String) -> String {
    let key = keys.map(\.stringValue).joined(separator: ".")
    return key.isEmpty ? "not JSON as expected: \(reason)" : "key \(key): \(reason)"
  }
  switch error {
  case .keyNotFound(let key, let context): return at(context.codingPath + [key], "it is missing")
  case .typeMismatch(let type, let context): return at(context.codingPath, "it is no \(type)")
  case .valueNotFound(_, let context): return at(context.codingPath, "it is null")
  case .dataCorrupted(let context): return at(context.codingPath, context.debugDescription)
  @unknown default: return "it cannot be read as JSON"
  }
}
