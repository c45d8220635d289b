import Foundation
import ProcessRunner
import Sandbox
import TestSupport
import Testing

/// A primary and a replica with certificates for `db.shop.test`, on an address of this machine that nobody else uses.
struct TLSServers {
  static let host = "db.shop.test"

  let pair: TestPair
  let address: String
  /// The certificate of the authority that signed the servers'.
  let authority: String
  /// Of another one.
  let otherAuthority: String

  /// Runs the body and stops the servers.
  static func with(_ body: (TLSServers) async throws -> Void) async throws {
    try await temporaryDirectory { folder in
      let user = try ServerUser.current()
      try await makeCertificates(in: folder)
      for path in [folder, folder + "/server.key", folder + "/server.pem"] {
        _ = chown(path, user.userID, user.groupID)
      }
      let process = ProcessInfo.processInfo.processIdentifier
      let address = "127.\(1 + process >> 16 & 127).\(process >> 8 & 255).\(process & 255)"
      let pair = try await startPrivatePair([
        "listen_addresses": address, "ssl": "on", "ssl_cert_file": folder + "/server.pem",
        "ssl_key_file": folder + "/server.key",
      ])
      do {
        try await body(
          TLSServers(
            pair: pair, address: address, authority: folder + "/authority.pem",
            otherAuthority: folder + "/other.pem"))
      } catch {
        try? await pair.stop()
        throw error
      }
      try await pair.stop()
    }
  }

  private static func makeCertificates(in folder: String) async throws {
    func openssl(_ arguments: [String]) async throws {
      let made = try await Command("/usr/bin/openssl", arguments, directory: folder).run()
      try #require(made.status == 0, "\(made.output)\(made.error)")
    }
    let key = ["-newkey", "rsa:2048", "-nodes", "-days", "2"]
    for name in ["authority", "other"] {
      try await openssl(
        ["req", "-x509"] + key + ["-subj", "/CN=\(name)", "-keyout", name + ".key", "-out", name + ".pem"])
    }
    try await openssl(
      ["req"] + key + ["-subj", "/CN=\(host)", "-keyout", "server.key", "-out", "server.csr"])
    try "subjectAltName=DNS:\(host)\n".write(toFile: folder + "/names", atomically: true, encoding: .utf8)
    try await openssl([
      "x509", "-req", "-in", "server.csr", "-CA", "authority.pem", "-CAkey", "authority.key",
      "-CAcreateserial",
      "-days", "2", "-extfile", "names", "-out", "server.pem",
    ])
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: folder + "/server.key")
  }
}
