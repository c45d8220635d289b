/// What a value of a YAML file must look like; the tables of keys are made of it, and the JSON Schemas in `docs/`
/// are generated from them.
indirect enum Shape: Sendable {
  /// Not empty.
  case text
  /// A text that may be empty.
  case anyText
  /// A text, number or boolean, kept as it is written.
  case scalar
  case null
  case integer(ClosedRange<Int>)
  case boolean
  /// `false`, which switches something off.
  case no
  /// One of these words.
  case word([String])
  case format(Format)
  case list(Shape, minimum: Int = 1, unique: Bool = true)
  case map(KeyTable)
  /// A mapping whose keys are names that the author chooses.
  case named(Format, Shape)
  /// Told apart by kind: scalar, list or mapping.
  case either([Shape])

  /// A text with rules of its own.
  struct Format: Sendable {
    /// `a date such as 2026-11-22`.
    let expected: String
    /// As JSON Schema has it; may allow more than `isValid` does.
    let pattern: String
    let isValid: @Sendable (String) -> Bool
  }

  /// One of an enum's raw values.
  static func words<Words: CaseIterable & RawRepresentable<String>>(_ type: Words.Type) -> Shape {
    .word(type.allCases.map(\.rawValue))
  }

  /// For `must be …`.
  var expected: String {
    switch self {
    case .text, .anyText: "text"
    case .scalar: "one value"
    case .null: "null"
    case .integer(let range):
      if range.upperBound == .max {
        "a whole number of at least \(range.lowerBound)"
      } else {
        "a whole number from \(range.lowerBound) to \(range.upperBound)"
      }
    case .boolean: "true or false"
    case .no: "false"
    case .word(let words): words.count == 1 ? words[0] : "one of " + words.joined(separator: ", ")
    case .format(let format): format.expected
    case .list: "a list"
    case .map, .named: "a mapping"
    case .either(let shapes): shapes.map(\.expected).joined(separator: " or ")
    }
  }
}

/// The keys of one mapping.
struct KeyTable: Sendable {
  enum Rule: Sendable {
    case any
    /// One key, as in an item of `checks`.
    case exactlyOne
    /// `range: {min, max}`: at least one of these.
    case needsOne([String])
  }

  struct Key: Sendable {
    let name: String
    let shape: Shape
    let isRequired: Bool
    /// One sentence: the description in the JSON Schema, and the hint when the key is missing or has a wrong value.
    let note: String

    init(_ name: String, _ shape: Shape, required: Bool = false, _ note: String) {
      self.name = name
      self.shape = shape
      self.isRequired = required
      self.note = note
    }
  }

  let keys: [Key]
  let rule: Rule

  init(_ keys: [Key], rule: Rule = .any) {
    self.keys = keys
    self.rule = rule
  }

  subscript(name: String) -> Key? { keys.first { $0.name == name } }
}
