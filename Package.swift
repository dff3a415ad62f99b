// swift-tools-version: 6.2
import PackageDescription

/// Every target is held to the same rules: nothing implicit, nothing unsafe unmarked, no warning.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
  .enableExperimentalFeature("Lifetimes"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

/// Tests and their probes: the same, but free to use pointers without a mark.
let strictTests: [SwiftSetting] = [
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
  .enableExperimentalFeature("Lifetimes"),
  .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
  name: "lockstep",
  products: [
    .executable(name: "trainer", targets: ["trainer"]),
    .executable(name: "sharder", targets: ["sharder"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // L5: parse arguments, call one function.
    .executableTarget(
      name: "trainer",
      dependencies: [
        "Training", "Supervision", "Diagnosis", "Reports", "Storage", argumentParser,
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "sharder", dependencies: ["Datasets", "Storage", argumentParser], swiftSettings: strict),

    // L4: the loop, the coordinator, plans and checkpoints.
    .target(
      name: "Training",
      dependencies: [
        "Networks", "Collectives", "Datasets", "Kernels", "HDF5", "Images", "EventFiles", "Journal",
        "Storage", "CSignals", yams,
      ],
      swiftSettings: strict),
    // L4: starts mpirun and keeps a run going; not a line of it runs under MPI.
    .target(
      name: "Supervision", dependencies: ["Storage", "CProcesses"], exclude: ["README.md"],
      swiftSettings: strict),
    // L4: pages about runs, from their folders alone.
    .target(
      name: "Reports", dependencies: ["Journal", "Storage"],
      resources: [.embedInCode("Page/page.css"), .embedInCode("Page/page.js")],
      swiftSettings: strict),

    // L4: what a machine is, and what is wrong with it.
    .target(
      name: "Diagnosis", dependencies: ["Collectives", "Kernels", "HDF5", "Storage"],
      swiftSettings: strict),

    // L3: layers, model, optimizers | ranks, reduction | shards, samples.
    .target(name: "Networks", dependencies: ["Kernels", "Storage"], swiftSettings: strict),
    .target(
      name: "Collectives", dependencies: ["Kernels", "Storage", "CMPI", "CFutex"],
      exclude: ["README.md"], swiftSettings: strict),
    .target(
      name: "Datasets", dependencies: ["Kernels", "HDF5", "Images", "Storage"],
      swiftSettings: strict),

    // L2: mathematics on spans | owned HDF5 handles | JPEG and PNG.
    .target(
      name: "Kernels", dependencies: ["Storage", "COpenBLAS", "CVectors"], swiftSettings: strict),
    .target(name: "HDF5", dependencies: ["Storage", "CHDF5"], swiftSettings: strict),
    .target(
      name: "Images", dependencies: ["Storage", "CTurboJPEG", "CPNG"], swiftSettings: strict),

    // L2: what a run writes down of itself, and reading it.
    .target(name: "Journal", dependencies: ["Storage"], swiftSettings: strict),

    // L2: what TensorBoard reads.
    .target(
      name: "EventFiles", dependencies: ["Storage", protobuf],
      exclude: ["Messages/event.proto", "Messages/generate"], swiftSettings: strict),

    // L1: aligned memory, shapes, random streams, digests, files.
    .target(
      name: "Storage", dependencies: ["COpenSSL", "CTerminal", "CZlib"], swiftSettings: strict),

    // L0: system libraries and their shims.
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CMPI", pkgConfig: "ompi-c", providers: [.apt(["libopenmpi-dev"])]),
    .systemLibrary(name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"])]),
    .systemLibrary(
      name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CTerminal"),
    .target(name: "CSignals"),
    .target(name: "CFutex"),
    .target(name: "CProcesses"),
    // Vector loops that Swift cannot write at the speed of the machine.
    .target(name: "CVectors"),

    // Tests: one target a room, and those that look at the whole house.
    .testTarget(name: "StorageTests", dependencies: ["Storage"], swiftSettings: strictTests),
    .testTarget(
      name: "KernelsTests", dependencies: ["Kernels", "Storage"], swiftSettings: strictTests),
    .testTarget(name: "HDF5Tests", dependencies: ["HDF5", "Storage"], swiftSettings: strictTests),
    .testTarget(
      name: "ImagesTests", dependencies: ["Images", "Storage", "Pictures"],
      swiftSettings: strictTests),
    .testTarget(
      name: "NetworksTests", dependencies: ["Networks", "Kernels", "Storage"],
      resources: [.copy("Golden")], swiftSettings: strictTests),
    .testTarget(
      name: "DatasetsTests",
      dependencies: ["Datasets", "Kernels", "HDF5", "Images", "Storage", "Pictures", "sharder"],
      swiftSettings: strictTests),
    .testTarget(
      name: "CollectivesTests",
      dependencies: ["Collectives", "Storage", "Launching", "reduction-probe"],
      swiftSettings: strictTests),
    .testTarget(
      name: "TrainingTests",
      dependencies: [
        "Training", "Networks", "Datasets", "Journal", "Storage", "HDF5", "Launching", "Pictures",
        "trainer", "sharder",
      ],
      swiftSettings: strictTests),
    .testTarget(
      name: "JournalTests", dependencies: ["Journal", "Storage"], swiftSettings: strictTests),
    .testTarget(
      name: "EventFilesTests", dependencies: ["EventFiles"], swiftSettings: strictTests),
    .testTarget(name: "ReportsTests", dependencies: ["Reports"], swiftSettings: strictTests),
    .testTarget(
      name: "RunTests",
      dependencies: [
        "Launching", "Datasets", "HDF5", "Storage", "Pictures", "trainer", "sharder",
        "allocation-probe",
      ],
      swiftSettings: strictTests),
    .testTarget(
      name: "BenchmarkTests", dependencies: ["Launching", "trainer", "sharder"],
      swiftSettings: strictTests),
    .testTarget(name: "HouseTests", swiftSettings: strictTests),

    // Programs that tests start under mpirun.
    .executableTarget(
      name: "reduction-probe", dependencies: ["Collectives", "Storage", "CAllocationCounter"],
      path: "Tests/Probes/reduction-probe", swiftSettings: strictTests),
    .executableTarget(
      name: "allocation-probe", dependencies: ["Training", "CAllocationCounter"],
      path: "Tests/Probes/allocation-probe", swiftSettings: strictTests),
    // Lets whatever reads files from outside read damaged and hostile ones.
    .executableTarget(
      name: "fuzz-probe",
      dependencies: [
        "Training", "Datasets", "HDF5", "Images", "Storage", "Pictures", "Launching",
        argumentParser,
      ],
      path: "Tests/Probes/fuzz-probe", swiftSettings: strictTests),
    // Lets faults strike short trainings: launch/chaos.
    .executableTarget(
      name: "chaos", dependencies: ["Launching", "Datasets", "Storage", argumentParser],
      path: "Tests/Chaos", swiftSettings: strictTests),
    .target(
      name: "CAllocationCounter", dependencies: ["CMPI"], path: "Tests/Probes/CAllocationCounter"),
    // Image files for tests, made by the libraries that read them.
    .target(
      name: "Pictures", dependencies: ["Storage", "CTurboJPEG", "CPNG"], path: "Tests/Pictures",
      swiftSettings: strictTests),
    .target(name: "Launching", path: "Tests/Launching", swiftSettings: strictTests),
  ]
)
