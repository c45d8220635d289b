import Foundation
import ProcessRunner
import TestSupport
import Testing

/// The fault-injection suite: `make faults`, and a shorter one in `make test`.
///
/// Each round changes what reports read, starts a run, lets something happen to it at a random moment, and expects that
/// the next run makes everything right and leaves nothing behind. FAULTS_ROUNDS and FAULTS_SEED choose how many and
/// which; the moments are still those of the machine.
@Suite("Faults at random moments")
struct RandomFaultTests {
  static let rounds = number("FAULTS_ROUNDS") ?? 70
  /// By "make faults", not as one suite of all.
  static let isCalledByName = number("FAULTS_ROUNDS") != nil
  static let seed = number("FAULTS_SEED") ?? 20_261_122

  private static func number(_ variable: String) -> Int? {
    ProcessInfo.processInfo.environment[variable].flatMap { Int($0) }
  }

  @Test("after any fault at any moment the next run publishes every row once and leaves nothing behind")
  func faults() async throws {
    let pair = try await startPrivatePair()
    try await withProject(on: pair) { project in
      // Replay waits for nobody for long, so that it cancels what is in its way.
      _ = try project.onReplica("alter system set max_standby_streaming_delay = '50ms'")
      try await pair.reloadSettings(.replica)
      try await withProxies(project) { proxies in
        print("\(Self.rounds) rounds of faults, FAULTS_SEED=\(Self.seed)")
        var shop = try FaultyShop(project, random: SplitMix64(state: UInt64(Self.seed)))
        try shop.define()
        try await project.database.waitForReplay()
        let began = ContinuousClock.now
        try await project.succeed("run", "--all")
        let usual = ContinuousClock.now - began
        var tally = FaultTally()
        for round in 1...Self.rounds {
          try shop.change()
          let fault = Fault.allCases.randomElement(using: &shop.random) ?? .killCommand
          var scene = FaultScene(project: project, pair: pair, proxies: proxies, random: shop.random)
          let run = try project.start(["run", "--all", "--jobs", "\(1 + round % 4)", "--lock-wait", "60s"])
          // The moment is what the test is about.
          try await Task.sleep(for: usual * Double.random(in: 0...1.1, using: &shop.random))
          try await scene.cause(fault, run)
          shop.random = scene.random
          let outcome = try await run.outcome()
          tally.add(fault, outcome)
          #expect(
            fault.allows(outcome.status),
            "round \(round), \(fault): \(outcome.status) \(outcome.error)\nseed \(Self.seed)")
          try await expectRight(project, shop, "round \(round), \(fault), seed \(Self.seed)")
        }
        print(tally.text)
        // Those of `lines`, `items` and `days`; the first run has nothing to compare with.
        let ways = try project.onPrimary(
          """
          select count(*) filter (where step_seconds ? 'compare') > \(Self.rounds / 4),
            count(*) filter (where step_seconds ? 'read') > \(Self.rounds / 4)
          from reportgen.report_run where state = 'confirmed' and report in ('lines', 'items', 'days')
          """)
        #expect(ways == "t|t", "both ways of a publish")
      }
    }
    try await pair.stop()
  }

  private func expectRight(
    _ project: CommandProject, _ shop: FaultyShop, _ comment: Comment
  ) async throws {
    try await project.database.pair.waitUntilWhole()
    let outcome = try await project.run("run", "--all", "--lock-wait", "60s")
    #expect(outcome.status == 0, "\(comment): \(outcome.error)")
    try shop.expectRight(comment)
    try await project.expectNothingLeft(comment)
    #expect(ProcessList.withArgument(project.folder) == [], comment)
  }
}

/// How often what happened, and what the runs ended with.
struct FaultTally {
  private var ends: [String: [Int32: Int]] = [:]
  private var errors: [String: Int] = [:]

  mutating func add(_ fault: Fault, _ outcome: Reportgen.Outcome) {
    ends[fault.rawValue, default: [:]][outcome.status, default: 0] += 1
    for line in outcome.error.split(separator: "\n") where line.contains("error: ") {
      let text = line.replacing(/socket "[^"]*"/, with: "socket …")
      errors["\(outcome.status) \(text)", default: 0] += 1
    }
  }

  var text: String {
    let lines = ends.sorted { $0.key < $1.key }.map { fault, ends in
      let counts = ends.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
      return "  \(fault): \(counts)"
    }
    let said = errors.sorted { $0.key < $1.key }.map { "  \($0.value) times \($0.key)" }
    return (["exit codes by fault"] + lines + ["what runs said"] + said).joined(separator: "\n")
  }
}
