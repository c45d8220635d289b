import ReportModel

/// Replication, settings, archiving and clocks, by the servers' own state.
extension Diagnosis {
  /// A replica that is further behind is not counted on for a failover.
  static let lagBytes = 64 << 20
  private static let retainedBytes = 4 << 30
  private static let waitingBytes = 256 << 20

  var replication: [Finding] {
    guard let primary = seenPrimary, !primary.isReplica else { return [] }
    var findings: [Finding] = []
    if primary.replicas.isEmpty, facts.environment.hasReplica {
      findings.append(
        Finding(
          .problem, .replication, "primary", "no replica is connected",
          hint: "Until one is, nothing that is published can be confirmed, and a lost primary loses it."))
    }
    for replica in primary.replicas {
      guard let state = replica.state else {
        findings.append(
          Finding(
            .unknown, .replication, replica.name, "its state is hidden from \(monitor)",
            hint: "GRANT pg_monitor TO \(monitor);"))
        continue
      }
      let lag = replica.lagBytes.map { ", \(shownBytes($0)) to replay" } ?? ""
      let isFar = (replica.lagBytes ?? 0) > Self.lagBytes
      findings.append(
        Finding(
          state == "streaming" && !isFar ? .ok : .warning, .replication, replica.name, state + lag,
          hint: state == "streaming" && !isFar
            ? nil : "A run waits for it at the gate, at most as long as on_lag.wait says."))
    }
    return findings + primary.slots.map(slot)
  }

  private func slot(_ slot: ServerFacts.Slot) -> Finding {
    let kept = slot.retainedBytes.map { "keeps \(shownBytes($0))" } ?? "keeps nothing yet"
    if slot.walStatus == "lost" {
      return Finding(
        .problem, .replication, "slot \(slot.name)", "has lost WAL that its replica needs",
        hint: "Build the replica anew: \"patronictl reinit\".")
    }
    if !slot.isActive {
      return Finding(
        (slot.retainedBytes ?? 0) > Self.retainedBytes ? .problem : .warning, .replication,
        "slot \(slot.name)", "nobody reads from it, \(kept)",
        hint: "Bring its replica back or drop the slot: the WAL it keeps fills the primary's disk.")
    }
    return Finding(.ok, .replication, "slot \(slot.name)", "in use, \(kept)")
  }

  // MARK: Settings

  var settings: [Finding] {
    answering.flatMap { subject, server in
      conflicts(subject, server) + safety(subject, server) + passwords(subject, server)
    }
      + synchronousReplication
  }

  private func passwords(_ subject: String, _ server: ServerFacts) -> [Finding] {
    guard server.isPasswordExposed == true else { return [] }
    return [
      Finding(
        .warning, .settings, subject, "a password is used over a network connection without encryption",
        hint: "Set sslmode=verify-full and sslrootcert in the connection string or its service file;"
          + " see docs/security.md, \"Connections\".")
    ]
  }

  /// Replaying the removal of rows cancels queries that still read them.
  private func conflicts(_ subject: String, _ server: ServerFacts) -> [Finding] {
    guard server.isReplica, let delay = server.settings["max_standby_streaming_delay"].flatMap({ Int($0) }),
      let feedback = server.settings["hot_standby_feedback"]
    else { return [] }
    let shown = "max_standby_streaming_delay is \(delay < 0 ? "-1" : shownAge(delay / 1000))"
    if delay < 0 {
      return [
        Finding(
          .warning, .settings, subject, shown + ": a long report holds replay up as long as it runs",
          hint: "Let it be no longer than what a failover may lag. " + setting("hot_standby_feedback = on"))
      ]
    }
    guard feedback == "off", delay < 300_000 else {
      return [Finding(.ok, .settings, subject, shown + ", hot_standby_feedback is \(feedback)")]
    }
    return [
      Finding(
        .warning, .settings, subject, shown + ", hot_standby_feedback is off: vacuum cancels longer reports",
        hint: "reportgen reads again, but only some times. " + setting("hot_standby_feedback = on"))
    ]
  }

