/// What a command without a terminal says of its progress, left out: on a terminal it would have been wiped away.
///
/// Retries and `--verbose` steps stay, since they do there, too.
package func withoutProgress(_ text: String) -> String {
  text.split(separator: "\n", omittingEmptySubsequences: false)
    .filter { $0.wholeMatch(of: progressLine) == nil }.joined(separator: "\n")
}

private nonisolated(unsafe) let progressLine =
  /[a-z0-9-]+: (reading|publishing|(confirmed|published|dry run|exported|failed|skipped)(, \d+ rows?)?( in \d+\.\d s)?)/
