/// A clock of one database that shows a time of the test's choice, so that no test depends on the day on which it runs
/// and none runs over midnight.
package enum ServerClock {
  /// Monday noon of a week without a change of the clocks, in Moscow's time.
  package static let noon = "2026-11-23 12:00:00+03"

  /// SQL for a superuser of the database: its `now()` and `clock_timestamp()` go on from `time`.
  ///
  /// SQL functions are inlined, so what calls the built-in ones gets these. `current_date`, `current_timestamp` and the
  /// server's own records (`pg_stat_activity`) still have the machine's time.
  package static func set(to time: String) -> String {
    """
    do language plpgsql $clock$
    declare shift text := quote_literal(clock_timestamp() - timestamptz '\(time)');
    begin
      execute 'create or replace function pg_catalog.now() returns timestamptz language sql stable parallel safe'
        ' return transaction_timestamp() - interval ' || shift;
      execute 'create or replace function pg_catalog.clock_timestamp() returns timestamptz language sql volatile'
        ' parallel safe return statement_timestamp() - interval ' || shift;
    end $clock$
    """
  }
}