  private func safety(_ subject: String, _ server: ServerFacts) -> [Finding] {
    guard !isSandbox else { return [] }
    let off = ["fsync", "full_page_writes"].filter { server.settings[$0] == "off" }
    var findings = off.map {
      Finding(
        .problem, .settings, subject, "\($0) is off: a crash of the machine destroys data",
        hint: setting("\($0) = on"))
    }
    let timeout = server.isReplica ? "wal_receiver_timeout" : "wal_sender_timeout"
    if server.settings[timeout] == "0" {
      findings.append(
        Finding(
          .warning, .settings, subject, "\(timeout) is 0: a silent network stops replication unnoticed",
          hint: setting("\(timeout) = '60s'")))
    }
    if let limit = server.settings["max_connections"].flatMap({ Int($0) }), let sessions = server.sessions {
      // Since 16 some are also for roles with pg_use_reserved_connections.
      let reserved = ["superuser_reserved_connections", "reserved_connections"]
        .compactMap { server.settings[$0].flatMap { Int($0) } }.reduce(0, +)
      let free = limit - reserved - sessions
      findings.append(
        Finding(
          free < 10 ? .warning : .ok, .settings, subject, "\(sessions) of \(limit) connections are in use",
          hint: free < 10
            ? "A run needs one for each of its --jobs. " + setting("max_connections = \(limit * 2)")
              + " It needs a restart." : nil))
    }
    return findings
  }

  private var synchronousReplication: [Finding] {
    guard let primary = facts.primary.facts, !isSandbox, facts.environment.hasReplica,
      let names = primary.settings["synchronous_standby_names"]
    else { return [] }
    guard names.isEmpty else {
      return [Finding(.ok, .settings, "primary", "replication is synchronous")]
    }
    guard facts.environment.confirm == .primary else {
      return [
        Finding(
          .ok, .settings, "primary", "replication is asynchronous; a publish counts once a replica shows it")
      ]
    }
    return [
      Finding(
        .warning, .settings, "primary", "replication is asynchronous, and confirm is \"primary\"",
        hint: "Set confirm: replica in reportgen.yaml: a failover can lose what the primary alone has.")
    ]
  }

  // MARK: Archiving

  var archiving: [Finding] {
    guard let primary = facts.primary.facts, !primary.isReplica, !isSandbox else { return [] }
    guard primary.settings["archive_mode"] != "off" else {
      return [
        Finding(
          .warning, .archiving, "primary", "archive_mode is off",
          hint: "Without archived WAL a backup restores to its own end only.")
      ]
    }
    let archiver = primary.archiver
    if archiver.isFailing {
      return [
        Finding(
          .problem, .archiving, "primary",
          "fails with \(archiver.lastFailedFile ?? "a segment")"
            + (primary.walBytes.map { ", pg_wal has \(shownBytes($0))" } ?? ""),
          hint: "Read the server's log for archive_command; WAL is kept until it works, and fills the disk.")
      ]
    }
    if let waiting = archiver.waitingBytes, waiting > Self.waitingBytes {
      return [
        Finding(
          .problem, .archiving, "primary", "\(shownBytes(waiting)) of WAL wait to be archived",
          hint:
            "Look whether archive_command hangs, or is empty; WAL is kept until it works, and fills the disk."
        )
      ]
    }
    return [
      Finding(
        .ok, .archiving, "primary",
        archiver.secondsSinceSuccess.map { "last segment \(shownAge($0)) ago" } ?? "no segment was due yet")
    ]
  }

  // MARK: Clocks

  private static let skewSeconds = 2.0

  var clock: [Finding] {
    ([("primary", facts.primary)] + facts.replicas.map { (subject($0), $0.server) }).compactMap {
      subject, server in
      guard case .answers(_, let skew, let within) = server else { return nil }
      // The clock was read at some moment of the round trip: half of its time is no skew.
      guard abs(skew) > Self.skewSeconds + within / 2 else {
        return Finding(.ok, .clock, subject, "agrees with this machine's")
      }
      let seconds = shownAge(Int(abs(skew).rounded()))
      return Finding(
        .warning, .clock, subject, "\(seconds) \(skew > 0 ? "ahead of" : "behind") this machine's",
        hint: "Run chrony or systemd-timesyncd on every host: the primary's clock says which day is over.")
    }
  }
}
