// swift-tools-version: 6.2
import PackageDescription

/// Warnings of our own code are errors; those of dependencies are not ours to mend.
let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

/// What `reportgen --version` calls the commit. scripts/build sets it; a plain build has none.
let commit = Context.environment["REPORTGEN_COMMIT"] ?? ""

let package = Package(
  name: "reportgen",
  products: [.executable(name: "reportgen", targets: ["reportgen"])],
  dependencies: [
    // Options, help texts and exit code 64.
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    // YAML with the line and column of every key and value.
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    // Opened when the first page is written.
    .systemLibrary(name: "CLibXML2", providers: [.apt(["libxml2"])]),
    .systemLibrary(name: "CPgQuery", providers: [.apt(["libpg-query-dev"])]),
    // libcrypto comes with libpq-dev, and libpq has it loaded already.
    .systemLibrary(name: "CCrypto", providers: [.apt(["libpq-dev"])]),
    // HTTP for Superset's and Patroni's APIs; opened for the first request.
    .systemLibrary(name: "CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    // Compresses workbooks.
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    // Functions of the C library that Swift does not see.
    .systemLibrary(name: "CSpawn"),
    // In C, because Swift's compiler takes no values; a file of its own, because it is compiled again for each commit.
    .target(
      name: "CBuildCommit",
      cSettings: commit.isEmpty ? [] : [.define("REPORTGEN_COMMIT", to: "\"\(commit)\"")]),

    .target(name: "ReportModel", swiftSettings: strict),
    .target(name: "ContentDigest", dependencies: ["CCrypto"], swiftSettings: strict),
    .target(name: "Certificates", dependencies: ["CCrypto"], swiftSettings: strict),
    .target(
      name: "PostgresClient", dependencies: ["CCrypto", "CLibPQ", "Certificates", "ReportModel"],
      swiftSettings: strict),
    .target(
      name: "ReportDefinitions",
      dependencies: [
        "CPgQuery", "ContentDigest", "PostgresClient", "ReportModel", .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: strict,
      // The static archive starts faster and frees the binary from one release of Debian.
      linkerSettings: [.linkedLibrary(":libpg_query.a")]),
    .target(
      name: "ReportExport", dependencies: ["CLibXML2", "CZlib", "ContentDigest", "ReportModel"],
      swiftSettings: strict),
    // What a run is made of: values, sessions, tables, queries and the ledger.
    .target(
      name: "ReportLedger", dependencies: ["ContentDigest", "PostgresClient", "ReportModel"],
      resources: [.embedInCode("Ledger/SQL")],
      swiftSettings: strict),
    // The run itself, from the gate to the files.
    .target(
      name: "ReportEngine",
      dependencies: ["ClusterClient", "PostgresClient", "ReportExport", "ReportLedger", "ReportModel"],
      swiftSettings: strict),
    // What looks at runs, reports and servers, and changes nothing.
    .target(
      name: "ReportInspection",
      dependencies: [
        "Certificates", "ClusterClient", "HTTPClient", "PostgresClient", "ReportEngine", "ReportExport",
        "ReportLedger", "ReportModel",
      ],
      swiftSettings: strict),
    .target(name: "LocalFiles", dependencies: ["ReportModel"], swiftSettings: strict),
    .target(name: "ProcessRunner", dependencies: ["CSpawn", "ReportModel"], swiftSettings: strict),
    .target(
      name: "Sandbox", dependencies: ["LocalFiles", "ProcessRunner", "ReportModel"], swiftSettings: strict),
    .target(
      name: "HTTPClient", dependencies: ["CCurl", "Certificates", "ReportModel"], swiftSettings: strict),
    .target(
      name: "ClusterClient", dependencies: ["Certificates", "HTTPClient", "ReportModel"],
      swiftSettings: strict),
    .target(
      name: "SupersetAssets",
      dependencies: [
        "ContentDigest", "HTTPClient", "LocalFiles", "ReportExport", "ReportModel",
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: strict),
    // Options, variables and reportgen.yaml to what the engine takes.
    .target(
      name: "ReportSettings",
      dependencies: [
        "CBuildCommit", "HTTPClient", "LocalFiles", "PostgresClient", "ReportDefinitions", "ReportEngine",
        "ReportInspection", "ReportLedger", "ReportModel", "Sandbox", "SupersetAssets",
      ],
      swiftSettings: strict),
    // Metrics, Superset and hooks after a run.
    .target(
      name: "RunFollowUp",
      dependencies: [
        "HTTPClient", "ProcessRunner", "ReportEngine", "ReportExport", "ReportInspection", "ReportLedger",
        "ReportModel", "ReportSettings", "SupersetAssets",
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "reportgen",
      dependencies: [
        "LocalFiles", "PostgresClient", "ProcessRunner", "ReportDefinitions", "ReportEngine",
        "ReportInspection",
        "ReportLedger", "ReportModel", "ReportSettings", "RunFollowUp", "Sandbox", "SupersetAssets",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      resources: [.embedInCode("Documents/exit-codes.md"), .embedInCode("Documents/runbook.md")],
      swiftSettings: strict),

    .target(
      name: "TestSupport", dependencies: ["PostgresClient", "ProcessRunner", "ReportModel", "Sandbox"],
      path: "Tests/TestSupport", swiftSettings: strict),
    .testTarget(
      name: "ReportModelTests", dependencies: ["ReportModel"], swiftSettings: strict),
    .testTarget(
      name: "LocalFilesTests", dependencies: ["LocalFiles", "ReportModel", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "PostgresClientTests", dependencies: ["CLibPQ", "PostgresClient", "ReportModel", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "ProcessRunnerTests", dependencies: ["ProcessRunner", "ReportModel", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "HTTPClientTests", dependencies: ["Certificates", "HTTPClient", "ProcessRunner", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "ClusterClientTests", dependencies: ["ClusterClient", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "ReportExportTests",
      dependencies: ["PostgresClient", "ReportExport", "ReportModel", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "ReportSettingsTests",
      dependencies: [
        "ReportEngine", "ReportInspection", "ReportLedger", "ReportModel", "ReportSettings", "TestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "RunFollowUpTests",
      dependencies: [
        "ReportEngine", "ReportInspection", "ReportLedger", "ReportModel", "ReportSettings", "RunFollowUp",
        "SupersetAssets", "TestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "SupersetAssetsTests",
      dependencies: [
        "HTTPClient", "ProcessRunner", "ReportDefinitions", "ReportExport", "ReportModel", "SupersetAssets",
        "TestSupport",
      ],
      swiftSettings: strict),
    // Runs the built command as a process, so the command has to be built with it.
    .testTarget(
      name: "CommandTests",
      dependencies: ["PostgresClient", "ProcessRunner", "Sandbox", "TestSupport", "reportgen"],
      swiftSettings: strict),
    .testTarget(
      name: "ReportsTests",
      dependencies: [
        "PostgresClient", "ProcessRunner", "ReportDefinitions", "ReportEngine", "ReportExport",
        "ReportInspection", "ReportLedger", "ReportModel", "Sandbox", "SupersetAssets", "TestSupport",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "ReportEngineTests",
      dependencies: [
        "Certificates", "ClusterClient", "PostgresClient", "ReportDefinitions", "ReportEngine",
        "ReportExport",
        "ReportInspection", "ReportLedger", "ReportModel", "Sandbox", "TestSupport",
      ],
      swiftSettings: strict),
    // With a real Superset; runs the built command, so the command has to be built with it.
    .testTarget(
      name: "SupersetTests",
      dependencies: [
        "HTTPClient", "ProcessRunner", "ReportDefinitions", "ReportModel", "Sandbox", "SupersetAssets",
        "TestSupport", "reportgen",
      ],
      exclude: ["dashboard_shot.py"], swiftSettings: strict),
    .testTarget(
      name: "BrowserTests", dependencies: ["ProcessRunner", "ReportExport", "ReportModel", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "SandboxTests", dependencies: ["ProcessRunner", "ReportModel", "Sandbox", "TestSupport"],
      swiftSettings: strict),
    // Runs the commands that the documents show, so the command has to be built with it.
    .testTarget(
      name: "DocsTests",
      dependencies: [
        "ProcessRunner", "ReportDefinitions", "ReportModel", "Sandbox", "TestSupport", "reportgen",
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: strict),
    // Packs the built command, so the command has to be built with it.
    .testTarget(
      name: "PackagingTests", dependencies: ["ProcessRunner", "TestSupport", "reportgen"],
      swiftSettings: strict),
    // Runs the built command on definitions that are made at random, for a minute or as long as FUZZ_SECONDS says.
    .testTarget(
      name: "DefinitionFuzzTests",
      dependencies: ["ProcessRunner", "ReportDefinitions", "ReportModel", "TestSupport", "reportgen"],
      swiftSettings: strict),
    .testTarget(
      name: "ReportDefinitionsTests",
      dependencies: ["ReportDefinitions", "ReportModel"], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
