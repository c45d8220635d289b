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
    -- "reportgen new NAME --from schema.table" writes a report of a table of yours instead.
    select
      source.your_date,
      count(*) as rows,
      sum(source.your_amount) as amount
    from your_schema.your_table as source
    where source.your_date >= :start
      and source.your_date < :end
    group by source.your_date

    """

  private static let test = """
    # Rows in, rows out: reportgen test, on the sandbox, which needs the table (sandbox.setup in reportgen.yaml)
    tests:
      - name: the rows of a day are counted and their amounts added up
        date: 2024-01-01
        given:
          your_schema.your_table:
            - {your_date: 2024-01-01, your_amount: 2}
            - {your_date: 2024-01-01, your_amount: 3}
            - {your_date: 2024-01-02, your_amount: 9}     # another day's
        expect:
          - {your_date: 2024-01-01, rows: 2, amount: 5}

    """

  private static func yaml(_ name: String) -> String {
    let title = name.replacing("-", with: " ")
    return """
      title: "\(title.prefix(1).uppercased() + title.dropFirst())"
      description: Rows and amounts of each day.
      tags: [nightly]
      # parameters: {region: {type: text, default: RU}}   # then the SQL can use :region
      period: day                     # day | week | month | none
      start: 2024-01-01               # the first day that has data
      materialize:
        as: incremental               # table | incremental | merge | append | view | none
        table: reports.\(ReportDraft.tableName(name))
        time_column: your_date        # the rows of an interval are replaced by it
        unique_key: [your_date]
        lookback: 3                   # the newest days are computed again, for late rows
        # grants: {select: [superset]}
      columns:
        your_date: {title: Day, format: date}
        rows: {title: Rows, format: integer}
        amount: {title: Amount, format: number}
      checks:                         # before anything is published
        - not_null: [your_date, rows]
        - range: {column: amount, min: 0}
      export:
        csv: {}
        html: {charts: [{type: bar, x: your_date, y: amount}]}

      """
  }
}
