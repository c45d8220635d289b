import Foundation

// Entry point of libFuzzer: bytes that servers, files and programs could send, given to the code that parses them. It is
// built by scripts/fuzz-bytes, in one module with that code.

/// Which code gets the bytes.
private let target = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? "text"

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: size))
  switch target {
  case "text": copyText(bytes)
  case "binary": copyBinary(bytes)
  case "manifest": manifest(bytes)
  default: answers(bytes)
  }
  return 0
}

// MARK: COPY

/// The first bytes choose settings and columns; a byte of 255 repeats the next one, because long values take other paths.
private struct CopyInput {
  var settings = CSVSettings()
  var columns = 1
  var kinds: [CSVEncoder.Column.Kind] = []
  var rows: [UInt8] = []

  init?(_ bytes: [UInt8]) {
    guard bytes.count > 3 else { return nil }
    columns = 1 + Int(bytes[0] % 4)
    let choice = bytes[1]
    settings.delimiter = [",", ";", "\t", "n"][Int(choice & 3)]
    settings.guardFormulas = choice & 4 != 0
    settings.decimal = choice & 8 != 0 ? .comma : .point
    settings.null = choice & 16 != 0 ? "NULL" : ""
    settings.lineEnding = choice & 32 != 0 ? .crlf : .lf
    kinds = (0..<columns).map { bytes[2] >> $0 & 1 == 0 ? .text : .number }
    var rest = bytes.dropFirst(3)
    while let byte = rest.popFirst() {
      if byte == 255, let repeated = rest.popFirst() {
        rows += [UInt8](repeating: repeated, count: 70 + 40 * Int(repeated))
      } else {
        rows.append(byte)
      }
    }
  }

  func encoder(_ source: CSVSource) throws -> CSVEncoder {
    try CSVEncoder(
      settings: settings, columns: kinds.map { CSVEncoder.Column(name: "c", kind: $0) }, source: source)
  }
}

/// The encoder and the decoder agree with a reader that goes byte by byte.
private func copyText(_ bytes: [UInt8]) {
  guard let input = CopyInput(bytes), var encoder = try? input.encoder(.text) else { return }
  let expected = slowRows(input.rows, columns: input.columns)
  let sink = ByteCollector()
  let isEncoded = (try? encoder.encode(input.rows, into: sink)) != nil
  precondition(isEncoded == (expected != nil), "encoded: \(isEncoded)")
  var decoded: [[[UInt8]?]] = []
  let isDecoded =
    (try? CopyTextDecoder(columns: input.columns).forEachRow(in: input.rows) { row in
      decoded.append((0..<row.count).map { row.bytes($0).map(Array.init) })
      return true
    }) != nil
  precondition(isDecoded == (expected != nil), "decoded: \(isDecoded)")
  guard let expected else { return }
  precondition(decoded == expected)
  if !input.settings.guardFormulas, input.settings.decimal == .point {
    precondition(sink.bytes == slowCSV(expected, input.settings))
  }
}

/// - Returns: nil for rows of another shape.
private func slowRows(_ bytes: [UInt8], columns: Int) -> [[[UInt8]?]]? {
  var rows: [[[UInt8]?]] = []
  var row: [[UInt8]?] = []
  var (raw, value): ([UInt8], [UInt8]) = ([], [])
  var rest = bytes[...]
  var isOpen = false
  while let byte = rest.popFirst() {
    isOpen = true
    if byte == 9 || byte == 10 {
      row.append(raw == Array("\\N".utf8) ? nil : value)
      (raw, value) = ([], [])
      guard byte == 10 else { continue }
      guard row.count == columns else { return nil }
      rows.append(row)
      row = []
      isOpen = false
    } else if byte == 92 {
      guard let next = rest.popFirst() else { return nil }
      raw += [byte, next]
      let escapes: [UInt8: UInt8] = [98: 8, 102: 12, 110: 10, 114: 13, 116: 9, 118: 11]
      value.append(escapes[next] ?? next)
    } else {
      raw.append(byte)
      value.append(byte)
    }
  }
  return isOpen ? nil : rows
}

private func slowCSV(_ rows: [[[UInt8]?]], _ settings: CSVSettings) -> [UInt8] {
  let delimiter = Array(settings.delimiter.utf8)
  var text: [UInt8] = []
  for row in rows {
    for (index, value) in row.enumerated() {
      if index > 0 { text += delimiter }
      guard let value else {
        text += Array(settings.null.utf8)
        continue
      }
      let isEnd = row.count == 1 && value == Array("\\.".utf8)
      let isQuoted =
        isEnd || value == Array(settings.null.utf8)
        || value.contains { delimiter.contains($0) || [34, 10, 13].contains($0) }
      text += isQuoted ? [34] + value.flatMap { $0 == 34 ? [34, 34] : [$0] } + [34] : value
    }
    text += settings.lineEnding == .crlf ? [13, 10] : [10]
  }
  return text
}

private func copyBinary(_ bytes: [UInt8]) {
  guard let input = CopyInput(bytes) else { return }
  let all: [BinaryType] = [.boolean, .int16, .int32, .int64, .numeric, .text, .date, .timestamp, .uuid]
  let types = (0..<input.columns).map { all[(Int(bytes[2]) + 2 * $0) % all.count] }
  guard var encoder = try? input.encoder(.binary(types)) else { return }
  // As the server frames them: the fuzzer finds lengths that are wrong, and seldom those that are right.
  var framed: [UInt8] = [0, UInt8(input.columns)]
  var rest = input.rows[...]
  for _ in types {
    let length = min(Int(rest.popFirst() ?? 0), rest.count)
    framed += [0, 0, 0, UInt8(length)] + rest.prefix(length)
    rest = rest.dropFirst(length)
  }
  for rows in [input.rows, framed, framed + framed] {
    let sink = ByteCollector()
    _ = try? encoder.encode(rows, into: sink)
  }
  guard let message = Optional(input.rows) else { return }
  message.withUnsafeBytes { whole in
    for isFirst in [true, false] {
      if let row = CopyBinary.row(in: whole, isFirst: isFirst) { precondition(row.count <= whole.count) }
    }
  }
}

// MARK: Files and answers

/// What was read is written and read again as the same.
private func manifest(_ bytes: [UInt8]) {
  guard let manifest = try? Manifest(json: bytes) else { return }
  let again = try? Manifest(json: Array(manifest.json.utf8))
  precondition(again == manifest)
}

private func answers(_ bytes: [UInt8]) {
  let decoder = JSONDecoder()
  let data = Data(bytes)
  let json = try? OrderedJSON(parsing: bytes)
  if let json {
    // What was read is written and read again as the same; Foundation reads whatever is read here.
    precondition((try? OrderedJSON(parsing: Array(json.compact.utf8)))?.compact == json.compact)
    precondition((try? JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)) != nil)
  }
  if let files = try? ZIPReader.files(of: bytes) {
    precondition(files.reduce(0) { $0 + $1.bytes.count } <= bytes.count)
  }
  _ = try? decoder.decode(PatroniCluster.self, from: data)
  _ = try? decoder.decode(PatroniNode.self, from: data)
  _ = String(decoding: bytes, as: UTF8.self).visible()
  _ = SupersetAccount(firstLine: String(decoding: bytes, as: UTF8.self))
}
