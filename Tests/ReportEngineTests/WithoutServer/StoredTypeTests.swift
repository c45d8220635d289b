import ReportModel
import Testing

@testable import ReportEngine
@testable import ReportInspection
@testable import ReportLedger

extension WithoutServer {
  /// Which type a summary column gets, by what its own type is made of.
  @Suite struct StoredTypeTests {
    /// Types of two schemas: `safe`, which is trusted, and `app`, which role "app" owns.
    static let catalog: TypeCatalog = {
      func type(
        _ name: String, _ kind: TypeFacts.Kind, _ parts: [String] = [], base: String? = nil
      ) -> (String, TypeFacts) {
        let isOwn = name.hasPrefix("app.") || name.hasPrefix("safe.")
        let facts = TypeFacts(
          name: name, kind: kind, isBuiltIn: !isOwn,
          distrust: name.hasPrefix("app.") ? SchemaTrust(schema: "app", role: "app", means: .owns) : nil,
          parts: parts, baseName: base)
        return (name, facts)
      }
      return TypeCatalog(
        types: Dictionary(uniqueKeysWithValues: [
          type("integer", .base), type("text", .base), type("numeric", .base), type("text[]", .array),
          type("record", .pseudo),
          type("app.mail", .domain, ["text"], base: "text"), type("app.mail[]", .array, ["app.mail"]),
          type("app.price", .domain, ["numeric"], base: "numeric(10,2)"),
          type("app.dear", .domain, ["app.price"], base: "app.price"),
          type("app.dear[]", .array, ["app.dear"]),
          type("app.tags", .domain, ["text[]"], base: "text[]"), type("app.tags[]", .array, ["app.tags"]),
          type("app.state", .enum), type("app.state[]", .array, ["app.state"]),
          type("app.pair", .composite, ["integer", "text"]), type("app.pair[]", .array, ["app.pair"]),
          type("app.sale", .row, ["integer"]), type("app.span", .range, ["integer"]),
          type("app.spans", .multirange, ["integer"]), type("app.own", .base),
          type("safe.state", .enum), type("safe.mail[]", .array, ["safe.mail"]),
          type("safe.mail", .domain, ["text"], base: "text"),
          type("safe.pair", .composite, ["integer", "text"]),
          type("safe.mixed", .composite, ["integer", "app.mail"]), type("safe.sale", .row, ["integer"]),
          type("safe.sale[]", .array, ["safe.sale"]), type("safe.spans", .multirange, ["app.mail"]),
        ]))
    }()

    @Test(
      "a column's type stays when it is trusted, is what the type stands on, or is refused",
      arguments: [
        ("integer", "same"), ("text[]", "same"), ("safe.state", "same"), ("safe.mail[]", "same"),
        ("safe.pair", "same"),
        ("app.mail", "text"), ("app.dear", "numeric(10,2)"), ("app.tags", "text[]"), ("app.mail[]", "text[]"),
        ("app.dear[]", "numeric(10,2)[]"), ("app.state", "text"), ("app.state[]", "text[]"),
        ("app.pair", "refused app.pair"), ("app.pair[]", "refused app.pair[]"),
        ("app.tags[]", "refused app.tags"), ("app.sale", "refused app.sale"),
        ("app.span", "refused app.span"),
        ("app.spans", "refused app.spans"), ("app.own", "refused app.own"), ("record", "refused record"),
        ("safe.mixed", "refused app.mail"), ("safe.sale", "refused safe.sale"),
        ("safe.sale[]", "refused safe.sale"), ("safe.spans", "refused app.mail"),
      ])
    func stored(_ type: String, _ expected: String) {
      let found =
        switch StoredType.of(type, in: Self.catalog) {
        case .same: "same"
        case .standIn(let name): name
        case .refused(let facts): "refused \(facts.name)"
        }
      #expect(found == expected)
    }
  }
}
