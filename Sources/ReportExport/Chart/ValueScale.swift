import Foundation

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
  /// The unit of the labels when full numbers would be too long: `millions`.
  let unit: String?

  /// - Parameters:
  ///   - low, high: finite, `low` ≤ `high`, both within ±1e300.
  ///   - includesZero: true for bars, and for lines unless their values are close together.
  init(low: Double, high: Double, includesZero: Bool, wanted: Int = 5) {
    var low = low
    var high = high
    if includesZero || low == high {
      low = min(low, 0)
      high = max(high, 0)
    }
    if low == high { high = 1 }
    let (factor, exponent) = Self.step((high - low) / Double(wanted))
    let step = Double(factor) * pow(10, Double(exponent))
    let first = Int((low / step).rounded(.down))
    let last = Int((high / step).rounded(.up))
    let shift = Self.shift(max(abs(Double(first)), abs(Double(last))) * step)
    lower = Double(first) * step
    upper = Double(last) * step
    unit = Self.units[shift]
    ticks = (first...last).map {
      Tick(value: Double($0) * step, label: Self.label($0 * factor, exponent: exponent - shift))
    }
  }

  /// The position of a value: 0 at the lower end of the axis, 1 at the upper.
  func fraction(_ value: Double) -> Double { (value - lower) / (upper - lower) }

  static let units = [6: "millions", 9: "billions", 12: "trillions"]

  private static func shift(_ size: Double) -> Int {
    switch size {
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

  /// `number` × 10^`exponent`, in digits.
  private static func label(_ number: Int, exponent: Int) -> String {
    guard number != 0 else { return "0" }
    guard (-12...18).contains(exponent) else { return "\(number)e\(exponent)" }
    let digits = String(number.magnitude)
    let sign = number < 0 ? "-" : ""
    if exponent >= 0 {
      return NumberText.text(sign + digits + String(repeating: "0", count: exponent), format: .number)
    }
    let padded = String(repeating: "0", count: max(0, 1 - exponent - digits.count)) + digits
    return NumberText.text(
      sign + padded.dropLast(-exponent) + "." + padded.suffix(-exponent), format: .number)
  }
}
