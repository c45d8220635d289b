import Foundation
import ReportModel

/// A value axis with ticks at multiples of 1, 2 or 5 times a power of ten.
///
/// Labels are computed from integers, so that they have no rounding errors such as 0.30000000000000004.
struct ValueScale {
  struct Tick: Hashable {
    var value: Double
    var label: String
  }

  let lower: Double
  let upper: Double
  let ticks: [Tick]
  /// The unit of the labels when full numbers would be too long.
  let unit: Word?

  /// Whether equal distances are equal factors.
  let isLogarithmic: Bool

  /// - Parameters:
  ///   - low, high: finite, `low` ≤ `high`, both within ±1e300.
  ///   - includesZero: true for bars, and for lines unless their values are close together.
  ///   - isWhole: whether only whole numbers are ticks, as for counts.
  ///   - isGrouped: whether thousands are apart; not for years.
  init(
    low: Double, high: Double, includesZero: Bool, wanted: Int = 5, isWhole: Bool = false,
    isGrouped: Bool = true, language: Language = .english
  ) {
    var low = low
    var high = high
    if includesZero || low == high {
      low = min(low, 0)
      high = max(high, 0)
    }
    if low == high { high = 1 }
    var (factor, exponent) = Self.step((high - low) / Double(wanted))
    if isWhole, exponent < 0 { (factor, exponent) = (1, 0) }
    let step = Double(factor) * pow(10, Double(exponent))
    let first = Int((low / step).rounded(.down))
    let last = Int((high / step).rounded(.up))
    let shift = Self.shift(max(abs(Double(first)), abs(Double(last))) * step)
    lower = Double(first) * step
    upper = Double(last) * step
    unit = Self.units[shift]
    isLogarithmic = false
    let format: Column.Format? = isGrouped ? .number : nil
    ticks = (first...last).map { [factor, exponent] in
      Tick(
        value: Double($0) * step, label: Self.label($0 * factor, exponent: exponent - shift, format, language)
      )
    }
  }

  /// A logarithmic scale between powers of ten.
  ///
  /// - Parameters:
  ///   - low, high: greater than 0, `low` ≤ `high`, both at most 1e300.
  init(logarithmicFrom low: Double, to high: Double, language: Language = .english) {
    let first = Int(log10(low).rounded(.down))
    let last = max(first + 1, Int(log10(high).rounded(.up)))
    let step = max(1, (last - first + 5) / 6)
    lower = pow(10, Double(first))
    upper = pow(10, Double(last))
    unit = nil
    isLogarithmic = true
    ticks = stride(from: first, through: last, by: step).map {
      Tick(value: pow(10, Double($0)), label: Self.label(1, exponent: $0, .number, language))
    }
  }

  /// The position of a value: 0 at the lower end of the axis, 1 at the upper.
  ///
  /// - Parameter value: greater than 0 on a logarithmic scale.
  func fraction(_ value: Double) -> Double {
    if isLogarithmic { return (log10(value) - log10(lower)) / (log10(upper) - log10(lower)) }
    return (value - lower) / (upper - lower)
  }

  /// Where bars begin.
  var zero: Double { isLogarithmic ? 0 : fraction(0) }

  static let units: [Int: Word] = [6: .millions, 9: .billions, 12: .trillions]

  private static func shift(_ size: Double) -> Int {
    switch size {
    // Beyond that the powers of ten are written out.
    case 1e17...: 0
    case 1e13...: 12
    case 1e10...: 9
    case 1e7...: 6
    default: 0
    }
  }

  private static func step(_ rough: Double) -> (factor: Int, exponent: Int) {
    let exponent = Int(log10(rough).rounded(.down))
    let mantissa = rough / pow(10, Double(exponent))
    if mantissa <= 1.0000001 { return (1, exponent) }
    if mantissa <= 2 { return (2, exponent) }
    return mantissa <= 5 ? (5, exponent) : (1, exponent + 1)
  }

  /// `number` × 10^`exponent`, in digits; as `1.5×10²⁸⁸` when these would be many.
  private static func label(
    _ number: Int, exponent: Int, _ format: Column.Format?, _ language: Language
  ) -> String {
    guard number != 0 else { return "0" }
    let digits = String(number.magnitude)
    let sign = number < 0 ? "-" : ""
    guard (-9...14).contains(exponent) else { return sign + power(digits, exponent: exponent, language) }
    if exponent >= 0 {
      return language.number(sign + digits + String(repeating: "0", count: exponent), format)
    }
    let padded = String(repeating: "0", count: max(0, 1 - exponent - digits.count)) + digits
    return language.number(sign + padded.dropLast(-exponent) + "." + padded.suffix(-exponent), format)
  }

  private static func power(_ digits: String, exponent: Int, _ language: Language) -> String {
    var significant = digits
    while significant.count > 1, significant.last == "0" { significant.removeLast() }
    let fraction = significant.dropFirst()
    let mantissa = significant.prefix(1) + (fraction.isEmpty ? "" : language[.decimal] + fraction)
    let superscripts = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    let size = exponent + digits.count - 1
    let raised = String(size.magnitude).compactMap(\.wholeNumberValue).map { superscripts[$0] }
    return "\(mantissa)×10" + (size < 0 ? "⁻" : "") + String(raised)
  }
}
