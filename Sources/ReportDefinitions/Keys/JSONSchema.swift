import Foundation

/// The JSON Schema (draft 2020-12) of a table of keys, for editors: what `ShapeChecker` checks, as far as it can be said.
enum JSONSchema {
  /// - Parameter name: of the file, without `.schema.json`.
  static func text(_ table: KeyTable, name: String, title: String) -> String {
    var root = map(table)
    root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    root["$id"] = "urn:reportgen:schema:\(name)"
    root["title"] = title
    let options: JSONSerialization.WritingOptions = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? JSONSerialization.data(withJSONObject: root, options: options) else { return "" }
    return String(decoding: data, as: UTF8.self) + "\n"
  }

  private static func map(_ table: KeyTable) -> [String: Any] {
    var properties: [String: Any] = [:]
    for key in table.keys {
      var value = schema(key.shape)
      value["description"] = key.note
      properties[key.name] = value
    }
    var schema: [String: Any] = ["type": "object", "additionalProperties": false, "properties": properties]
    let required = table.keys.filter(\.isRequired).map(\.name)
    if !required.isEmpty { schema["required"] = required }
    switch table.rule {
    case .any: break
    case .exactlyOne: (schema["minProperties"], schema["maxProperties"]) = (1, 1)
    case .needsOne(let names): schema["anyOf"] = names.map { ["required": [$0]] }
    }
    return schema
  }

  private static func schema(_ shape: Shape) -> [String: Any] {
    switch shape {
    case .text: return ["type": "string", "minLength": 1]
    case .anyText: return ["type": "string"]
    case .scalar: return ["type": ["string", "number", "boolean"]]
    case .null: return ["type": "null"]
    case .integer(let range):
      let least: [String: Any] = ["type": "integer", "minimum": range.lowerBound]
      return range.upperBound == .max ? least : least.merging(["maximum": range.upperBound]) { $1 }
    case .boolean: return ["type": "boolean"]
    case .no: return ["const": false]
    case .word(let words): return ["enum": words]
    case .format(let format): return ["type": "string", "pattern": format.pattern]
    case .list(let inner, let minimum, let unique):
      var list: [String: Any] = ["type": "array", "items": schema(inner)]
      if minimum > 0 { list["minItems"] = minimum }
      if unique { list["uniqueItems"] = true }
      return list
    case .map(let table): return map(table)
    case .named(let format, let inner):
      return [
        "type": "object", "propertyNames": ["pattern": format.pattern], "additionalProperties": schema(inner),
      ]
    case .either(let shapes): return ["anyOf": shapes.map(schema)]
    }
  }
}
