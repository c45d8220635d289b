/// Which of a level's reports go to which lane: one session on each server, working through its reports one by one.
///
/// Pure. The longest report goes first to the lane that has the least to do; what is not known counts a second.
enum LanePlan {
  static let unknownSeconds = 1.0
  /// Another pair of sessions has to save more than it costs to open.
  static let worthwhileSeconds = 0.05

  /// - Parameters:
  ///   - reports: names, each once.
  ///   - seconds: how long each took last time.
  ///   - jobs: at most so many lanes.
  /// - Returns: the lane of each report, from 0 on without gaps.
  static func assign(_ reports: [String], seconds: [String: Double], jobs: Int) -> [String: Int] {
    let expected = reports.map { (name: $0, seconds: seconds[$0] ?? unknownSeconds) }
    let total = expected.map(\.seconds).reduce(0, +)
    let count = max(1, min(jobs, reports.count, Int((total / worthwhileSeconds).rounded(.up))))
    var load = [Double](repeating: 0, count: count)
    var lanes: [String: Int] = [:]
    for report in expected.sorted(by: { ($1.seconds, $0.name) < ($0.seconds, $1.name) }) {
      let lane = load.indices.min { load[$0] < load[$1] } ?? 0
      lanes[report.name] = lane
      load[lane] += report.seconds
    }
    return lanes
  }
}
