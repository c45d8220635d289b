import Foundation
import TestSupport
import Testing

/// Files of a project that nobody has looked at: the command reads them, or says what is wrong, soon and within bounds.
@Suite("Definitions made at random") struct RandomDefinitionTests {
  /// `make fuzz` gives the optimized command; the other one takes several times as long for the same text.
  static let optimized = variable("FUZZ_COMMAND")
  static let secondsLimit = optimized == nil ? 10.0 : 2.0
  static let bytesLimit = optimized == nil ? 100_000 : 1_000_000
  static let megabytesLimit = 200
  static let casesPerProject = 20

  private static func variable(_ name: String) -> String? {
    ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  @Test(
    "no definition, test file, dashboard or translation crashes the command, or takes it long or much memory")
  func fuzz() async throws {
    let seconds = Self.variable("FUZZ_SECONDS").flatMap(Int.init) ?? 60
    let seed = Self.variable("FUZZ_SEED").flatMap(UInt64.init) ?? UInt64(Date().timeIntervalSince1970)
    print("fuzz: seed \(seed), \(seconds) s; again with FUZZ_SEED=\(seed)")
    try await temporaryDirectory { folder async throws in
      var fuzz = try Fuzz(seed: seed, folder: folder)
      let end = ContinuousClock.now + .seconds(seconds)
      repeat { try fuzz.round() } while ContinuousClock.now < end
      print(
        "fuzz: seed \(seed), \(fuzz.files) files in \(fuzz.rounds) projects, \(fuzz.accepted) without errors")
      #expect(fuzz.failures == [])
      // A generator that makes nothing but nonsense tests only the first lines of a parser.
      #expect(fuzz.accepted > 0)
    }
  }
}

/// The state of one run of the test.
private struct Fuzz {
  var texts: FuzzTexts
  let project: FuzzProject
  private(set) var rounds = 0
  private(set) var files = 0
  /// Projects in which the command found no error.
  private(set) var accepted = 0
  private(set) var failures: [String] = []
  private let seed: UInt64

  init(seed: UInt64, folder: String) throws {
    self.seed = seed
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path
    texts = try FuzzTexts(seed: seed, limitBytes: RandomDefinitionTests.bytesLimit, project: root)
    // SwiftPM puts the command beside the test bundle.
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    let built = URL(filePath: tests).deletingLastPathComponent().appending(path: "reportgen").path
    project = FuzzProject(
      folder: folder + "/project", executable: RandomDefinitionTests.optimized ?? built)
  }

  /// One project, and each of its cases alone where something is wrong with all of them.
  mutating func round() throws {
    rounds += 1
    let isOfTexts = texts.chance(8)
    let cases = (0..<(isOfTexts ? 1 : RandomDefinitionTests.casesPerProject)).map { makeCase($0, isOfTexts) }
    files += cases.reduce(0) { $0 + $1.files.count }
    let arguments = isOfTexts ? ["superset", "bundle", "--output", project.folder + "/assets"] : ["lint"]
    let result = try project.run(cases, arguments)
    if result.status == 0 { accepted += 1 }
    guard problem(result) != nil else { return }
    var isFound = false
    for one in cases {
      guard let problem = problem(try project.run([one], arguments)) else { continue }
      isFound = true
      failures.append("\(problem): \(try keep())")
    }
    // Memory and time of many files together are not those of one.
    if !isFound, ![0, 65].contains(result.status) {
      _ = try project.run(cases, arguments)
      failures.append("exit code \(result.status) of all together: \(try keep())")
    }
  }

  private func problem(_ result: FuzzResult) -> String? {
    if ![0, 65].contains(result.status) { return "exit code \(result.status)" }
    if result.seconds > RandomDefinitionTests.secondsLimit { return "\(result.seconds) s" }
    if result.megabytes > RandomDefinitionTests.megabytesLimit { return "\(result.megabytes) MB" }
    let isEscape = { (byte: UInt8) in byte < 32 && byte != 10 && byte != 9 || byte == 127 }
    return result.output.contains(where: isEscape) ? "a control character in the output" : nil
  }

  /// Keeps the project of the last run for whoever looks into it.
  private func keep() throws -> String {
    let kept = NSTemporaryDirectory() + "reportgen-fuzz-\(seed)-\(rounds)-\(failures.count)"
    try? FileManager.default.removeItem(atPath: kept)
    try FileManager.default.copyItem(atPath: project.folder, toPath: kept)
    return kept
  }

  private mutating func makeCase(_ number: Int, _ isOfTexts: Bool) -> FuzzCase {
    guard !isOfTexts else { return FuzzCase(files: ["locales/ru.yaml": texts.text("locale")]) }
    let name = "reports/r\(number)"
    var files = [name + ".sql": texts.whole("sql"), name + ".yaml": texts.whole("yaml")]
    switch number % 4 {
    case 0: files[name + ".sql"] = texts.text("sql")
    case 1: files[name + ".yaml"] = texts.text("yaml")
    case 2: files[name + ".test.yaml"] = texts.text("test")
    default: files["reports/dashboards/d\(number).yaml"] = texts.text("dashboard")
    }
    return FuzzCase(files: files)
  }
}
