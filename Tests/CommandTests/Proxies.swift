import Sandbox
import TestSupport
import Testing

/// A proxy before each server of a project.
struct Proxies {
  let primary: SocketProxy
  let replica: SocketProxy

  subscript(_ server: Sandbox.Server) -> SocketProxy { server == .primary ? primary : replica }
}

/// Leads the project to its servers through proxies, with the short limits of a test.
nonisolated(nonsending) func withProxies<R>(
  _ project: CommandProject, reconnectWait: String = "30s", _ body: (Proxies) async throws -> R
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
        "\(proxy.conninfoHost) dbname=\(database.name) user=\(user) connect_timeout=2"
      }
      try project.configure(
        replica: conninfo(proxies.replica, "reportgen_reader"),
        primary: conninfo(proxies.primary, "reportgen_writer"),
        more: "    statement_timeout: 5s\n    reconnect_wait: \(reconnectWait)\n    confirm_wait: 20s")
      return try await body(proxies)
    }
  }
}
