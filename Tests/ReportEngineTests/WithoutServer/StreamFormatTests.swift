import ReportModel
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

extension WithoutServer {
  @Suite struct StreamFormatTests {
    @Test(
      "rows pass in binary where every type allows it, and where a file needs text, only those we write as text",
      arguments: [
        (["date", "numeric(14,2)", "integer", "text"], CopyFormat.binary, CopyFormat.binary),
        (["date", "timestamp with time zone"], .binary, .text),
        (["double precision", "jsonb"], .binary, .text), (["jsonb", "json", "bytea"], .binary, .binary),
        (["\"char\"", "tid", "xid", "bigint[]"], .binary, .text),
        (["date", "integer[]"], .text, .text), (["public.mood"], .text, .text), (["interval"], .text, .text),
      ])
    func choice(types: [String], alone: CopyFormat, withFile: CopyFormat) {
      let columns = types.map { ColumnShape(name: "c", type: $0, category: "", comment: nil) }
      #expect(StreamFormat(columns, feedsFile: false).format == alone)
      #expect(StreamFormat(columns, feedsFile: true).format == withFile)
    }
  }
}
