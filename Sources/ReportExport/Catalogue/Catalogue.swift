import ReportModel

/// What the pages of a catalogue show: the reports of a project, how they stand, and the dashboards made of them.
package struct Catalogue: Hashable, Sendable {
  /// A dashboard and what it shows.
  package struct DashboardEntry: Hashable, Sendable {
    /// The name of the definition's file.
    package var name: String
    package var title: String
    package var description: String?
    package var owner: String?
    /// Names of the reports whose charts it has, sorted.
    package var reports: [String]
    /// Other tables and views that it shows, sorted.
    package var tables: [QualifiedName]

    package init(
      name: String, title: String, description: String?, owner: String?, reports: [String],
      tables: [QualifiedName]
    ) {
      self.name = name
      self.title = title
      self.description = description
      self.owner = owner
      self.reports = reports
      self.tables = tables
    }
  }

  /// A table or view that reports read and that no report makes.
  package struct SourceEntry: Hashable, Sendable {
    package var table: QualifiedName
    /// Names of the reports that read it, sorted.
    package var reports: [String]

    package init(table: QualifiedName, reports: [String]) {
      self.table = table
      self.reports = reports
    }
  }

  /// In the order to show.
  package var reports: [CatalogueReport]
  /// In the order to show.
  package var dashboards: [DashboardEntry]
  /// In the order to show.
  package var sources: [SourceEntry]
  /// When the states were read, `2026-11-23 04:30:12 MSK`; nil: without a server, so that they are unknown.
  package var readAt: String?
  /// `reportgen 0.2.0`.
  package var generator: String
  /// Of words and dates; the texts of the definitions are in it already.
  package let language: Language
  let words: CatalogueWords

  package init(
    reports: [CatalogueReport], dashboards: [DashboardEntry] = [], sources: [SourceEntry] = [],
    readAt: String?, generator: String, language: Language = .english
  ) {
    self.reports = reports
    self.dashboards = dashboards
    self.sources = sources
    self.readAt = readAt
    self.generator = generator
    self.language = language
    words = CatalogueWords(language)
  }
}

/// One report of a catalogue.
package struct CatalogueReport: Hashable, Sendable {
  /// A published interval.
  package struct Published: Hashable, Sendable {
    /// The name of its folder: `2026-11-22`, `2026-11`.
    package var name: String
    /// `open`, `published` or `confirmed`.
    package var state: String
    package var rows: Int
    /// `2026-11-23 04:30:12 MSK`.
    package var asOf: String
    /// A UUID in lower case, as the manifest of its files has it.
    package var run: String

    package init(name: String, state: String, rows: Int, asOf: String, run: String) {
      self.name = name
      self.state = state
      self.rows = rows
      self.asOf = asOf
      self.run = run
    }
  }

  /// Published intervals that follow each other, older than those that are listed one by one.
  package struct Older: Hashable, Sendable {
    package var first: String
    package var last: String
    package var count: Int

    package init(first: String, last: String, count: Int) {
      self.first = first
      self.last = last
      self.count = count
    }
  }

  package var report: Report
  /// nil: unknown.
  package var standing: ReportStanding?
  /// Newest first.
  package var published: [Published]
  /// Newest first.
  package var older: [Older]
  package var lineage: Lineage

  package init(
    report: Report, standing: ReportStanding? = nil, published: [Published] = [], older: [Older] = [],
    lineage: Lineage = Lineage()
  ) {
    self.report = report
    self.standing = standing
    self.published = published
    self.older = older
    self.lineage = lineage
  }
}

/// How a report stands by the ledger, in the words of `reportgen status`.
package struct ReportStanding: Hashable, Sendable {
  /// What the colour says.
  package enum Level: String, Hashable, Sendable, CaseIterable {
    case good
    /// Something is not done yet.
    case wait
    case bad
  }

  /// `confirmed`, `published`, `open`, `table missing`; nil when nothing is published.
  package var state: String?
  /// Of everything together.
  package var level: Level
  /// The newest published interval.
  package var newest: String?
  package var rows: Int?
  /// `2026-11-23 04:30:12 MSK`.
  package var asOf: String?
  /// What was read of other servers, for which the as-of does not hold; nil: nothing.
  package var unproven: [String]?
  /// `4 h`; nil when nothing is published.
  package var age: String?
  package var isLate: Bool
  /// Of the as-of, in seconds since 1970.
  package var asOfSeconds: Int?
  /// From when on the report is late unless something newer is published, in seconds since 1970; nil: never.
  package var lateAfterSeconds: Int?
  /// The same as a time in the project's time zone.
  package var lateAfter: String?
  /// Closed intervals that are not published.
  package var missing: Int
  package var nextMissing: String?
  /// Intervals whose newest attempt failed.
  package var failedIntervals: [String]
  package var missed: Int
  package var outdated: Int
  package var expired: Int
  /// When the last run that chose the report started.
  package var lastRun: String?
  /// `confirmed`, `failed`, `up_to_date` …
  package var lastState: String?
  package var lastError: String?
  /// What each check found when it last ran, by `Check.Rule.text`.
  package var checks: [String: CheckValue]

  package init(
    state: String?, level: Level, newest: String? = nil, rows: Int? = nil, asOf: String? = nil,
    unproven: [String]? = nil, age: String? = nil, isLate: Bool = false, asOfSeconds: Int? = nil,
    lateAfterSeconds: Int? = nil, lateAfter: String? = nil, missing: Int = 0, nextMissing: String? = nil,
    failedIntervals: [String] = [], missed: Int = 0, outdated: Int = 0, expired: Int = 0,
    lastRun: String? = nil, lastState: String? = nil, lastError: String? = nil,
    checks: [String: CheckValue] = [:]
  ) {
    self.state = state
    self.level = level
    self.newest = newest
    self.rows = rows
    self.asOf = asOf
    self.unproven = unproven
    self.age = age
    self.isLate = isLate
    self.asOfSeconds = asOfSeconds
    self.lateAfterSeconds = lateAfterSeconds
    self.lateAfter = lateAfter
    self.missing = missing
    self.nextMissing = nextMissing
    self.failedIntervals = failedIntervals
    self.missed = missed
    self.outdated = outdated
    self.expired = expired
    self.lastRun = lastRun
    self.lastState = lastState
    self.lastError = lastError
    self.checks = checks
  }
}

/// What a check found when it last ran.
package struct CheckValue: Hashable, Sendable {
  package var isPassed: Bool
  /// Rows that break it; for a check of the number of rows, all of them; nil when only the outcome is known.
  package var rows: Int?
  /// There can be more.
  package var isAtLeast: Bool

  package init(isPassed: Bool, rows: Int?, isAtLeast: Bool = false) {
    self.isPassed = isPassed
    self.rows = rows
    self.isAtLeast = isAtLeast
  }
}
