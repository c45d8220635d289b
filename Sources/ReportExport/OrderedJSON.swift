/// JSON whose keys keep the order in which they were given, so that equal values give equal bytes.
indirect enum OrderedJSON {
  case null
  case integer(Int)
  case text(String)
  case list([OrderedJSON])
  case object([(String, OrderedJSON)])

  static func optional(_ text: String?) -> OrderedJSON { text.map(OrderedJSON.text) ?? .null }

  /// Two spaces a level, `\n` at the end.
  var pretty: String {
    var output = ""
    write(into: &output, indent: "")
    return output + "\n"
  }

  private func write(into output: inout String, indent: String) {
    switch self {
    case .null: output += "null"
    case .integer(let number): output += String(number)
    case .text(let text): Self.quote(text, into: &output)
    case .list(let items):
      Self.block("[", "]", items, into: &output, indent: indent) { $0.write(into: &$1, indent: $2) }
    case .object(let members):
      Self.block("{", "}", members, into: &output, indent: indent) { member, output, inner in
        Self.quote(member.0, into: &output)
        output += ": "
        member.1.write(into: &output, indent: inner)
      }
    }
  }

  private static func block<Item>(
    _ open: String, _ close: String, _ items: [Item], into output: inout String, indent: String,
    _ body: (Item, inout String, String) -> Void
  ) {
    output += open
    let inner = indent + "  "
    for (index, item) in items.enumerated() {
      output += (index == 0 ? "\n" : ",\n") + inner
      body(item, &output, inner)
    }
    output += items.isEmpty ? close : "\n" + indent + close
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
