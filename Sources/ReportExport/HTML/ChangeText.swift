/// How a value differs from an earlier one, in words. Pure.
enum ChangeText {
  enum Direction: String {
    case up, down, same
  }

  /// - Returns: `+12.3 %`, with a true minus where it fell; nil where one of the two is no number, or the earlier one is 0.
  static func change(_ new: String?, from old: String?) -> (text: String, direction: Direction)? {
    guard let new = new.flatMap(Double.init), let old = old.flatMap(Double.init), new.isFinite, old.isFinite,
      old != 0
    else { return nil }
    let percent = (new - old) / abs(old) * 100
    guard abs(percent) < 1e12 else { return nil }
    let tenths = Int((abs(percent) * 10).rounded())
    if tenths == 0 { return ("±0\u{202F}%", .same) }
    let digits = tenths >= 1000 ? String((tenths + 5) / 10) : "\(tenths / 10).\(tenths % 10)"
    let sign = percent < 0 ? "−" : "+"
    return (sign + NumberText.text(digits, format: .percent), percent < 0 ? .down : .up)
  }
}
