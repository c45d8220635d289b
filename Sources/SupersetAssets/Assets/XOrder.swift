import ReportExport
import ReportModel

/// The order of the values along an x that is not a time, as SQL that Superset sorts by.
///
/// Pages have the same order (`XStep`) and compute it from the rows, which Superset's charts are made without.
enum XOrder {
  /// The label of the metric in Superset's query; charts do not draw it.
  static let label = "order of x"

  /// - Parameter x: an expression.
  /// - Returns: an aggregate: the year and the step in it, such as 20260007; null for values without an order of their own.
  static func rank(_ x: String) -> String {
    // The locale of a server can know the lower case of ASCII only.
    let text = "translate(lower((\(x))::text), '\(capitals)', '\(capitals.lowercased())')"
    let rest = "btrim(regexp_replace(\(text), '[0-9]{4}(?![0-9])', ''), ' -.')"
    let names = SQLQuote.literal(" " + XStep.namesInOrder.joined(separator: " ") + " ")
    // A name's place in one long text: all names of Monday stand before those of Tuesday.
    return """
      min(case when \(rest) ~ '^[wqк]?[0-9]{1,2}$' then substring(\(rest) from '[0-9]+')::integer \
      when \(rest) ~ '^[1-4] кв' then left(\(rest), 1)::integer \
      when \(rest) = '' and \(text) ~ '[0-9]' then 0 \
      else nullif(strpos(\(names), ' ' || \(rest) || ' '), 0) end \
      + coalesce(substring(\(text) from '([0-9]{4})(?![0-9])')::integer, 0) * 10000)
      """
  }

  private static let capitals = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"

  /// Values with an order of their own first, in that order, then the others, the largest metric first.
  static func rankOrValue(_ x: String, _ metric: String) -> String {
    "coalesce(\(rank(x)), 1000000000000000 - (\(metric)))"
  }

  /// A metric as Superset has it in a chart's form.
  static func metric(_ sql: String, label: String) -> OrderedJSON {
    .object([
      ("expressionType", .text("SQL")), ("sqlExpression", .text(sql)), ("column", .null),
      ("aggregate", .null),
      ("hasCustomLabel", .boolean(true)), ("label", .text(label)),
      ("optionName", .text("metric_" + label.replacing(" ", with: "_"))),
    ])
  }
}
