import ReportExport
import ReportModel

/// A source of rows in memory, in chunks of whole rows.
actor Rows: CopySource {
  private var chunks: [[UInt8]]
  private(set) var rowCount = 0

  init(_ text: String, rowsPerChunk: Int = 1000) {
    chunks = Self.chunks(of: Array(text.utf8), rowsPerChunk: rowsPerChunk)
  }

  func next() -> [UInt8]? {
    guard !chunks.isEmpty else { return nil }
    let chunk = chunks.removeFirst()
    rowCount += chunk.count { $0 == 10 }
    return chunk
  }

  static func chunks(of bytes: [UInt8], rowsPerChunk: Int) -> [[UInt8]] {
    var chunks: [[UInt8]] = []
    var start = 0
    var rows = 0
    for (index, byte) in bytes.enumerated() where byte == 10 {
      rows += 1
      guard rows == rowsPerChunk || index == bytes.count - 1 else { continue }
      chunks.append(Array(bytes[start...index]))
      start = index + 1
      rows = 0
    }
    return chunks
  }
}

func csv(_ rows: String, _ columns: [String], _ settings: CSVSettings = CSVSettings(), text: Bool = true)
  throws
  -> String
{
  var encoder = try CSVEncoder(
    settings: settings, columns: columns.map { .init(name: $0, kind: text ? .text : .number) })
  let sink = ByteCollector()
  try encoder.writeHeader(into: sink)
  for chunk in Rows.chunks(of: Array(rows.utf8), rowsPerChunk: 3) { try encoder.encode(chunk, into: sink) }
  return String(decoding: sink.bytes, as: UTF8.self)
}
