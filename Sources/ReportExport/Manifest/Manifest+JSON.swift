import Foundation
import ReportModel

extension Manifest {
  enum CodingKeys: String, CodingKey {
    case format, report, title, interval, parameters, sql, fingerprint, run, attempt
    case asOf = "as_of"
    case rows, columns
    case publishedAt = "published_at"
    case table, reports, files, generator
  }

  /// Decodes `manifest.json`.
  ///
  /// - Throws: `DecodingError`, also for a format newer than `currentFormat`.
  package init(json: [UInt8]) throws {
    let manifest = try JSONDecoder().decode(Manifest.self, from: Data(json))
    guard manifest.format <= Self.currentFormat else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: [CodingKeys.format], debugDescription: "format \(manifest.format) is newer"))
    }
    self = manifest
  }

  /// The text of `manifest.json`: all keys in a fixed order, null where there is no value; ends in a line feed.
  package var json: String {
    OrderedJSON.object(origin + [("files", .list(files.map(\.json))), ("generator", .text(generator))]).pretty
  }

  private var origin: [(String, OrderedJSON)] {
    [
      ("format", .integer(format)),
      ("report", .text(report)),
      ("title", .text(title)),
      ("interval", interval.json),
      ("parameters", .list(parameters.map(\.json))),
      ("sql", .text(sql)),
      ("fingerprint", .text(fingerprint)),
      ("run", .text(run)),
      ("attempt", .integer(attempt)),
      ("as_of", asOf.json),
      ("rows", .integer(rows)),
      ("columns", .list(columns.map(\.json))),
      ("published_at", .optional(publishedAt)),
      ("table", table.map { .object([("schema", .text($0.schema)), ("name", .text($0.name))]) } ?? .null),
    ] + (reports.map { [("reports", .list($0.map(\.json)))] } ?? [])
  }
}

extension Manifest.Source {
  enum CodingKeys: String, CodingKey {
    case report, interval, run, attempt, fingerprint
    case asOf = "as_of"
    case rows, sheets
  }

  fileprivate var json: OrderedJSON {
    .object([
      ("report", .text(report)), ("interval", interval.json), ("run", .text(run)),
      ("attempt", .integer(attempt)), ("fingerprint", .text(fingerprint)), ("as_of", asOf.json),
      ("rows", .integer(rows)), ("sheets", .list(sheets.map(OrderedJSON.text))),
    ])
  }
}

extension Manifest.Span {
  fileprivate var json: OrderedJSON {
    .object([
      ("name", .text(name)), ("start", .optional(start?.description)), ("end", .optional(end?.description)),
    ])
  }
}

extension Manifest.ParameterValue {
  fileprivate var json: OrderedJSON {
    .object([("name", .text(name)), ("type", .text(type)), ("value", value.json)])
  }
}

extension Manifest.AsOf {
  fileprivate var json: OrderedJSON {
    .object([
      ("position", .text(position)), ("time", .text(time)), ("timeline", .integer(timeline)),
      ("snapshot", .optional(snapshot)), ("replica", .optional(replica)),
      ("unproven", unproven.map { .list($0.map(OrderedJSON.text)) } ?? .null),
    ])
  }
}

extension Manifest.ColumnType {
  fileprivate var json: OrderedJSON {
    .object([("name", .text(name)), ("type", .text(type)), ("title", .optional(title))])
  }
}

extension Manifest.File {
  fileprivate var json: OrderedJSON {
    .object([
      ("name", .text(name)), ("bytes", .integer(bytes)), ("sha256", .text(sha256)),
      ("rows", rows.map(OrderedJSON.integer) ?? .null),
    ])
  }
}

extension Manifest.ParameterValue.Value: Codable {
  fileprivate var json: OrderedJSON {
    switch self {
    case .null: .null
    case .scalar(let text): .text(text)
    case .list(let items): .list(items.map(OrderedJSON.text))
    }
  }

  /// Decodes null, a text or a list of texts.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let text = try? container.decode(String.self) {
      self = .scalar(text)
    } else {
      self = .list(try container.decode([String].self))
    }
  }

  /// Encodes null, a text or a list of texts.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .scalar(let text): try container.encode(text)
    case .list(let items): try container.encode(items)
    }
  }
}
