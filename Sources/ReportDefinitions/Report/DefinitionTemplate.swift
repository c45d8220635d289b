import ReportModel

/// The files that `reportgen new NAME` writes.
package struct DefinitionTemplate {
  /// The three files' texts; `reportgen lint` finds nothing in them. The table they read is an example.
  ///
  /// - Parameter name: a report's name: lower case, digits and hyphens, at most 60 bytes; the table is named after
  ///   it. Anything else gives a diagnostic for the option that named it.
  package static func files(name: String) throws(Diagnostic) -> (sql: String, yaml: String, test: String) {
    guard ReportName.isValid(name) else {
      throw Diagnostic(
        .error, "\"\(excerpt(name))\" is not a report's name",
        hint: ReportName.hint)
    }
    return (sql, yaml(name), test)
  }

  private static let sql = """
    -- One row for each day: what one row is, and which rows are left out, belongs here.
    -- :start and :end are the bounds of the interval; the day of :end is not in it.
    select
        p.purchase_date,
        count(*) as purchases,
        sum(p.quantity) as total_quantity
    from purchasesschema.purchases as p
    where p.purchase_date >= :start
      and p.purchase_date < :end
    group by p.purchase_date

    """

  private static let test = """
    # Rows in, rows out: reportgen test
    tests:
      - name: purchases of a day are counted and their units added up
        date: 2024-01-01
        given:
          purchasesschema.purchases:
            - {purchase_date: 2024-01-01, quantity: 2}
            - {purchase_date: 2024-01-01, quantity: 3}
            - {purchase_date: 2024-01-02, quantity: 9}     # another day's
        expect:
          - {purchase_date: 2024-01-01, purchases: 2, total_quantity: 5}

    """

  private static func yaml(_ name: String) -> String {
    let table = name.replacing("-", with: "_")
    let safeTable = table.first.map { $0.isNumber } ?? false ? "r" + table : table
    let title = name.replacing("-", with: " ")
    return """
      title: "\(title.prefix(1).uppercased() + title.dropFirst())"
      description: Purchases and units of each day.
      tags: [nightly]
      # parameters: {region: {type: text, default: RU}}   # then the SQL can use :region
      period: day                     # day | week | month | none
      start: 2024-01-01               # the first day that has data
      materialize:
        as: incremental               # table | incremental | merge | append | view | none
        table: reports.\(safeTable)
        time_column: purchase_date    # the rows of an interval are replaced by it
        unique_key: [purchase_date]
        lookback: 3                   # the newest days are computed again, for late rows
        # grants: {select: [superset]}
      columns:
        purchase_date: {title: Day, format: date}
        purchases: {title: Purchases, format: integer}
        total_quantity: {title: Units, format: integer}
      checks:                         # before anything is published
        - not_null: [purchase_date, purchases]
        - range: {column: total_quantity, min: 0}
      export:
        csv: {}
        html: {charts: [{type: bar, x: purchase_date, y: total_quantity}]}

      """
  }
}
