import Foundation
import FoundationXML
import Reports
import Testing

@Suite struct `The report's page` {
  /// A name that would be markup if it were not escaped.
  private static let hostile = "</script><script>alert('&\"1\"')</script>"

  /// A run with every kind of event, written as the trainer writes it.
  private func makeRun(in parent: URL, _ name: String = "run", damaged: Bool = false) throws
    -> String
  {
    let folder = parent.appending(path: name)
    try FileManager.default.createDirectory(
      at: folder.appending(path: "mistakes"), withIntermediateDirectories: true)
    let escaped = Self.hostile.replacing("\"", with: "\\\"")
    var lines = [#"{"event":"start","time":100,"step":0,"ranks":3,"environment":{"host":"<b>"}}"#]
    for step in 1...200 {
      lines.append(
        """
        {"event":"step","time":\(100 + step),"step":\(step),"epoch":\(Double(step) / 50),\
        "loss":\(2.5 / Double(step)),"accuracy":\(Double(step) / 250),"rate":0.0123,\
        "gradient_norm":1.5,"images_per_second":\(4321 + step)}
        """)
    }
    lines += [
      """
      {"event":"evaluation","time":301,"step":200,"split":"test","loss":0.51234,\
      "accuracy":0.8725,"samples":400}
      """,
      """
      {"event":"confusion","time":302,"step":200,"split":"test","classes":["cat","\(escaped)"],\
      "matrix":[[180,20],[31,169]],"mistakes":[{"split":"test","sample":17,"label":0,\
      "predicted":1,"confidence":0.987,"image":"mistakes/test-17.png"},{"split":"test",\
      "sample":5,"label":1,"predicted":0,"confidence":0.9,"image":"../../secret.png"}]}
      """,
      #"{"event":"complaint","time":303,"text":"the disk is <full>"}"#,
      #"{"event":"phases","time":303,"phases":[{"forward":2,"waiting":1},{"forward":3}]}"#,
      #"{"event":"end","time":304,"step":200,"ranks":3,"images_per_second":4400}"#,
    ]
    if damaged { lines.insert(#"{"event":"st"#, at: 5) }
    try Data((lines.joined(separator: "\n") + "\n").utf8)
      .write(to: folder.appending(path: "metrics.jsonl"))
    try Data("network:\n  name: lenet\nseed: 7\nrun: '<i>'\n".utf8)
      .write(to: folder.appending(path: "plan.yaml"))
    try Data([0x89, 0x50, 0x4E, 0x47, 1, 2, 3])
      .write(to: folder.appending(path: "mistakes/test-17.png"))
    return folder.path
  }

  private func page(_ folders: [String], in parent: URL) throws -> String {
    let output = parent.appending(path: "page.html")
    var command = ReportCommand(runs: folders)
    command.output = output.path
    try command.run()
    return try String(contentsOf: output, encoding: .utf8)
  }

  private func withFolder(_ body: (URL) throws -> Void) throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "lockstep-\(UUID())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    try body(url)
  }

  @Test func `is well-formed, for one run and for several`() throws {
    try withFolder { folder in
      let runs = try ["one", "two & three"].map { try makeRun(in: folder, $0) }
      for shown in [[runs[0]], runs] {
        let text = try page(shown, in: folder)
        let parser = XMLParser(data: Data(text.utf8))
        let succeeded = parser.parse()
        #expect(succeeded, "line \(parser.lineNumber): \(String(describing: parser.parserError))")
        #expect(text.contains("two &amp; three") == (shown.count == 2))
      }
    }
  }

  @Test func `shows the figures of metrics.jsonl`() throws {
    try withFolder { folder in
      let text = try page([try makeRun(in: folder)], in: folder)
      for figure in [
        "87.25\u{202F}%", "0.5123", "of 400 samples", "on 3 ranks", "4400", "85.3\u{202F}%",
        "90.0\u{202F}%", "87.6\u{202F}%", "98.7\u{202F}%", ">180<", ">31<", "seed: 7",
        "the disk is &lt;full&gt;", "data:image/png;base64,iVBORwECAw==",
      ] {
        #expect(text.contains(figure), "\(figure)")
      }
      // What the script shows of a curve is the number of the file, to the last bit.
      for step in [1, 77, 200] {
        #expect(text.contains("\(2.5 / Double(step))"), "the loss of step \(step)")
      }
      #expect(text.contains("\"unit\":\"percent\""))
    }
  }

  @Test func `loads nothing from anywhere, and nothing from outside is markup`() throws {
    try withFolder { folder in
      try Data([0x89, 0x50, 0x4E, 0x47, 9, 9]).write(to: folder.appending(path: "secret.png"))
      let text = try page([try makeRun(in: folder)], in: folder)
      for loading in [
        "http:", "https:", "src=\"/", "url(", "@import", "<link", "<iframe", "<object",
      ] {
        #expect(!text.contains(loading), "\(loading)")
      }
      let sources = text.split(separator: "src=\"").dropFirst()
      #expect(sources.count == 1 && sources.allSatisfy { $0.hasPrefix("data:image/png;base64,") })
      #expect(text.contains("default-src &#39;none&#39;"))
      #expect(!text.contains("alert('") && !text.contains("<i>'") && !text.contains("<b>\""))
      #expect(text.contains("&lt;/script&gt;&lt;script&gt;alert(&#39;&amp;&quot;1&quot;&#39;)"))
      // One script for each chart's values, and the page's own.
      #expect(text.split(separator: "<script").count - 1 == 6)
    }
  }

  @Test func `tells of damaged lines once, and marks lines of a plan that differ`() throws {
    try withFolder { folder in
      let damaged = try makeRun(in: folder, "damaged", damaged: true)
      let other = try makeRun(in: folder, "other")
      try Data("network:\n  name: lenet\nseed: 8\n".utf8)
        .write(to: URL(filePath: other + "/plan.yaml"))
      let text = try page([damaged, other], in: folder)
      #expect(text.split(separator: "1 line cannot be read, the first is line 6").count == 2)
      #expect(text.contains("<mark>seed: 7</mark>") && text.contains("<mark>seed: 8</mark>"))
      #expect(!text.contains("<mark>network:") && !text.contains("<mark>  name: lenet"))
    }
  }

  @Test func `of a run that has hardly begun is a page too`() throws {
    try withFolder { folder in
      try Data(#"{"event":"start","time":100,"step":0}"#.utf8)
        .write(to: folder.appending(path: "metrics.jsonl"))
      let text = try page([folder.path], in: folder)
      #expect(XMLParser(data: Data(text.utf8)).parse())
      #expect(text.contains("No step was written down"))
    }
  }
}
