/// The two files of one report, by name.
struct DefinitionFiles {
  var name: String
  /// Relative to the project's folder.
  var sqlFile: String
  var metadataFile: String
}
