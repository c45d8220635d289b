import ReportModel

/// How a value differs from an earlier one, in words. Pure.
enum ChangeText {
  enum Direction: String {
    case up, down, same
  }

  /// From this factor on, growth is told as a factor: "+109 425 %" says nothing to a person.
  static let leastFactor = 10.0

  /// - Returns: `+12.3 %`, with a true minus where it fell, or `×12.5`; nil where one of the two is no number, or the
  ///   earlier one is not greater than 0 or the new one less, because percent would mislead.
  static func change(_ new: String?, from old: String?, in language: Language) -> (
    text: String, direction: Direction
  )? {
    guard let new = new.flatMap(Double.init), let old = old.flatMap(Double.init), new.isFinite, old.isFinite,
      old > 0, new >= 0
    else { return nil }
    let factor = new / old
    guard factor < 1e12 else { return nil }
    if factor >= leastFactor {
      let digits = factor < 100 ? tenths(factor) : String(Int(factor.rounded()))
      return (language.text(.times, ["factor": language.number(digits, .number)]), .up)
    }
    let percent = (new - old) / old * 100
    if (abs(percent) * 10).rounded() == 0 { return ("±" + language.number("0", .percent), .same) }
    let digits = abs(percent) < 100 ? tenths(abs(percent)) : String(Int(abs(percent).rounded()))
    return ((percent < 0 ? "−" : "+") + language.number(digits, .percent), percent < 0 ? .down : .up)
  }

  private static func tenths(_ number: Double) -> String {
    let tenths = Int((number * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}
