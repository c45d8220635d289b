import ReportModel

/// Every key of `reportgen.yaml`: what the reader takes, and what `docs/project.schema.json` says.
enum ProjectKeys {
  typealias Key = KeyTable.Key

  static let root = KeyTable([
    Key("timezone", .format(.timezone), "Where a day begins (default UTC)."),
    Key("output", .text, "The folder of the exports, relative to the project (default out)."),
    Key("default_env", .text, "The environment of runs without --env (default sandbox)."),
    Key(
      "max_catch_up", .integer(1...1_000_000), "How many missing intervals a run takes without --backfill."),
    Key(
      "difference_from", .integer(1...1_000_000_000_000),
      "From how many published rows on a publish compares them on the replica (default 50000)."),
    Key(
      "expect_within", .format(.age),
      "How long after it was due a report without a value of its own is late, such as 26h."),
    Key("metrics_file", .text, "Where each run writes its metrics for Prometheus, relative to the project."),
    Key("on_success", hook, "What to run after a run that ended well: a shell line, or a list of arguments."),
    Key("on_failure", hook, "What to run after any other run: a shell line, or a list of arguments."),
    Key("hook_timeout", .format(.duration), "How long either of them may take (default 60s)."),
    Key(
      "locale", .format(.locale),
      "The language of pages and of titles in Superset, such as ru (default: English, titles as written)."),
    Key(
      "search_path", schemas,
      "Schemas whose types, functions and operators reports use without naming them (default: none)."),
    Key(
      "workbooks", .named(.assetName, .list(.format(.assetName))),
      "Files for Excel of several reports, a sheet a report, such as {sales: [sales-daily, sales-monthly]}."),
    Key("sandbox", .map(sandbox), "What the private primary and replica hold."),
    Key("environments", .named(.environmentName, .map(environment)), "Named pairs of connections."),
  ])

  private static let hook = Shape.either([.text, .list(.anyText, unique: false)])

  private static let schemas = Shape.list(.format(.schema), minimum: 0)

  static let sandbox = KeyTable([
    Key("database", .format(.name), "The name of its database."),
    Key("setup", .list(.text, minimum: 0), "SQL files that psql runs in the new database, in this order."),
    Key(
      "postgres", .text,
      "The folder of its PostgreSQL, such as /usr/lib/postgresql/17 (default: the newest that is installed)."),
    Key(
      "superset", .map(superset), "The Superset that shows the sandbox (default: that of make superset-up)."),
  ])

  static let environment = KeyTable([
    Key(
      "replica", .text, required: true,
      "The libpq connection string of the replica that reports read; none where there is no replica."),
    Key(
      "primary", .text, required: true, "The libpq connection string of the primary that holds the tables."),
    Key("owner", .format(.name), "The role that owns the summary tables."),
    Key("on_lag", .map(onLag), "What to do while the replica is behind, such as {wait: 60s, then: fail}."),
    Key("confirm", .words(Project.Environment.Confirm.self), "The server that must show published rows."),
    Key("confirm_wait", .format(.duration), "How long to wait for that, such as 60s."),
    Key(
      "reconnect_wait", .format(.duration), "How long to wait for a server that was lost, such as 30s."),
    Key("statement_timeout", .format(.duration), "How long one statement may take, such as 1h."),
    Key("search_path", schemas, "Schemas in place of those of the project's search_path."),
    Key("locale", .format(.locale), "The language in place of the project's locale."),
    Key("patroni", urls, "URLs of Patroni's REST interface, such as http://pg0:8008; one for each member."),
    Key("etcd", urls, "URLs of etcd's client interface, such as http://pg0:2379; one for each member."),
    Key("cluster_tls", .map(clusterTLS), "PEM files for those of these URLs that begin with https."),
    Key(
      "certificates", urls,
      "URLs of further servers with TLS, such as https://pg0:8432, whose certificates doctor looks at."),
    Key("backup", .map(backup), "The backups that doctor checks."),
    Key("superset", .map(superset), "The Superset that shows the summary tables."),
  ])

  private static let urls = Shape.list(.format(.webAddress), minimum: 1)

  static let clusterTLS = KeyTable([
    Key(
      "ca", .format(.absolutePath),
      "The authorities that signed the servers' certificates (default: the system's)."),
    Key(
      "certificate", .format(.absolutePath),
      "What reportgen shows to servers that ask for a certificate (default: none)."),
    Key("key", .format(.absolutePath), "The certificate's key (default: in the same file)."),
  ])

  static let backup = KeyTable([
    Key(
      "info", hook, required: true,
      "A command that prints what pgbackrest info --output=json prints: a shell line, or a list of arguments."
    ),
    Key("max_age", .format(.age), "How old the newest backup may be (default 26h)."),
  ])

  static let superset = KeyTable([
    Key("url", .format(.webAddress), "Where it is, such as http://192.168.88.60:8088."),
    Key(
      "database_uri", .text,
      "How it reaches the tables, such as postgresql+psycopg2://superset@192.168.88.123/internetshop."),
    Key("database_name", .text, "What it calls that connection (default reportgen)."),
    Key("credentials", .text, "A file with user:password in its first line, relative to the project."),
    Key("warm_up", .boolean, "Whether charts are computed after each publish (default false)."),
    Key("timeout", .format(.duration), "How long a run waits for all of its answers (default 10s)."),
    Key(
      "max_rows", .integer(1...10_000_000),
      "The most rows that it gives a chart: its SQL_MAX_ROW (default 100000)."),
    Key("roles", .named(.name, .either([dashboards, .map(role)])), "Who may see which dashboards, by role."),
  ])

  static let role = KeyTable([
    Key("dashboards", dashboards, "The dashboards whose datasets the role may read."),
    Key("datasets", dashboards, "Further datasets, by the names of their reports."),
  ])

  private static let dashboards = Shape.list(.format(.assetName), minimum: 0)

  static let onLag = KeyTable([
    Key("wait", .format(.duration), "How long to wait for the replica, such as 60s."),
    Key("then", .words(Project.Environment.Lagging.self), "What to do when it is still behind."),
  ])
}
