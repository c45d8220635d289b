/// Seconds spent in each step of an attempt.
package struct StepSeconds: Hashable, Sendable {
  /// In the order in which the steps first ended.
  package private(set) var seconds: [(step: String, seconds: Double)] = []

  package init() {}

  /// Adds to the step's seconds: a step can run several times.
  package mutating func add(_ step: String, _ duration: Duration) {
    let value = Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    if let index = seconds.firstIndex(where: { $0.step == step }) {
      seconds[index].seconds += value
    } else {
      seconds.append((step, value))
    }
  }

  /// `{"read": 0.012, "publish": 0.003}`, milliseconds are exact enough.
  var json: String {
    let pairs = seconds.map { "\"\($0.step)\": \(rounded($0.seconds))" }
    return "{" + pairs.joined(separator: ", ") + "}"
  }

  /// Equal to the millisecond.
  package static func == (left: Self, right: Self) -> Bool { left.json == right.json }
  package func hash(into hasher: inout Hasher) { hasher.combine(json) }

  private func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
