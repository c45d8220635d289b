import HTTPClient
import ReportModel

/// One import of a bundle, or of some of its assets when Superset already has the others.
struct BundleUpload {
  private let assets: [Asset]
  private let hasPassword: Bool
  private let password: String?

  /// - Parameters:
  ///   - datasets: import only these, with their database connection; nil for all assets.
  ///   - hasPassword: whether Superset stores a password for the connection, or `password` is given.
  init(_ bundle: AssetBundle, datasets: [Asset]? = nil, hasPassword: Bool, _ password: String? = nil) {
    assets = datasets.map { bundle.assets.filter { $0.name.kind == .database } + $0 } ?? bundle.assets
    self.hasPassword = hasPassword
    self.password = password
  }

  /// - Throws: `SupersetFailure` unless Superset answers 200 with the message `OK`.
  func send(to api: SupersetAPI) async throws {
    let files = AssetBundle.files(of: assets.map(withPassword))
    let archive = ZIPWriter.archive(files.map { ("reportgen/" + $0.path, Array($0.text.utf8)) })
    var fields: [(String, String)] = []
    if let password, let database = assets.first(where: { $0.name.kind == .database }) {
      fields.append(("passwords", OrderedJSON.object([(database.path, .text(password))]).compact))
    }
    let form = MultipartForm(fields: fields, file: ("bundle", "assets.zip", archive))
    let path = "/api/v1/assets/import/"
    let answer = try await api.upload(path, form)
    guard answer.status != 200 || answer.text?.contains("\"OK\"") != true else { return }
    switch answer.status {
    case 401, 403:
      throw SupersetFailure(
        .account, "Superset refused the import: status \(answer.status)",
        hint: "The account needs the role Admin.")
    case 429, 502, 503, 504:
      throw SupersetFailure(.unavailable, "Superset is not ready: status \(answer.status)")
    default:
      throw SupersetFailure(
        .refused, "Superset refused the import: status \(answer.status)", detail: detail(answer),
        hint: "See the server log of Superset.")
    }
  }

  private func detail(_ answer: HTTPResponse) -> String {
    (SupersetAPI.reason(answer).map { $0 + ". " } ?? "")
      + "Nothing was changed: an import is one transaction."
  }

  /// Adds the mask `XXXXXXXXXX` to the URI, by which Superset keeps the stored password.
  private func withPassword(_ asset: Asset) -> Asset {
    guard hasPassword, asset.name.kind == .database else { return asset }
    var asset = asset
    asset.content = .object(
      asset.content.members.map { key, value in
        guard key == "sqlalchemy_uri", let uri = value.text, let at = uri.firstIndex(of: "@") else {
          return (key, value)
        }
        return (key, .text(uri[..<at] + ":XXXXXXXXXX" + uri[at...]))
      })
    return asset
  }
}
