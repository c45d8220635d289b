/// What charts and Superset have to know of a PostgreSQL type.
enum TypeClass: Hashable {
  case date, time, timestamp, timestamptz
  case integer, number, boolean, text
  /// Intervals, arrays, enums and all others.
  case other

  /// - Parameter written: as in SQL, as `format_type` writes it, or as Superset does.
  init(_ written: String) {
    let text = written.lowercased()
    let word = text.hasSuffix("]") ? "" : String(text.prefix { $0.isLetter || $0.isNumber })
    self =
      switch word {
      case "date": .date
      case "time", "timetz": .time
      case "timestamptz": .timestamptz
      case "timestamp": text.contains("with time zone") ? .timestamptz : .timestamp
      case "smallint", "integer", "bigint", "int", "int2", "int4", "int8": .integer
      case "numeric", "decimal", "real", "double", "float", "float4", "float8", "money": .number
      case "boolean", "bool": .boolean
      case "text", "varchar", "character", "char", "bpchar", "citext", "name": .text
      default: .other
      }
  }

  var isTime: Bool {
    switch self {
    case .date, .time, .timestamp, .timestamptz: true
    case .integer, .number, .boolean, .text, .other: false
    }
  }

  var hasClock: Bool { isTime && self != .date }

  /// Whether Superset treats both alike. It writes timestamps with and without a time zone with the same word, and asks
  /// of numbers only that they are some.
  func isAlike(_ other: TypeClass) -> Bool { kind == other.kind }

  private var kind: TypeClass {
    switch self {
    case .timestamptz: .timestamp
    case .integer: .number
    default: self
    }
  }
}
