/// The version of reportgen.
package enum Version {
  package static let number = "0.1.0"
  /// As `--version` prints it, and as generated pages and manifests name their writer.
  package static let text = "reportgen \(number)"
}
