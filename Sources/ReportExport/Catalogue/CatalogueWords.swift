/// Every word of a catalogue's pages, in English.
package struct CatalogueWords: Hashable, Sendable {
  var reports = "Reports"
  var report = "Report"
  var dashboards = "Dashboards"
  var dashboard = "Dashboard"
  var sources = "Source tables"
  var source = "Table"
  var allReports = "All reports"
  var oneReport = "1 report"
  var manyReports = "# reports"
  var oneDashboard = "1 dashboard"
  var manyDashboards = "# dashboards"
  var statesAsOf = "States as of #."
  var statesUnknown = "States are unknown: these pages were written without a server."
  var caption = "Every report with its newest interval, its state and its files"

  // The filters of the index.
  var search = "Search"
  var all = "all"
  var tag = "Tag"
  var owner = "Owner"

  // Columns of tables.
  var newest = "Newest"
  var state = "State"
  var freshness = "Freshness"
  var rows = "Rows"
  var asOf = "As of"
  var files = "Files"
  var interval = "Interval"
  var neighbours = "Neighbours"
  var name = "Name"
  var titleOfColumn = "Title"
  var type = "Type"
  var description = "Description"
  var check = "Check"
  var severity = "Severity"
  var lastValue = "Last value"
  var defaultValue = "Default"
  var role = "Role"
  var privileges = "Privileges"

  // States, and what is said about them.
  var unknown = "unknown"
  var nothingPublished = "nothing published"
  var late = "late"
  var lastRunFailed = "last run failed"
  var missingIntervals = "intervals missing"
  var filesOwed = "files owed"
  var noFiles = "no files"
  var lessThanAnHour = "< 1 h"
  var hours = "h"
  var days = "d"
  var lateAfter = "Late after"
  var missing = "Missing"
  var missingFrom = "# from"
  var failed = "Failed"
  var missed = "Missed"
  var outdated = "Outdated"
  var expired = "Expired"
  var lastRun = "Last run"
  var never = "never"
  var error = "Error"
  var unproven = "Not proven for"

  // Sections of a report's page.
  var intervals = "Intervals"
  var newer = "next"
  var older = "previous"
  var olderIntervals = "# to #: # older intervals"
  var columns = "Columns"
  var checks = "Checks"
  var parameters = "Parameters"
  var schedule = "When it runs"
  var table = "Summary table"
  var grants = "Grants"
  var lineage = "Lineage"
  var hiddenNodes = "# more are not drawn."
  var reads = "Reads"
  var readBy = "Read by"
  var shownBy = "Shown by"
  var sql = "SQL"
  var definition = "Definition"
  var noIntervals = "Nothing is published."
  var none = "none"

  // Facts.
  var period = "Period"
  var periods = [
    "day": "each day", "week": "each week", "month": "each month", "none": "whole, without intervals",
  ]
  var since = "since"
  var expected = "Expected within"
  var afterInterval = "# after the end of an interval"
  var afterAsOf = "# after the last as-of"
  var notExpected = "never late"
  var catchUp = "Missed intervals"
  var catchUpAll = "are computed by a later run"
  var catchUpNewest = "only the newest is computed"
  var lookback = "Computed again"
  var lookbackIntervals = "the newest # intervals, by every run"
  var kept = "Files kept"
  var keptIntervals = "newest # intervals"
  var retention = "Rows kept"
  var materialization = "Materialization"
  var timeColumn = "Time column"
  var uniqueKey = "Unique key"
  var key = "key"
  var time = "time"
  var passed = "passed"
  var notPassed = "failed"
  var oneRow = "1 row"
  var manyRows = "# rows"
  var atLeast = "at least #"

  /// What a file is, by the end of its name.
  var kinds = [".html": "page", ".csv": "CSV", ".xlsx": "XLSX", ".json": "manifest"]

  package init() {}

  func kind(_ kind: Lineage.Kind) -> String {
    switch kind {
    case .source: source
    case .report: report
    case .dashboard: dashboard
    }
  }

  func count(_ number: Int, _ one: String, _ many: String) -> String {
    number == 1 ? one : fill(many, "\(number)")
  }

  /// Puts values in the places of `#`, in their order.
  func fill(_ text: String, _ values: String...) -> String {
    var parts = text.split(separator: "#", omittingEmptySubsequences: false)[...]
    var filled = String(parts.removeFirst())
    for value in values where !parts.isEmpty { filled += value + parts.removeFirst() }
    return filled
  }
}
