import Foundation
import Journal
import Testing

@Suite struct `The history of a run` {
  @Test func `an event comes back as it was written, numbers with all their bits`() throws {
    try withRunFolder { folder in
      let log = try MetricsLog(folder + "/metrics.jsonl")
      var event = Event("step", step: 7)
      event.loss = 0.1 + 0.2
      event.gradientNorm = .nan
      try log.append(event)
      let read = try #require(try RunHistory(folder: folder).events.first)
      #expect(read.event == "step" && read.step == 7 && read.loss == 0.1 + 0.2)
      #expect(read.gradientNorm?.isNaN == true && read.time > 1e9)
    }
  }

  @Test func `lines that cannot be read are left out, and one complaint tells of them`() throws {
    try withRunFolder { folder in
      try write(
        """
        {"event":"step","time":1,"step":1,"loss":2}
        {"event":"step","time":2,"st
        {"event":"step","time":3,"step":3,"loss":1}
        [1, 2]

        """, to: folder + "/metrics.jsonl")
      try write("seed: 1\n", to: folder + "/plan.yaml")
      let history = try RunHistory(folder: folder)
      #expect(history.events.map(\.step) == [1, 3])
      #expect(
        history.complaints == [
          "\(folder)/metrics.jsonl: 2 lines cannot be read, the first is line 2; left out"
        ])
    }
  }

  @Test func `what a start went back over counts once`() throws {
    try withRunFolder { folder in
      try write(
        """
        {"event":"start","time":1,"step":0}
        {"event":"step","time":2,"step":10,"loss":3}
        {"event":"step","time":3,"step":20,"loss":2}
        {"event":"start","time":4,"step":10}
        {"event":"step","time":5,"step":20,"loss":2}
        {"event":"step","time":6,"step":30,"loss":1}
        """, to: folder + "/metrics.jsonl")
      let history = try RunHistory(folder: folder)
      #expect(history.events.filter { $0.event == "step" }.map(\.time) == [2, 5, 6])
      #expect(history.lines.count == 6)
      let rows = MetricsTable([history]).text.split(separator: "\n")
      #expect(rows.count == 4 && rows[0].hasPrefix("run,event,time,step,epoch,split,loss,"))
      #expect(rows[2].hasSuffix("step,5.0,20,,,2.0,,,,,"))
    }
  }

  @Test func `what a rollback went back over counts once`() throws {
    try withRunFolder { folder in
      try write(
        """
        {"event":"start","time":1,"step":0}
        {"event":"step","time":2,"step":10,"loss":3}
        {"event":"step","time":3,"step":20,"loss":2}
        {"event":"rollback","time":4,"step":10}
        {"event":"step","time":5,"step":20,"loss":1}
        """, to: folder + "/metrics.jsonl")
      let history = try RunHistory(folder: folder)
      #expect(history.events.map(\.time) == [1, 2, 4, 5])
    }
  }

  @Test func `a folder without a run is told from others`() throws {
    try withRunFolder { folder in
      #expect(throws: RunHistoryError.self) { try RunHistory(folder: folder) }
    }
  }

  @Test func `a cell with a comma or a quotation mark is quoted`() throws {
    try withRunFolder(named: "a \"b\", c") { folder in
      try write(#"{"event":"step","time":1,"step":1}"#, to: folder + "/metrics.jsonl")
      let table = MetricsTable([try RunHistory(folder: folder)])
      #expect(table.text.contains("\n\"a \"\"b\"\", c\",step,1.0,1,"))
    }
  }
}

/// A folder for a run, removed at the end.
private func withRunFolder(
  named name: String = "run", _ body: (String) throws -> Void
) throws {
  let parent = FileManager.default.temporaryDirectory.appending(path: "lockstep-\(UUID())")
  defer { try? FileManager.default.removeItem(at: parent) }
  let folder = parent.appending(path: name)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  try body(folder.path)
}

private func write(_ text: String, to path: String) throws {
  try Data(text.utf8).write(to: URL(filePath: path))
}
