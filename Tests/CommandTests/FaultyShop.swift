import Foundation
import TestSupport
import Testing

/// Reports of every materialization on three levels, what they read, and what they have to show.
struct FaultyShop {
  let project: CommandProject
  var random: SplitMix64
  private let today: String
  /// The first day of `log`, which moves back: each round misses an interval more.
  private var days = 3

  init(_ project: CommandProject, random: SplitMix64) throws {
    self.project = project
    self.random = random
    today = try project.onPrimary("select (now() at time zone 'Europe/Moscow')::date")
  }

  func define() throws {
    _ = try project.onPrimary(
      """
      delete from shop.sale;
      insert into shop.sale select n, date '\(today)' - 1 - n % 5, 'item ' || n % 7, n from generate_series(1, 2000) n;
      create table shop.log as select date '\(today)' - n / 9 as day, n as note from generate_series(9, 20000) n;
      create table shop.scratch as select 1 as n;
      grant select on all tables in schema shop to reportgen_reader;
      """)
    try project.report(
      "lines", sql: "select sale.id, sale.day, sale.item, sale.amount from shop.sale as sale",
      "title: Lines\nmaterialize: {as: table, table: reports.lines, unique_key: [id]}")
    try project.report(
      "pairs", sql: "select sale.item, sale.day from shop.sale as sale",
      "title: Pairs, without a key\nmaterialize: {as: table, table: reports.pairs}\nexport: {}")
    try project.report(
      "items",
      sql: "select sale.item, sum(sale.amount) as amount from shop.sale as sale group by sale.item",
      "title: Items\nmaterialize: {as: merge, table: reports.items, unique_key: [item]}")
    try project.report(
      "list", sql: "select sale.id, sale.amount from shop.sale as sale where sale.id < 50",
      "title: List\nmaterialize: {as: none}\nexport: {csv: {}, order_by: [id]}")
    try project.report(
      "days",
      sql: """
        select lines.day, lines.item, sum(lines.amount) as amount from reports.lines as lines
        where lines.day >= :start and lines.day < :end group by lines.day, lines.item
        """,
      """
      title: Days
      period: day
      start: \(day(-5))
      materialize: {as: incremental, table: reports.days, time_column: day, unique_key: [day, item], lookback: 9}
      """)
    try project.report(
      "sums",
      sql: """
        select days.item, sum(days.amount) as amount,
          (select count(*) from reports.lines as lines where lines.item = days.item) as lines
        from reports.days as days group by days.item
        """,
      "title: Sums\nmaterialize: {as: table, table: reports.sums}")
    try project.report(
      "best", sql: "select sums.item, sums.amount from reports.sums as sums where sums.amount > 0",
      "title: Best\nmaterialize: {as: view, table: reports.best}\nexport: {csv: {}, order_by: [item]}")
    try defineLogs()
  }

  /// Published once and never again: what is doubled or lost stays so.
  private func defineLogs() throws {
    for (name, materialization) in [
      ("log", "{as: append, table: reports.log}"),
      ("kept", "{as: incremental, table: reports.kept, time_column: day}"),
    ] {
      try project.report(
        name, sql: "select log.day, log.note from shop.log as log where log.day >= :start and log.day < :end",
        "title: Log\nperiod: day\nstart: \(day(-days))\nmaterialize: \(materialization)\nexport: {csv: {}, keep: 3}"
      )
    }
  }

  private func day(_ offset: Int) -> String {
    let seconds = Double(offset) * 86400
    let format = Date.ISO8601FormatStyle().year().month().day()
    guard let date = try? Date(today, strategy: format) else { return today }
    return date.addingTimeInterval(seconds).formatted(format)
  }

  /// Rows that change, go and come late; days that are missing.
  mutating func change() throws {
    let (low, high) = (Int(random.next() % 1800) + 100, Int(random.next() % 300))
    _ = try project.onPrimary(
      """
      update shop.sale set amount = amount + 1 where id between \(low) and \(low + high / 3);
      delete from shop.sale where id between \(low) and \(low + high / 9);
      insert into shop.sale select n, date '\(today)' - 1 - n % 5, 'item ' || n % 7, n
        from generate_series(\(low), \(low + high / 9)) n on conflict do nothing
      """)
    days += Int(random.next() % 3)
    try defineLogs()
    try chooseWay()
  }

  /// In two rounds of three, rows with a key are compared on the replica.
  private mutating func chooseWay() throws {
    let text = try project.text("reportgen.yaml").replacing(/^difference_from: .*\n/, with: "")
    try project.write(
      "difference_from: \(random.next() % 3 == 0 ? 1_000_000 : 1)\n" + text, to: "reportgen.yaml")
  }

  func expectRight(_ comment: Comment) throws {
    let sale = "select id, day, item, amount from shop.sale"
    let days = "select day, item, sum(amount) as amount from shop.sale group by day, item"
    let sums = """
      select d.item, sum(d.amount) as amount, (select count(*) from shop.sale s where s.item = d.item) as lines
      from (\(days)) d group by d.item
      """
    let log =
      "select day, note from shop.log where day >= date '\(today)' - \(self.days) and day < '\(today)'"
    try project.expectRows([
      ("reports.lines", sale), ("reports.pairs", "select item, day from shop.sale"),
      ("reports.items", "select item, sum(amount) as amount from shop.sale group by item"),
      ("reports.days", days), ("reports.sums", sums),
      ("reports.best", "select item, amount from (\(sums)) s"),
      ("reports.log", log), ("reports.kept", log),
    ])
    try project.expectFile("lines", order: "id")
    try project.expectFile("items", order: "item")
    try project.expectFile("best", order: "item")
    try project.expectFile("days", order: "day, item", where: "day = (select max(day) from reports.days)")
    let list = try project.onPrimary(
      "copy (select id, amount from shop.sale where id < 50 order by id) to stdout (format csv, header)")
    #expect((try project.text("out/list/latest/list.csv") == list + "\n") as Bool, comment)
    #expect(try intervals() == "", comment)
  }

  /// Intervals that the ledger does not call confirmed, and rows of intervals it does not know.
  private func intervals() throws -> String {
    try project.onPrimary(
      """
      select report || ' ' || interval_start || ' ' || state from reportgen.interval where state <> 'confirmed'
      union all
      select report || ' has ' || count(*) || ' intervals' from reportgen.interval
        where report in ('log', 'kept') group by report having count(*) <> \(days)
      union all
      select report || ' ' || interval_start || ' counts ' || row_count from reportgen.interval
        where report in ('log', 'kept') and row_count <> 9
      """)
  }
}
