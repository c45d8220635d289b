import TestSupport

extension String {
  /// With placeholders for the server's own words where its messages are not English; see `ServerMessages`.
  var masked: String { ServerMessages.masked(self) }
}
