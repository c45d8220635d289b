import ReportModel

public struct Sandbox: Sendable {
  public enum Server: String, Sendable, Hashable, Codable, CaseIterable {
    case primary, replica
  }
}
