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
      let trusting = try HTTPClient(limits: limits, trustedCertificates: certificate)
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
        try await HTTPClient(limits: limits, trustedCertificates: folder + "/none.pem")
          .send(HTTPRequest("GET", origin))
      }
    }
  }

  private func startServer(_ folder: String, _ port: UInt16) async throws -> ChildProcess {
    let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
    defer { close(nothing) }
    let arguments = [
      "s_server", "-quiet", "-www", "-accept", "127.0.0.1:\(port)", "-key", folder + "/key.pem", "-cert",
      folder + "/certificate.pem",
    ]
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
