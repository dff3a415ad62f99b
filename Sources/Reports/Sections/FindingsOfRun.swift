import FoundationEssentials
import Journal
import Storage

/// What the last evaluation of a run found, class by class.
struct FindingsOfRun {
  private let run: Run
  private let findings: [Finding]

  /// What was found on one set of samples.
  struct Finding {
    let split: String
    let matrix: ConfusionMatrix
    let mistakes: [Mistake]
    private let names: [String]

    /// The finding of an event; nil if its matrix is none.
    init?(_ event: Event) {
      guard let rows = event.matrix, let matrix = ConfusionMatrix(rows: rows) else { return nil }
      self.matrix = matrix
      split = event.split ?? ""
      names = event.classes ?? []
      mistakes = (event.mistakes ?? []).filter {
        (0..<matrix.classCount).contains($0.label) && (0..<matrix.classCount).contains($0.predicted)
      }
    }

    /// What a class is called.
    func name(of label: Int) -> String { label < names.count ? names[label] : "class \(label)" }
  }

  init(_ run: Run) {
    self.run = run
    let events = run.events.filter { $0.event == "confusion" }
    let last = events.compactMap(\.step).max()
    findings = events.filter { $0.step == last }.compactMap(Finding.init)
  }

  /// The confusion matrices.
  var confusion: Markup {
    each { "\(ConfusionPicture($0).markup)" }
  }

  /// Tables of precision, recall and F1.
  var classes: Markup {
    each { "\(ClassTable($0).markup)" }
  }

  /// Pictures of the most confident mistakes.
  var mistakes: Markup {
    each { finding in
      guard !finding.mistakes.isEmpty else { return "<p class=\"none\">There is none.</p>" }
      return "<div class=\"gallery\">\(finding.mistakes.map { figure(of: $0, in: finding) })</div>"
    }
  }

  private func each(_ body: (Finding) -> Markup) -> Markup {
    guard !findings.isEmpty else {
      return "<p class=\"none\">The run has not ended yet, or has nothing to be judged on.</p>"
    }
    let sets = findings.map { finding -> Markup in
      """
      <div class="set"><h4>\(finding.split), \(Figures.thousands(finding.matrix.total)) samples\
      </h4>\(body(finding))</div>
      """
    }
    return "<div class=\"sets\">\(sets)</div>"
  }

  private func figure(of mistake: Mistake, in finding: Finding) -> Markup {
    let label = finding.name(of: mistake.label)
    let predicted = finding.name(of: mistake.predicted)
    let picture: Markup =
      picture(mistake).map { data -> Markup in
        "<img src=\"data:image/png;base64,\(data)\" alt=\"\(label), taken for \(predicted)\"/>"
      } ?? "<span class=\"lost\">no picture</span>"
    return """
      <figure>\(picture)<figcaption><b>\(predicted)</b> <span class="sure">\
      \(Figures.percent(mistake.confidence, 1))</span><br/>is \(label) \
      <span class="remark">no. \(mistake.sample)</span></figcaption></figure>
      """
  }

  /// A picture in the run folder, in base 64; nil if it is no PNG there.
  private func picture(_ mistake: Mistake) -> String? {
    // Only the trainer's own name: a path in a damaged file may lead anywhere.
    guard let image = mistake.image, image == RunFiles.picture(of: mistake),
      mistake.split.allSatisfy({ $0.isLetter }),
      let file = try? MappedFile(run.history.files.folder + "/" + image)
    else { return nil }
    let bytes = Array(file.contents)
    guard bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) else { return nil }
    return Data(bytes).base64EncodedString()
  }
}
