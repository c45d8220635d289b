import Certificates
import Foundation
import HTTPClient
import ProcessRunner
import TestSupport
import Testing

/// The server is `openssl s_server` with a certificate that the test creates.
@Suite struct CertificateTests {
  @Test("a certificate is trusted only when it is given, and only for its own host")
  func certificates() async throws {
    try await temporaryDirectory { folder in
      let certificate = folder + "/certificate.pem"
      let made = try await Command(
        "/usr/bin/openssl",
        [
          "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
          "subjectAltName=DNS:localhost", "-keyout", folder + "/key.pem", "-out", certificate,
        ]
      ).run()
      try #require(made.status == 0, "\(made.output)")
      let port = try freePort()
      let server = try await startServer(folder, port)
      defer { server.signal(SIGKILL) }
      let limits = HTTPLimits(connect: .seconds(60), total: .seconds(60))
      let trusting = try HTTPClient(limits: limits, identity: HTTPIdentity(trustedCertificates: certificate))
      try await waitUntilUp(trusting, port)
      #expect(try await trusting.send(HTTPRequest("GET", "https://localhost:\(port)/")).status == 200)

      let origin = "https://localhost:\(port)"
      await #expect(
        throws: HTTPError(.certificate, "the certificate of \(origin) is not trusted")
      ) { try await HTTPClient(limits: limits).send(HTTPRequest("GET", origin)) }
      await #expect(
        throws: HTTPError(.certificate, "the certificate of https://127.0.0.1:\(port) is not trusted")
      ) { try await trusting.send(HTTPRequest("GET", "https://127.0.0.1:\(port)")) }
      await #expect(throws: HTTPError(.certificate, "could not read the file of trusted certificates")) {
        try await HTTPClient(
          limits: limits, identity: HTTPIdentity(trustedCertificates: folder + "/none.pem")
        )
        .send(HTTPRequest("GET", origin))
      }
    }
  }

  @Test("a server that asks for a certificate gets the client's, and shows its own to whoever connects")
  func client() async throws {
    try await temporaryDirectory { folder in
      let made = try await Command(
        "/usr/bin/openssl",
        [
          "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "20", "-subj", "/CN=localhost", "-addext",
          "subjectAltName=DNS:localhost", "-keyout", folder + "/key.pem", "-out", folder + "/certificate.pem",
        ]
      ).run()
      try #require(made.status == 0, "\(made.output)")
      let port = try freePort()
      let server = try await startServer(
        folder, port, ["-Verify", "1", "-verify_return_error", "-CAfile", folder + "/certificate.pem"])
      defer { server.signal(SIGKILL) }
      let origin = "https://localhost:\(port)"
      let limits = HTTPLimits(connect: .seconds(60), total: .seconds(60))
      let (certificate, key) = (folder + "/certificate.pem", folder + "/key.pem")
      let known = try HTTPClient(
        limits: limits,
        identity: HTTPIdentity(trustedCertificates: certificate, certificate: certificate, key: key))
      try await waitUntilUp(known, port)
      #expect(try await known.send(HTTPRequest("GET", origin)).status == 200)

      let unknown = try HTTPClient(limits: limits, identity: HTTPIdentity(trustedCertificates: certificate))
      await #expect(throws: HTTPError.self) { try await unknown.send(HTTPRequest("GET", origin)) }
      await #expect(throws: HTTPError(.certificate, "could not read the client's certificate or its key")) {
        try await HTTPClient(
          limits: limits,
          identity: HTTPIdentity(trustedCertificates: certificate, certificate: folder + "/none.pem")
        ).send(HTTPRequest("GET", origin))
      }

      // Neither trusted nor asked for a certificate of its own.
      let shown = try await HTTPClient(limits: limits).certificate(of: origin)
      let days = (shown.end - Int(Date().timeIntervalSince1970)) / 86_400
      #expect((19...20).contains(days))
      #expect(
        Certificate.all(inPEM: FileManager.default.contents(atPath: certificate).map { Array($0) } ?? []) == [
          shown
        ])
    }
  }

  @Test("a server without TLS shows no certificate")
  func withoutTLS() async throws {
    let server = try LoopbackServer { _ in [] }
    defer { server.stop() }
    await #expect(throws: HTTPError.self) {
      try await HTTPClient().certificate(of: "https://127.0.0.1:\(server.port)")
    }
    #expect(
      Certificate.all(inPEM: Array("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".utf8))
        == [])
    #expect(Certificate.all(inPEM: []) == [])
  }

  private func startServer(
    _ folder: String, _ port: UInt16, _ more: [String] = []
  ) async throws -> ChildProcess {
    let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
    defer { close(nothing) }
    let arguments =
      [
        "s_server", "-quiet", "-www", "-accept", "127.0.0.1:\(port)", "-key", folder + "/key.pem", "-cert",
        folder + "/certificate.pem",
      ] + more
    return try ChildProcess(
      Command("/usr/bin/openssl", arguments), input: nothing, output: nothing, error: nothing)
  }

  private func waitUntilUp(_ client: HTTPClient, _ port: UInt16) async throws {
    for _ in 0..<600 {
      do {
        _ = try await client.send(HTTPRequest("GET", "https://localhost:\(port)/"))
        return
      } catch let error as HTTPError where error.kind == .unreachable {
        try await Task.sleep(for: .milliseconds(50))
      }
    }
    Issue.record("openssl s_server did not start")
  }

  private func freePort() throws -> UInt16 {
    let server = try LoopbackServer { _ in [] }
    defer { server.stop() }
    return server.port
  }
}
