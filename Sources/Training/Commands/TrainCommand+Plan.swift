import Datasets
import Storage

extension TrainCommand {
  /// The plan with everything filled in, as YAML; throws what is wrong with it.
  ///
  /// What depends on images and classes is looked at only where the data are there.
  public func resolvedPlan() throws -> String {
    let plan = try planSource().plan()
    if Folder.contains("index.json", plan.data.folder) {
      try Recipe(plan, data: TrainingData(plan, seed: plan.seed).description).check()
    }
    return try plan.yaml()
  }

  /// Folders that the default plan trains on, the first that is there.
  static let usualData = ["data/fashion-mnist", "data/sample"]

  /// What the run folder is named after.
  var planName: String {
    guard let plan else { return "default" }
    let file = plan.split(separator: "/").last ?? "plan"
    return String(file.split(separator: ".").first ?? file)
  }

  /// The plan's text with all that the command line changes.
  public func planSource() throws -> PlanSource {
    var source = PlanSource()
    if let plan { source = try PlanSource(text: TextFile.read(plan), name: plan) }
    if let data { try source.set(["data", "folder"], text: data, from: .option("--data")) }
    for assignment in assignments { try source.set(assignment) }
    if plan == nil { try source.setDefault(["network"], "lenet") }
    if !source.has("data") {
      try source.set(["data"], text: Self.dataThatAreThere(), from: .standard)
    }
    return source
  }

  /// The first of the usual folders that is there; else the committed sample, made into shards.
  private static func dataThatAreThere() throws -> String {
    let originals = "datasets/sample"
    if let folder = usualData.first(where: { Folder.contains("index.json", $0) }) { return folder }
    guard Folder.contains("train-images-idx3-ubyte.gz", originals) else {
      throw DatasetError(
        usualData.joined(separator: ", "), "there are no data here",
        remedy: "run launch/quickstart, or name a folder made by sharder with --data",
        exitCode: .noInput)
    }
    try createDataset(from: Source(originals), in: usualData[1])
    return usualData[1]
  }
}
