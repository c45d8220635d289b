/// JSON whose keys keep the order in which they were given, so that equal values give equal bytes.
package indirect enum OrderedJSON: Sendable {
  case null
  case boolean(Bool)
  case integer(Int)
  case decimal(Double)
  case text(String)
  case list([OrderedJSON])
  case object([(String, OrderedJSON)])

  /// `null` for nil.
  package static func optional(_ text: String?) -> OrderedJSON { text.map(OrderedJSON.text) ?? .null }

  /// Two spaces a level, `\n` at the end.
  package var pretty: String {
    var output = ""
    write(into: &output, indent: "")
    return output + "\n"
  }

  /// Without white space.
  package var compact: String {
    var output = ""
    write(into: &output, indent: nil)
    return output
  }

  /// Of an object; nil for others, and for a key that it does not have.
  package subscript(key: String) -> OrderedJSON? {
    if case .object(let members) = self { members.first { $0.0 == key }?.1 } else { nil }
  }

  /// Of a text; nil for any other value.
  package var text: String? { if case .text(let text) = self { text } else { nil } }

  /// Of an integer; nil for any other value, also for a decimal such as 1.0.
  package var integer: Int? { if case .integer(let number) = self { number } else { nil } }

  /// Empty for anything but a list.
  package var items: [OrderedJSON] { if case .list(let items) = self { items } else { [] } }

  /// Empty for anything but an object.
  package var members: [(String, OrderedJSON)] { if case .object(let members) = self { members } else { [] } }

  /// - Parameter indent: nil for no white space at all.
  private func write(into output: inout String, indent: String?) {
    switch self {
    case .null: output += "null"
    case .boolean(let value): output += value ? "true" : "false"
    case .decimal(let number): output += "\(number)"
    case .integer(let number): output += String(number)
    case .text(let text): Self.quote(text, into: &output)
    case .list(let items):
      Self.block("[", "]", items, into: &output, indent: indent) { $0.write(into: &$1, indent: $2) }
    case .object(let members):
      Self.block("{", "}", members, into: &output, indent: indent) { member, output, inner in
        Self.quote(member.0, into: &output)
        output += inner == nil ? ":" : ": "
        member.1.write(into: &output, indent: inner)
      }
    }
  }

  private static func block<Item>(
    _ open: String, _ close: String, _ items: [Item], into output: inout String, indent: String?,
    _ body: (Item, inout String, String?) -> Void
  ) {
    output += open
    let inner = indent.map { $0 + "  " }
    let newLine = inner.map { "\n" + $0 } ?? ""
    for (index, item) in items.enumerated() {
      output += (index == 0 ? "" : ",") + newLine
      body(item, &output, inner)
    }
    output += (items.isEmpty ? "" : indent.map { "\n" + $0 } ?? "") + close
  }

  private static func quote(_ text: String, into output: inout String) {
    output += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": output += "\\\""
      case "\\": output += "\\\\"
      case "\n": output += "\\n"
      case "\r": output += "\\r"
      case "\t": output += "\\t"
      case _ where scalar.value < 32 || scalar.value == 127:
        let hex = String(scalar.value, radix: 16)
        output += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: output.unicodeScalars.append(scalar)
      }
    }
    output += "\""
  }
}
