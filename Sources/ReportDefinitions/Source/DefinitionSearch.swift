import Glibc
import ReportModel

/// Finds the definitions under `reports/`, and says which files there are not read and why.
struct DefinitionSearch {
  private let directory: String
  private(set) var found: [DefinitionFiles] = []
  /// Files of tests, in the order of the folders.
  private(set) var testFiles: [String] = []
  private(set) var diagnostics: [Diagnostic] = []

  static let folder = "reports"
  static let testSuffix = ".test.yaml"
  /// Definitions of dashboards, which are not searched for reports.
  static let dashboards = folder + "/dashboards"

  /// Paths of the folders that were read.
  private var folders: [Identity: String] = [:]
  private var sqlFiles: [String: [String]] = [:]
  private var metadataFiles: [String: [String]] = [:]

  init(directory: String) { self.directory = directory }

  mutating func run() {
    collect(Self.folder, above: [])
    for name in Set(sqlFiles.keys).union(metadataFiles.keys).sorted() { pair(name) }
  }

  // MARK: Folders

  private struct Identity: Hashable {
    var device: UInt64
    var inode: UInt64
  }

  /// - Parameter above: the folders above this one; a symbolic link to one of them would recurse without end.
  private mutating func collect(_ folder: String, above: Set<Identity>) {
    var status = stat()
    guard stat(directory + "/" + folder, &status) == 0, let stream = opendir(directory + "/" + folder) else {
      let hint =
        folder == Self.folder ? "Write a first report with \"reportgen new NAME\", or use --project." : nil
      refuse(folder, "could not read the folder: " + SystemError.text(errno), hint: hint)
      return
    }
    defer { closedir(stream) }
    let identity = Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    guard !above.contains(identity) else {
      refuse(folder, "symbolic link leads back to a folder above it", hint: "Remove the link.")
      return
    }
    // Links from each folder of a chain to the next one would double the work with every folder.
    if let first = folders[identity] {
      refuse(
        folder, "symbolic link leads to a folder that is read as \(first.visible())", hint: "Remove the link."
      )
      return
    }
    folders[identity] = folder
    for name in visibleNames(in: stream) { visit(folder + "/" + name, name, above: above.union([identity])) }
  }

  private mutating func visit(_ path: String, _ name: String, above: Set<Identity>) {
    var status = stat()
    guard stat(directory + "/" + path, &status) == 0 else {
      refuse(path, "could not read the file: " + SystemError.text(errno))
      return
    }
    if status.st_mode & S_IFMT == S_IFDIR {
      if path != Self.dashboards { collect(path, above: above) }
      return
    }
    if name.hasSuffix(Self.testSuffix) {
      testFiles.append(path)
    } else if name.hasSuffix(".sql") {
      sqlFiles[String(name.dropLast(4)), default: []].append(path)
    } else if name.hasSuffix(".yaml") {
      metadataFiles[String(name.dropLast(5)), default: []].append(path)
    } else if name.hasSuffix(".yml") {
      refuse(path, "file is not read", hint: "Metadata files end in .yaml; rename it.")
    }
  }

  // MARK: Pairs

  private mutating func pair(_ name: String) {
    let sql = sqlFiles[name] ?? []
    let metadata = metadataFiles[name] ?? []
    guard ReportName.isValid(name) else {
      refuse(
        (sql + metadata)[0], "\"\(excerpt(name))\" is not a report's name",
        hint: ReportName.hint)
      return
    }
    for twin in sql.dropFirst() { refuseTwin(twin, name, sql[0]) }
    for twin in metadata.dropFirst() { refuseTwin(twin, name, metadata[0]) }
    guard sql.count <= 1, metadata.count <= 1 else { return }
    guard let sqlFile = sql.first else {
      let wanted = metadata[0].dropLast(5) + ".sql"
      refuse(metadata[0], "report \"\(name)\" has no SQL", hint: "Write its SELECT to \(wanted).")
      return
    }
    let metadataFile = sqlFile.dropLast(4) + ".yaml"
    guard metadata.first == String(metadataFile) else {
      let hint = metadata.first.map { "Move \($0) beside it." } ?? "Write its metadata to \(metadataFile)."
      refuse(sqlFile, "report \"\(name)\" has no metadata", hint: hint)
      return
    }
    found.append(DefinitionFiles(name: name, sqlFile: sqlFile, metadataFile: String(metadataFile)))
  }

  private mutating func refuseTwin(_ path: String, _ name: String, _ first: String) {
    refuse(
      path, "there is another report \"\(name)\"",
      hint: "It is \(first); names are unique in the whole project.")
  }

  private mutating func refuse(_ path: String, _ message: String, hint: String? = nil) {
    diagnostics.append(Diagnostic(.error, message, hint: hint, file: path.visible()))
  }

  /// Whether the report has an SQL or a metadata file, also one with errors.
  func hasFiles(of name: String) -> Bool { sqlFiles[name] != nil || metadataFiles[name] != nil }
}
