import ReportLedger
import ReportModel

/// Backups, rights, the ledger and the disk.
extension Diagnosis {
  var backup: [Finding] {
    guard let wanted = facts.environment.backup, let backups = facts.backups else {
      return isSandbox
        ? []
        : [
          Finding(
            .unknown, .backup, "repository", "not configured",
            hint: "Name the command under backup: {info: …} in reportgen.yaml, such as "
              + "[pgbackrest, --stanza=ishop, info, --output=json].")
        ]
    }
    switch backups {
    case .failed(let reason):
      return [
        Finding(
          .problem, .backup, "repository", reason,
          hint: "Run the command of backup.info by hand, as the user that runs reportgen.")
      ]
    case .stanzas(let stanzas) where stanzas.isEmpty:
      return [
        Finding(
          .problem, .backup, "repository", "has no stanza",
          hint: "Run \"pgbackrest stanza-create\" and \"pgbackrest check\".")
      ]
    case .stanzas(let stanzas): return stanzas.map { stanza($0, maxAge: wanted.maxAgeSeconds) }
    }
  }

  private func stanza(_ stanza: BackupFacts, maxAge: Int) -> Finding {
    let subject = "stanza \(stanza.name)"
    guard stanza.status.code == 0, let newest = stanza.newest else {
      return Finding(
        .problem, .backup, subject, stanza.status.code == 0 ? "has no backup" : stanza.status.message,
        hint: "Run \"pgbackrest --stanza=\(stanza.name) check\", then a full backup.")
    }
    let age = facts.now - newest.timestamp.stop
    let text = "\(newest.type) backup \(newest.label), \(shownAge(age)) old"
    if newest.error == true {
      return Finding(
        .problem, .backup, subject, text + ", with pages whose checksum is wrong",
        hint: "Look at \"pgbackrest info --set=\(newest.label)\" and at the primary's disk.")
    }
    guard age <= maxAge else {
      return Finding(
        .problem, .backup, subject, text + ", older than \(shownAge(maxAge))",
        hint: "Look at the timer of the backups on the repository's host.")
    }
    return Finding(.ok, .backup, subject, text)
  }

  // MARK: Rights

  var rights: [Finding] {
    guard !isSandbox || facts.primary.facts != nil else { return [] }
    var findings: [Finding] = []
    if let primary = facts.primary.facts { findings += rights("primary", primary, isReader: false) }
    if let replica = facts.replicas.lazy.compactMap(\.server.facts).first {
      findings += rights("replica", replica, isReader: true)
    }
    return findings
  }

  private func rights(_ subject: String, _ server: ServerFacts, isReader: Bool) -> [Finding] {
    let role = server.role
    var findings: [Finding] = []
    if role.isSuperuser {
      findings.append(
        Finding(
          .warning, .rights, subject, "\(role.name) is a superuser",
          hint: "Connect as a role of sql/roles.sql, which may do what reports need and no more."))
    } else if role.bypassesRowSecurity {
      findings.append(
        Finding(
          .warning, .rights, subject, "\(role.name) bypasses row security",
          hint: "ALTER ROLE \(role.name) NOBYPASSRLS;"))
    }
    if !isReader, let owner = facts.environment.owner, !role.mayBeOwner {
      findings.append(
        Finding(
          .problem, .rights, subject, "\(role.name) cannot SET ROLE \(owner)",
          hint: "GRANT \(owner) TO \(role.name)\(role.isMember ? " WITH SET TRUE" : "");"))
    }
    let missing = (isReader ? facts.reports?.missingForReader : facts.reports?.missingForOwner) ?? []
    if !missing.isEmpty {
      findings.append(
        Finding(
          .problem, .rights, subject,
          "\(isReader ? role.actsAs : facts.environment.owner ?? role.actsAs) lacks rights on what the reports need",
          hint: "Run on the primary, as a superuser: \(missing.joined(separator: " "))"))
    }
    if findings.isEmpty {
      let owner = isReader ? nil : facts.environment.owner.map { ", may be \($0)" }
      findings.append(Finding(.ok, .rights, subject, role.name + (owner ?? "")))
    }
    return findings
  }

  // MARK: Ledger and disk

  var ledger: [Finding] {
    guard let state = facts.ledger else { return [] }
    let finding =
      switch state {
      case .current: Finding(.ok, .ledger, "reportgen", "as this version needs it")
      case .missing:
        Finding(.problem, .ledger, "reportgen", "there is none", hint: "Run \"reportgen init\".")
      case .outdated(let version):
        Finding(
          .problem, .ledger, "reportgen", "version \(version), older than this program needs",
          hint: "Run \"reportgen init\", which migrates it.")
      case .newer(let version):
        Finding(
          .problem, .ledger, "reportgen", "version \(version), newer than this program knows",
          hint: "Install the reportgen that the others run.")
      case .unreadable(let reason):
        Finding(.problem, .ledger, "reportgen", reason, hint: "Run \"reportgen init\" as its owner.")
      }
    return [finding]
  }

  // MARK: Reports

  /// Summary tables against the ledger, sources that do not exist, reports without a definition.
  var reports: [Finding] {
    guard let reports = facts.reports else { return [] }
    var findings = reports.lost.map { lost in
      Finding(
        .problem, .reports, "tables", lost.message,
        hint: [lost.detail, lost.hint].compactMap(\.self).joined(separator: " "))
    }
    findings += reports.absent.map {
      Finding(
        .problem, .reports, $0.report, "reads \($0.table), which does not exist",
        hint: "Change the query, or create the table.")
    }
    findings += reports.refused.map {
      Finding(.problem, .reports, $0.report, "the server refuses its query: \($0.reason)", hint: $0.hint)
    }
    findings += reports.orphans.map {
      Finding(
        .warning, .reports, $0, "is in the ledger and has no definition",
        hint:
          "\"reportgen retire \($0)\" shows what there is of it, unless another project has its definition.")
    }
    if findings.isEmpty {
      findings = [
        Finding(
          .ok, .reports, "definitions", "\(counted(reports.count, "report")), each table as the ledger has it"
        )
      ]
    }
    return findings
  }

  private static let freeBytes = 1_000_000_000

  var disk: [Finding] {
    guard let disk = facts.disk else { return [] }
    let text = "\(shownBytes(disk.freeBytes)) of \(shownBytes(disk.totalBytes)) free"
    let isShort = disk.freeBytes < Self.freeBytes
    var findings = [
      Finding(
        isShort ? .warning : .ok, .disk, "exports in \(disk.path)", text,
        hint: isShort ? "Let export.keep in the reports' metadata limit how many intervals have files." : nil)
    ]
    if let primary = seenPrimary, !primary.isReplica {
      if let bytes = primary.walBytes {
        let isLarge = bytes > 16 << 30
        findings.append(
          Finding(
            isLarge ? .warning : .ok, .disk, "pg_wal of the primary", shownBytes(bytes),
            hint: isLarge ? "Look at archiving and at replication slots: one of them keeps it." : nil))
      } else {
        findings.append(
          Finding(
            .unknown, .disk, "pg_wal of the primary", "its size is hidden from \(monitor)",
            hint: "GRANT pg_monitor TO \(monitor);"))
      }
    }
    return findings
  }
}
