import CLibPQ
import ReportModel

/// One session on a server, through libpq, on a thread of its own.
///
/// Calls wait in `poll`: never in libpq, and never on Swift's cooperative threads. When a task is cancelled while its call
/// waits, the connection cancels the statement, waits for its end and throws `CancellationError`. The connection can be
/// used again; an open transaction is in error, as after every error. A statement that succeeds in spite of the cancel
/// request returns its result, because it may have committed. A call of a cancelled task sends nothing.
///
/// After the connection is lost, every call throws at once. Calls run one at a time: a call, or the reading of a property,
/// waits for the end of the call before it.
package actor Connection {
  /// The name given to `open`, for messages: `primary`.
  package nonisolated let name: String

  let wakeup: Wakeup
  let notices: NoticeReceiver
  let statementDeadline: Duration?
  let cancelLimit: Duration
  let trustsLoopback: Bool
  /// nil before the connection is open and after it is lost or closed.
  var handle: OpaquePointer?
  /// What `pg_backend_pid()` answered when the session was set up; nil for a session without settings.
  var sessionPID: Int32?
  /// Why `handle` is nil.
  var failure: PostgresError?
  /// The direction of the COPY in progress.
  var copyDirection: CopyDirection?
  /// The `CopyIn` or `CopyOut` of that COPY. When it is released, the next call stops the COPY.
  weak var copy: AnyObject?
  /// Of the last COPY FROM STDIN.
  var copyRefusal = CopyRefusal()
  private let thread: ThreadExecutor

  /// The connection's own thread.
  package nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  init(_ options: ConnectionOptions) throws {
    name = options.name
    statementDeadline = options.statementDeadline
    cancelLimit = options.cancelLimit
    trustsLoopback = options.trustsLoopback
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

  /// Ends the session, also in a cancelled task. The server rolls back an open transaction.
  package func close() {
    finish(
      PostgresError(
        sqlState: .connectionDoesNotExist, message: "the connection is closed", server: name,
        isConnectionLost: true))
  }

  /// Whether the connection was open at the last call. A server that died since then is detected by the next call.
  package var isUsable: Bool { handle.map { PQstatus($0) == CONNECTION_OK } ?? false }

  /// The process id of the server's backend; 0 when the connection is lost.
  package var backendPID: Int32 { handle.map { sessionPID ?? PQbackendPID($0) } ?? 0 }

  /// A proxy stands between: it has invented the process id that the session was told at its start.
  package var isBehindProxy: Bool { handle.map { backendPID != PQbackendPID($0) } ?? false }

  /// 150015 for 15.15; 0 when the connection is lost.
  package var serverVersion: Int { handle.map { Int(PQserverVersion($0)) } ?? 0 }

  /// libpq's state of the transaction, without asking the server.
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

  /// The last value that the server reported of a parameter such as `in_hot_standby` or `server_version`, without asking
  /// it.
  ///
  /// - Returns: nil for a parameter that servers do not report.
  /// - SeeAlso: libpq, `PQparameterStatus`.
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
