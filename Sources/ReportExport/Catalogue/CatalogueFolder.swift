import Dispatch
import Foundation
import Glibc
import ReportModel
import Synchronization

/// Writes a catalogue into an output folder: `index.html`, and `index.html` in the folder of each report.
///
/// All pages that changed are written into a folder of their own, and then renamed, the index last: an error before that
/// changes nothing, and a reader never sees a part of a page. After a crash in between, some pages are new, and the next
/// write renames the others. Pages are not synced: what a crash of the machine loses is written again.
package struct CatalogueFolder: Sendable {
  /// What became of the pages.
  package struct Result: Hashable, Sendable {
    package var written = 0
    /// They have the same bytes, and were not touched.
    package var unchanged = 0
    /// Of reports that the catalogue does not have.
    package var removed = 0
  }

  /// Of the temporary folder, as in `.catalogue.partial-` and a UUID.
  static let temporaryName = "catalogue"
  private static let maxPageBytes = 256 << 20

  /// The path of the output folder, which is created when it is missing.
  let output: String
  /// Its path for messages.
  let shown: String

  package init(output: String, shownAs: String) {
    self.output = output
    shown = shownAs
  }

  /// - Throws: `Diagnostic`, also for an `index.html` that reportgen did not write; nothing is changed then.
  package func write(_ catalogue: Catalogue) throws -> Result {
    guard let folder = try Directory.open(path: output, shown: shown, create: true) else {
      throw Diagnostic(.error, "could not open \"\(shown)\": it was removed by another process")
    }
    try folder.removeAbandonedFolders(of: Self.temporaryName)
    let temporary = try folder.makeLockedFolder(FileNames.partial(Self.temporaryName, writer: UUID()))
    defer { temporary.removeWithFiles(from: folder) }
    let pages = try render(catalogue, in: folder, into: temporary)
    let files = pages.map(\.files)
    let index = try Self.bytes { CatalogueIndex(catalogue: catalogue, files: files).write(into: $0) }
    let isIndexChanged = try Self.prepare(
      index, of: folder, as: CatalogueAddress.fileName, in: temporary)
    var result = Result()
    for (entry, page) in zip(catalogue.reports, pages) {
      guard page.isChanged else {
        result.unchanged += 1
        continue
      }
      guard let target = try folder.folder(entry.report.name, create: true) else { continue }
      try temporary.move(entry.report.name, to: target, as: CatalogueAddress.fileName)
      result.written += 1
    }
    if isIndexChanged {
      try temporary.move(CatalogueAddress.fileName, to: folder, as: CatalogueAddress.fileName)
      result.written += 1
    } else {
      result.unchanged += 1
    }
    result.removed = try removeRetired(Set(catalogue.reports.map(\.report.name)), in: folder)
    return result
  }

  // MARK: Pages

  private struct Page: Sendable {
    var files = KeptFiles()
    var isChanged = false
  }

  /// Renders each report's page on one of several threads, and writes those that differ from what is there.
  private func render(_ catalogue: Catalogue, in folder: Directory, into temporary: TemporaryFolder) throws
    -> [Page]
  {
    // The index is looked at first: without the right to replace it nothing is to be changed.
    _ = try Self.existing(CatalogueAddress.fileName, in: folder)
    let titles = Dictionary(catalogue.dashboards.map { ($0.name, $0.title) }) { first, _ in first }
    let reports = catalogue.reports
    let pages = Mutex(reports.map { _ in Page() })
    let failure = Mutex<(any Error)?>(nil)
    let next = Mutex(0)
    let threads = min(max(1, ProcessInfo.processInfo.activeProcessorCount), 8)
    DispatchQueue.concurrentPerform(iterations: threads) { _ in
      while failure.withLock({ $0 == nil }) {
        let index = next.withLock { next in
          next += 1
          return next - 1
        }
        guard index < reports.count else { return }
        do {
          let page = try Self.render(reports[index], catalogue, titles, in: folder, into: temporary)
          pages.withLock { $0[index] = page }
        } catch {
          failure.withLock { $0 = $0 ?? error }
        }
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure }
    return pages.withLock { $0 }
  }

  private static func render(
    _ entry: CatalogueReport, _ catalogue: Catalogue, _ titles: [String: String], in folder: Directory,
    into temporary: TemporaryFolder
  ) throws -> Page {
    let name = entry.report.name
    guard FileNames.isReport(name) else {
      throw Diagnostic(.error, "\"\(name)\" cannot be the name of a report")
    }
    let directory = try folder.folder(name, create: false)
    var page = Page()
    page.files = try KeptFiles(in: directory, of: entry)
    let bytes = try Self.bytes {
      CatalogueReportPage(entry: entry, files: page.files, catalogue: catalogue, dashboardTitles: titles)
        .write(into: $0)
    }
    page.isChanged = try prepare(bytes, of: directory, as: name, in: temporary)
    return page
  }

  /// - Throws: `Diagnostic` where libxml2 is not installed.
  static func bytes(_ body: (XMLWriter) -> Void) throws -> [UInt8] {
    let sink = ByteCollector()
    let page = try XMLWriter(into: sink)
    body(page)
    // A collector throws nothing.
    try? page.finish()
    return sink.bytes
  }

  /// Writes a page into the temporary folder, unless what is there has the same bytes.
  ///
  /// - Parameter directory: where the page belongs; nil when there is no such folder yet.
  private static func prepare(
    _ bytes: [UInt8], of directory: Directory?, as name: String, in temporary: TemporaryFolder
  ) throws -> Bool {
    if let directory, try existing(CatalogueAddress.fileName, in: directory) == bytes { return false }
    try temporary.directory.write(name, bytes)
    return true
  }

  /// - Throws: `Diagnostic` for anything but a page of reportgen.
  private static func existing(_ name: String, in directory: Directory) throws -> [UInt8]? {
    guard let kind = directory.kind(of: name) else { return nil }
    if kind == S_IFREG, let bytes = try directory.read(name, limitBytes: maxPageBytes), isOwn(bytes) {
      return bytes
    }
    throw Diagnostic(
      .error, "\"\(directory.path(name))\" was not written by reportgen",
      hint: "Move it away, or have the pages written to another folder.")
  }

  /// Whether the head of a page names reportgen as its generator.
  private static func isOwn(_ bytes: [UInt8]) -> Bool {
    String(decoding: bytes.prefix(2048), as: UTF8.self)
      .contains("<meta name=\"generator\" content=\"reportgen ")
  }

  // MARK: Retired reports

  /// Removes pages of reports that are not in the catalogue, and their folders when nothing else is in them.
  private func removeRetired(_ names: Set<String>, in folder: Directory) throws -> Int {
    var removed = 0
    for name in try folder.names() where FileNames.isReport(name) && !names.contains(name) {
      guard folder.kind(of: name) == S_IFDIR, let retired = try folder.folder(name, create: false),
        retired.kind(of: CatalogueAddress.fileName) == S_IFREG,
        let bytes = try retired.read(CatalogueAddress.fileName, limitBytes: Self.maxPageBytes),
        Self.isOwn(bytes)
      else { continue }
      try retired.remove(CatalogueAddress.fileName)
      try folder.removeIfEmpty(name)
      removed += 1
    }
    return removed
  }
}
