import CLibPQ

/// Receives the notices of one connection from libpq, on the connection's thread.
final class NoticeReceiver {
  private let handler: (@Sendable (Notice) -> Void)?
  /// Notices received so far; COPY FROM STDIN compares it to tell notices from an error.
  private(set) var count = 0

  init(_ handler: (@Sendable (Notice) -> Void)?) { self.handler = handler }

  /// - Important: libpq keeps an unretained pointer, so the receiver must outlive the connection.
  func attach(to connection: OpaquePointer) {
    // Without a receiver libpq prints notices to standard error.
    PQsetNoticeReceiver(
      connection,
      { context, result in
        guard let context, let result else { return }
        Unmanaged<NoticeReceiver>.fromOpaque(context).takeUnretainedValue().receive(result)
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  private func receive(_ result: OpaquePointer) {
    count += 1
    guard let handler else { return }
    let code = QueryResult.field(of: result, RG_SQLSTATE) ?? ""
    handler(
      Notice(
        severity: QueryResult.field(of: result, RG_SEVERITY) ?? "NOTICE",
        sqlState: SQLState(rawValue: code.utf8.count == 5 ? code : "00000"),
        message: QueryResult.field(of: result, RG_MESSAGE_PRIMARY)
          ?? ErrorText(String(cString: PQresultErrorMessage(result))).firstLine,
        detail: QueryResult.field(of: result, RG_MESSAGE_DETAIL),
        hint: QueryResult.field(of: result, RG_MESSAGE_HINT)))
  }
}
