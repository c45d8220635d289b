import Sandbox
import TestSupport
import Testing

/// A proxy before each server of a project.
struct Proxies {
  let primary: SocketProxy
  let replica: SocketProxy

  subscript(_ server: Sandbox.Server) -> SocketProxy { server == .primary ? primary : replica }
}

/// Leads the project to its servers through proxies.
///
/// - Parameter isSilenced: limits are short, since a server will never answer and all of them have to pass.
nonisolated(nonsending) func withProxies<R>(
  _ project: CommandProject, isSilenced: Bool = false, _ body: (Proxies) async throws -> R
) async throws -> R {
  try await temporaryDirectory { primaryFolder in
    try await temporaryDirectory { replicaFolder in
      let database = project.database
      func makeProxy(_ folder: String, _ server: Sandbox.Server) throws -> SocketProxy {
        let socket = "\(database.pair.socketDirectory)/.s.PGSQL.\(database.pair.port(server))"
        return try SocketProxy(folder: folder, server: socket, .none)
      }
      let proxies = Proxies(
        primary: try makeProxy(primaryFolder, .primary), replica: try makeProxy(replicaFolder, .replica))
      defer {
        proxies.primary.stop()
        proxies.replica.stop()
      }
      func conninfo(_ proxy: SocketProxy, _ user: String) -> String {
        let timeout = isSilenced ? 2 : 30
        return "\(proxy.conninfoHost) dbname=\(database.name) user=\(user) connect_timeout=\(timeout)"
      }
      let limits = isSilenced ? ["10s", "2s"] : ["60s", "30s"]
      try project.configure(
        replica: conninfo(proxies.replica, "reportgen_reader"),
        primary: conninfo(proxies.primary, "reportgen_writer"),
        more: "    statement_timeout: \(limits[0])\n    reconnect_wait: \(limits[1])\n    confirm_wait: 20s")
      return try await body(proxies)
    }
  }
}
