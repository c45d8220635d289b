import ReportModel
import TestSupport
import Testing

@testable import PostgresClient

/// What of a server's error may be stored: never a value of a row.
@Suite struct ReasonTests {
  static let setup = """
    create table secret (name text, n int not null check (n > 0), constraint one unique (n));
    insert into secret values ('x12345-secret', 7);
    create domain positive as int constraint above check (value > 0);
    create function plain(t text) returns int language plpgsql as $$ begin raise 'no %', t; end $$;
    create function coded(t text, code text) returns int language plpgsql as
      $$ begin raise exception using message = 'no ' || t, errcode = code, hint = t, detail = t; end $$;
    create function dynamic(t text) returns int language plpgsql as $$ begin execute 'select ' || t; return 1; end $$;
    """

  @Test(
    "a message that can quote a row is left out, with its hint",
    arguments: [
      ("select name::int from secret", "invalid_text_representation (SQLSTATE 22P02)"),
      ("select name::date from secret", "invalid_datetime_format (SQLSTATE 22007)"),
      ("select n / (n - 7) from secret", "division_by_zero (SQLSTATE 22012)"),
      ("select name::regclass from secret", "undefined_table (SQLSTATE 42P01)"),
      ("select name::regtype from secret", "syntax_error (SQLSTATE 42601)"),
      ("select name::regrole from secret", "undefined_object (SQLSTATE 42704)"),
      ("select name::regnamespace from secret", "invalid_schema_name (SQLSTATE 3F000)"),
      (
        "select name::xml from secret where xmlparse(document name) is null",
        "invalid_xml_document (SQLSTATE 2200M)"
      ),
      ("select name::json from secret", "invalid_text_representation (SQLSTATE 22P02)"),
      ("select date_trunc(name, now()) from secret", "invalid_parameter_value (SQLSTATE 22023)"),
      ("select has_database_privilege(name, 'connect') from secret", "invalid_catalog_name (SQLSTATE 3D000)"),
      ("select has_table_privilege(name, 'select') from secret", "undefined_table (SQLSTATE 42P01)"),
      (
        "select set_config('log_statement', name, true) from secret",
        "invalid_parameter_value (SQLSTATE 22023)"
      ),
      (
        "select pg_read_file('/proc/1/' || name) from secret", "undefined_file (SQLSTATE 58P01)"
      ),
      ("select plain(name) from secret", "raise_exception (SQLSTATE P0001)"),
      ("select coded(name, '42501') from secret", "insufficient_privilege (SQLSTATE 42501)"),
      ("select coded(name, '57014') from secret", "query_canceled (SQLSTATE 57014)"),
      ("select coded(name, 'ABCDE') from secret", "error (SQLSTATE ABCDE)"),
      ("select dynamic('x12345') from secret", "undefined_column (SQLSTATE 42703)"),
      ("select (select name from secret, generate_series(1, 2))", "cardinality_violation (SQLSTATE 21000)"),
      (
        "insert into secret select name, n from secret",
        "unique_violation of constraint \"one\" (SQLSTATE 23505)"
      ),
      (
        "insert into secret select name, null from secret",
        "not_null_violation of column \"n\" (SQLSTATE 23502)"
      ),
      (
        "insert into secret select name, -n from secret",
        "check_violation of constraint \"secret_n_check\" (SQLSTATE 23514)"
      ),
      ("select (-n)::positive from secret", "check_violation of constraint \"above\" (SQLSTATE 23514)"),
    ])
  func hidden(sql: String, reason: String) async throws {
    try await withDatabase { database in
      let connection = try await connect(database.primary)
      try await connection.execute(Self.setup)
      let error = try await postgresError { _ = try await connection.query(sql) }
      #expect(error.reason == reason)
      #expect(!"\(error)".contains("12345") && error.safeHint == nil)
      #expect(error.ownWords?.isEmpty == false)
    }
  }

  @Test(
    "what is wrong with the statement itself is quoted: it was found before any row",
    arguments: [
      ("select nam from secret", "column \"nam\" does not exist (SQLSTATE 42703)"),
      ("select from nowhere", "relation \"nowhere\" does not exist (SQLSTATE 42P01)"),
      ("selct", "syntax error at or near \"selct\" (SQLSTATE 42601)"),
      ("select round(name) from secret", "function round(text) does not exist (SQLSTATE 42883)"),
      ("set local role nobody_at_all", nil),
    ])
  func shown(sql: String, reason: String?) async throws {
    try await withDatabase { database in
      let connection = try await connect(database.primary)
      try await connection.execute(Self.setup)
      let error = try await postgresError { _ = try await connection.query(sql) }
      if let reason { #expect(error.reason == reason) }
    }
  }

  @Test("the names in errors of DDL are the catalog's")
  func ddl() async throws {
    try await withDatabase { database in
      let connection = try await connect(database.primary)
      let error = try await postgresError {
        try await connection.define("grant create on schema public to nobody_at_all")
      }
      #expect(error.reason == "role \"nobody_at_all\" does not exist (SQLSTATE 42704)")
    }
  }

  @Test("a timeout inside of a function keeps its words: the server alone reports it")
  func interrupted() async throws {
    try await withDatabase { database in
      let connection = try await connect(database.primary)
      try await connection.execute("set statement_timeout = '100ms'")
      let error = try await postgresError {
        try await connection.execute("do $$ begin perform pg_sleep(60); end $$")
      }
      #expect(error.context != nil)
      #expect(error.reason == "canceling statement due to statement timeout (SQLSTATE 57014)")
      let raised = try await postgresError {
        try await connection.execute("do $$ begin raise 'x12345-secret' using errcode = '57014'; end $$")
      }
      #expect(raised.reason == "query_canceled (SQLSTATE 57014)")
    }
  }

  @Test("of missing rights those on objects keep their words, and none on a file or a setting does")
  func rights() async throws {
    func reason(_ code: SQLState, _ routine: String?) -> String {
      var error = PostgresError(sqlState: code, message: "x12345", server: "primary", isFromServer: true)
      error.routine = routine
      return error.reason
    }
    for routine in ["aclcheck_error", "aclcheck_error_col", "check_enable_rls", "check_role"] {
      #expect(reason("42501", routine) == "x12345 (SQLSTATE 42501)")
    }
    for routine in ["read_binary_file", "set_config_option_ext", nil] {
      #expect(reason("42501", routine) == "insufficient_privilege (SQLSTATE 42501)")
    }
    for code in ["08003", "08001", "3D000", "28000"] as [SQLState] {
      #expect(!reason(code, "dblink_get_conn").contains("12345"))
    }
    try await withDatabase { database in
      let connection = try await connect(database.primary)
      try await connection.execute(Self.setup + "; set role superset")
      let error = try await postgresError { _ = try await connection.query("select name from secret") }
      #expect(error.reason == "permission denied for table secret (SQLSTATE 42501)")
    }
  }

  @Test("errors of the client and of libpq keep their words")
  func own() {
    let error = PostgresError(
      sqlState: .characterNotInRepertoire, message: "a parameter holds a NUL", server: "primary")
    #expect(error.reason == "a parameter holds a NUL (SQLSTATE 22021)" && error.ownWords == nil)
  }

  @Test("the table of conditions has PostgreSQL's names")
  func conditions() {
    #expect(SQLState.divisionByZero.condition == "division_by_zero")
    #expect(SQLState.internalError.condition == "internal_error")
    #expect(SQLState("XYZ00").condition == nil)
  }
}
