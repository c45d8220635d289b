import Certificates
import ClusterClient
import Foundation
import ReportModel

extension DoctorEngine {
  /// Of every `https` URL of the cluster, once, and of the files that reportgen uses there.
  func examineCertificates() async throws -> [DoctorFacts.ShownCertificate] {
    let asked = environment.patroni + environment.etcd
    var urls: [String] = []
    for url in asked + environment.certificates where url.hasPrefix("https://") && !urls.contains(url) {
      urls.append(url)
    }
    var found: [DoctorFacts.ShownCertificate] = []
    if !urls.isEmpty {
      let client = try ClusterClient(tls: environment.clusterTLS)
      for url in urls {
        found.append(
          DoctorFacts.ShownCertificate(
            subject: url, certificate: try await client.certificate(url),
            isAskedElsewhere: asked.contains(url)))
      }
    }
    let tls = environment.clusterTLS
    // Of several authorities the last to end counts: with it, something is trusted still.
    for (path, isList) in [(tls.ca, true), (tls.certificate, false)] {
      guard let path else { continue }
      let all = FileManager.default.contents(atPath: path).map { Certificate.all(inPEM: Array($0)) }
      let one = isList ? all?.max { $0.end < $1.end } : all?.first
      let reason = all == nil ? "could not read the file" : "the file has no certificate"
      found.append(
        DoctorFacts.ShownCertificate(
          subject: path, certificate: one.map { .value($0) } ?? .noAnswer(reason)))
    }
    return found
  }
}
