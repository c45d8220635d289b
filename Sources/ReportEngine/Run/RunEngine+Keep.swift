import ReportExport
import ReportLedger
import ReportModel

extension RunEngine {
  /// Removes the folders of intervals that have no files any more; never one that this run wrote, nor that of `latest`.
  ///
  /// A folder that cannot be removed is worth a warning: the files that are promised are there.
  func removeOldFolders(of reports: [Report], _ published: [String: [PublishedInterval]]) async throws {
    guard publishes else { return }
    for report in reports where report.hasFiles {
      do {
        try await removeOldFolders(of: report, published[report.name] ?? [])
      } catch let error where error is CancellationError {
        throw error
      } catch {
        var warning = RunError.from(error, "could not remove old files of \"\(report.name)\"").diagnostic
        warning.severity = .warning
        let said = outcomes[report.name]?.diagnostics.map(\.message) ?? []
        if !said.contains(warning.message) { notes[report.name]?.diagnostics.append(warning) }
      }
    }
  }

  private func removeOldFolders(of report: Report, _ published: [PublishedInterval]) async throws {
    let root = configuration.output
    guard let notes = notes[report.name],
      let folder = try ReportFolder(output: root.path, shownAs: root.shown, report: report.name)
    else { return }
    let keep = KeptFolders(report: report, published: published, firstKeptDay: notes.plan.firstKeptDay)
    let written = (outcomes[report.name]?.files ?? []).map { $0.split(separator: "/").dropLast().last ?? "" }
    let current = [folder.latest, report.exported(of: published).first?.folderName(report)]
    let spared = Set(written.map(String.init) + current.compactMap(\.self))
    let stale = keep.stale(among: try folder.names()).filter { !spared.contains($0) }
    // Another run that works on the report writes its files, and takes away the old ones.
    guard !stale.isEmpty, (try? await main.lock(report, until: lockDeadline)) != nil else { return }
    do {
      try await remove(stale, from: folder, of: report)
    } catch {
      await main.unlock([report])
      throw error
    }
    await main.unlock([report])
  }

  private func remove(_ names: [String], from folder: ReportFolder, of report: Report) async throws {
    var removed: [ReportFolder.Entry] = []
    for name in names {
      guard let entry = try folder.entry(name) else {
        try folder.removeLeftovers(of: name)
        continue
      }
      if try folder.remove(name) { removed.append(entry) }
    }
    notes[report.name]?.removedFolders += removed.map(\.shown)
    let starts = removed.compactMap(\.start)
    let (host, path) = (configuration.output.host, configuration.output.path)
    try await ledger { try await $0.forgetExports(of: report.name, starts, host: host, folder: path) }
  }
}
