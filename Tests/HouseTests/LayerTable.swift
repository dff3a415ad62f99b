/// A target's floor, and what its Swift files may import besides the system's modules.
struct Room {
  let floor: Int
  let imports: Set<String>

  init(floor: Int, imports: Set<String> = []) {
    self.floor = floor
    self.imports = imports
  }
}

/// The layers of the house (design, section 2).
enum LayerTable {
  static let rooms: [String: Room] = [
    "trainer": Room(
      floor: 5,
      imports: [
        "Training", "Supervision", "Diagnosis", "Reports", "Storage", "ArgumentParser",
      ]),
    "sharder": Room(floor: 5, imports: ["Datasets", "Storage", "ArgumentParser"]),
    "Training": Room(
      floor: 4,
      imports: [
        "Networks", "Collectives", "Datasets", "Kernels", "HDF5", "Images", "EventFiles", "Journal",
        "Storage", "CSignals", "Yams",
      ]),
    "Reports": Room(floor: 4, imports: ["Journal", "Storage"]),
    "Diagnosis": Room(floor: 4, imports: ["Collectives", "Kernels", "HDF5", "Storage"]),
    "Supervision": Room(floor: 4, imports: ["Storage", "CProcesses"]),
    "Networks": Room(floor: 3, imports: ["Kernels", "Storage"]),
    "Collectives": Room(floor: 3, imports: ["Kernels", "Storage", "CMPI", "CFutex"]),
    "Datasets": Room(floor: 3, imports: ["Kernels", "HDF5", "Images", "Storage"]),
    "Kernels": Room(floor: 2, imports: ["Storage", "COpenBLAS", "CVectors"]),
    "HDF5": Room(floor: 2, imports: ["Storage", "CHDF5"]),
    "Images": Room(floor: 2, imports: ["Storage", "CTurboJPEG", "CPNG"]),
    "EventFiles": Room(floor: 2, imports: ["Storage", "SwiftProtobuf"]),
    "Journal": Room(floor: 2, imports: ["Storage"]),
    "Storage": Room(floor: 1, imports: ["COpenSSL", "CTerminal", "CZlib"]),
    "COpenBLAS": Room(floor: 0),
    "CMPI": Room(floor: 0),
    "CFutex": Room(floor: 0),
    "CProcesses": Room(floor: 0),
    "CHDF5": Room(floor: 0),
    "CTurboJPEG": Room(floor: 0),
    "CPNG": Room(floor: 0),
    "COpenSSL": Room(floor: 0),
    "CZlib": Room(floor: 0),
    "CSignals": Room(floor: 0),
    "CTerminal": Room(floor: 0),
    "CVectors": Room(floor: 0),
  ]

  /// The C libraries and shims.
  static let groundFloor = rooms.filter { $0.value.floor == 0 }.keys.sorted()

  /// Modules of the toolchain and of the C library, free to all.
  static let system: Set<String> = [
    "Foundation", "FoundationEssentials", "Glibc", "Synchronization", "Dispatch",
  ]
}
