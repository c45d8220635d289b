import CLibPQ
import ReportModel

/// One session on a server, through libpq; everything happens on the connection's own thread.
///
/// Calls wait in `poll`, never in libpq and never on Swift's cooperative threads. When the task of a call is cancelled
/// while it waits, the server's statement is cancelled, its end awaited, and `CancellationError` thrown; the connection
/// can be used again (an open transaction is in error, as after every error). A statement that succeeds although it was
/// cancelled returns its result: what is committed is committed. A call of a cancelled task sends nothing.
///
/// After the connection is lost, every call throws at once. One call at a time: calls of other tasks wait for
/// it, and so does who reads a property.
package actor Connection {
  /// As given to `open`: `primary`.
  package nonisolated let name: String

  let wakeup: Wakeup
  let notices: NoticeReceiver
  let statementDeadline: Duration?
  let cancelLimit: Duration
  /// Nil before it stands and once it is lost or closed.
  var handle: OpaquePointer?
  /// Why there is no handle.
  var failure: PostgresError?
  /// Which way a COPY runs that has the connection to itself.
  var copyDirection: CopyDirection?
  /// Who reads or writes that COPY; when nobody holds it any more, the next call stops it.
  weak var copy: AnyObject?
  /// Since when there is input during a COPY IN that is neither a notice nor a notification.
  var unexplainedInputSince: ContinuousClock.Instant?
  private let thread: ThreadExecutor

  package nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  init(_ options: ConnectionOptions) throws {
    name = options.name
    statementDeadline = options.statementDeadline
    cancelLimit = options.cancelLimit
    notices = NoticeReceiver(options.onNotice)
    do {
      wakeup = try Wakeup()
      thread = try ThreadExecutor()
    } catch let error as SystemError {
      throw PostgresError(
        sqlState: .insufficientResources, message: error.reason, server: options.name, isConnectFailure: true)
    }
  }

  isolated deinit {
    if let handle { PQfinish(handle) }
    thread.stop()
  }

  /// Ends the session; an open transaction is rolled back by the server. Also in a cancelled task.
  package func close() {
    finish(
      PostgresError(
        sqlState: .connectionDoesNotExist, message: "the connection is closed", server: name,
        isConnectionLost: true))
  }

  /// Whether calls can still succeed, as far as was seen: a server that died meanwhile shows at the next call.
  package var isUsable: Bool { handle.map { PQstatus($0) == CONNECTION_OK } ?? false }

  /// 0 once the connection is lost.
  package var backendPID: Int32 { handle.map(PQbackendPID) ?? 0 }

  /// 150015 for 15.15; 0 once the connection is lost.
  package var serverVersion: Int { handle.map { Int(PQserverVersion($0)) } ?? 0 }

  package var transactionStatus: TransactionStatus {
    guard let handle else { return .unknown }
    return switch PQtransactionStatus(handle) {
    case PQTRANS_IDLE: .idle
    case PQTRANS_ACTIVE: .active
    case PQTRANS_INTRANS: .inTransaction
    case PQTRANS_INERROR: .inError
    default: .unknown
    }
  }

  /// What the server last reported of `name`, `in_hot_standby` or `server_version` for instance, without asking it.
  ///
  /// - Returns: nil for parameters that servers do not report.
  package func parameterStatus(_ name: String) -> String? {
    handle.flatMap { PQparameterStatus($0, name) }.map { String(cString: $0) }
  }

  func finish(_ reason: PostgresError) {
    if let handle { PQfinish(handle) }
    handle = nil
    copyDirection = nil
    if failure == nil { failure = reason }
  }
}
