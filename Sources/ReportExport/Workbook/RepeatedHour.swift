import Foundation

/// Finds local times that a time zone has twice, in the night when clocks go back: without its offset such a time does not
/// say which of the two it is.
struct RepeatedHour {
  private let zone: TimeZone?
  /// Whether the offset changes around a day, by the day since 1970-01-01; of the last days asked for.
  private var changes: [Int: Bool] = [:]

  /// - Parameter timezone: an IANA name.
  init(timezone: String) { zone = TimeZone(identifier: timezone) }

  mutating func contains(localSeconds: Int, offset: Int) -> Bool {
    guard let zone else { return false }
    let day = Int((Double(localSeconds) / 86_400).rounded(.down))
    if let known = changes[day] {
      guard known else { return false }
    } else {
      let before = Self.offset(of: zone, at: (day - 1) * 86_400)
      let after = Self.offset(of: zone, at: (day + 2) * 86_400)
      if changes.count > 10_000 { changes = [:] }
      changes[day] = before != after
      guard before != after else { return false }
    }
    return [-7200, -3600, -1800, -1200, 1200, 1800, 3600, 7200].contains { difference in
      Self.offset(of: zone, at: localSeconds - offset - difference) == offset + difference
    }
  }

  private static func offset(of zone: TimeZone, at seconds: Int) -> Int {
    zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(seconds)))
  }
}
