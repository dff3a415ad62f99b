import Images
import Journal
import Storage

extension Coordinator {
  /// Keeps what the last evaluation of each set found: which classes are taken for which, and
  /// pictures of the most confident mistakes.
  func keepFindings(on sets: [Evaluator.Set], _ preprocessing: Preprocessing) {
    guard isRoot else { return }
    clearMistakes()
    for (split, evaluation) in latest.results {
      var event = Event("confusion", step: latest.step)
      event.split = split
      event.samples = evaluation.samples
      event.classes = preprocessing.classNames
      event.matrix = evaluation.confusion.rows
      event.mistakes = evaluation.mistakes
      do {
        guard let set = sets.first(where: { $0.name == split }) else { continue }
        event.mistakes = try store(evaluation.mistakes, of: set)
      } catch {
        complain(
          "no pictures of mistakes on \(split): \(AgreedError(error).message); the run goes on")
      }
      write(event)
    }
  }

  /// Writes pictures of mistakes into the run folder; returns the mistakes with their pictures.
  private func store(_ mistakes: [Mistake], of set: Evaluator.Set) throws -> [Mistake] {
    try Folder.create(folder.files.mistakes)
    let pictures = try set.pictures(of: mistakes.map(\.sample))
    return try zip(mistakes, pictures).map { mistake, picture in
      var mistake = mistake
      let image = RunFiles.picture(of: mistake)
      try DurableFile.write(unsafe picture.span.bytes, to: folder.path + "/" + image)
      mistake.image = image
      return mistake
    }
  }

  /// Removes the pictures of an earlier end of this run.
  private func clearMistakes() {
    let names = (try? Folder.names(in: folder.files.mistakes)) ?? []
    for name in names where name.hasSuffix(".png") {
      try? DurableFile.remove(folder.files.mistakes + "/" + name)
    }
  }
}
