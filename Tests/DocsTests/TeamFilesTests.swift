import Foundation
import ProcessRunner
import TestSupport
import Testing
import Yams

/// The files for other programs: hooks, pipelines, a DAG, a linter's settings, and those that every project has.
@Suite struct TeamFilesTests {
  @Test("the hook for pre-commit lints when a definition changes, and only then")
  func hook() throws {
    let hooks = try #require(
      try Yams.load(yaml: Repository.text(".pre-commit-hooks.yaml")) as? [[String: Any]])
    try #require(hooks.count == 1)
    #expect(hooks[0]["id"] as? String == "reportgen-lint")
    #expect(hooks[0]["entry"] as? String == "reportgen lint")
    #expect(hooks[0]["pass_filenames"] as? Bool == false)
    let files = try Regex(#require(hooks[0]["files"] as? String))
    let root = Repository.root.path
    let definitions =
      FileManager.default.enumerator(atPath: root + "/reports")?.compactMap { $0 as? String } ?? []
    let changed =
      definitions.filter { $0.contains(".") }.map { "reports/" + $0 } + ["reportgen.yaml", "locales/ru.yaml"]
    #expect(changed.count > 20)
    for file in changed { #expect(file.contains(files), "\(file)") }
    for file in ["docs/teams.md", "packaging/ci/gitlab-ci.yml", "old/reportgen.yaml", "reports/notes.txt"] {
      #expect(!file.contains(files), "\(file)")
    }
    // What a project copies is the same hook.
    let block = try #require(try Document("docs/teams.md").blocks.first { $0.text.contains("- repo: local") })
    let local = try #require(try Yams.load(yaml: block.text) as? [String: [[String: Any]]])["repos"]?.first
    let copied = try #require((local?["hooks"] as? [[String: Any]])?.first)
    for key in ["id", "entry", "language", "files"] {
      #expect(copied[key] as? String == hooks[0][key] as? String, "\(key)")
    }
  }

  @Test(
    "each job of a pipeline is a command that the page about teams runs",
    arguments: ["packaging/ci/gitlab-ci.yml", "packaging/ci/github-actions.yml"])
  func pipelines(_ path: String) async throws {
    let root = try #require(try Yams.load(yaml: Repository.text(path)) as? [String: Any])
    let jobs = (root["jobs"] as? [String: Any]) ?? root
    var commands: [String: [String]] = [:]
    for name in ["lint", "test", "plan"] {
      let job = try #require(jobs[name] as? [String: Any], "\(name)")
      let steps = (job["steps"] as? [[String: Any]])?.compactMap { $0["run"] as? String }
      let scripts = try #require(steps ?? (job["script"] as? [String]))
      for script in scripts {
        let checked = try await Command("/bin/bash", ["-n", "-c", Self.plain(script)]).run()
        #expect(checked.status == 0, "\(name): \(checked.error)")
      }
      commands[name] = scripts.flatMap { $0.split(separator: "\n") }.map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      .filter { $0.hasPrefix("reportgen ") }
    }
    #expect(commands["lint"] == ["reportgen lint"])
    #expect(commands["test"] == ["reportgen test"])
    #expect(commands["plan"] == ["reportgen plan --diff --env production > plan.txt"])
    let lines = try Document("docs/teams.md").blocks.filter { $0.language == "console" }.flatMap(\.lines)
    for command in ["reportgen lint", "reportgen test | tail -n 1", "reportgen plan sales-daily --diff"] {
      #expect(lines.contains("$ " + command), "\(command)")
    }
    // The environment is one of the store's project.
    let project = try #require(try Yams.load(yaml: Repository.text("reportgen.yaml")) as? [String: Any])
    #expect((project["environments"] as? [String: Any])?["production"] != nil)
  }

  @Test("the comment of a pipeline has the plan between fences, and no more than a forge takes")
  func comment() async throws {
    for path in ["packaging/ci/gitlab-ci.yml", "packaging/ci/github-actions.yml"] {
      let line = try #require(
        try Repository.text(path).split(separator: "\n").first { $0.contains("> comment.md") })
      try await temporaryDirectory { folder in
        try String(repeating: "a line of a plan\n", count: 10_000)
          .write(toFile: folder + "/plan.txt", atomically: true, encoding: .utf8)
        let result = try await Command(
          "/bin/sh", ["-c", line.trimmingCharacters(in: .whitespaces)], directory: folder
        ).run()
        #expect(result.status == 0, "\(path): \(result.error)")
        let comment = try String(contentsOfFile: folder + "/comment.md", encoding: .utf8)
        #expect(comment.hasPrefix("What the next run would do:\n\n```text\na line"))
        #expect(comment.hasSuffix("```\n") && comment.utf8.count < 65_000)
      }
    }
  }

  @Test(
    "the DAG retries 75 and 69, and nothing else",
    arguments: [
      (0, "done"), (75, "AirflowException"), (69, "AirflowException"), (1, "AirflowFailException"),
      (65, "AirflowFailException"), (70, "AirflowFailException"),
    ])
  func airflow(_ status: Int, _ outcome: String) async throws {
    try await temporaryDirectory { folder in
      // A stand-in for Airflow: the names that the DAG imports.
      let script = """
        import sys, types
        class DAG:
          def __init__(self, **given): self.given = given
          def __enter__(self): return self
          def __exit__(self, *error): return False
        class Operator:
          def __init__(self, **given): Operator.given = given
        class AirflowException(Exception): pass
        class AirflowFailException(AirflowException): pass
        for name, members in {
          "airflow": {"DAG": DAG}, "airflow.operators": {}, "airflow.operators.python": {"PythonOperator": Operator},
          "airflow.exceptions": {"AirflowException": AirflowException, "AirflowFailException": AirflowFailException},
        }.items():
          sys.modules[name] = types.ModuleType(name)
          vars(sys.modules[name]).update(members)
        names = {"__name__": "dag"}
        exec(open(sys.argv[1]).read(), names)
        assert names["dag"].given["catchup"] is False and names["dag"].given["max_active_runs"] == 1
        assert Operator.given["retries"] == 6
        try: Operator.given["python_callable"]()
        except Exception as error: print(type(error).__name__)
        else: print("done")
        """
      let stub = folder + "/reportgen"
      try "#!/bin/sh\necho \"$@\" > \(folder)/arguments\nexit \(status)\n"
        .write(toFile: stub, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: stub)
      let result = try await Command(
        "/usr/bin/python3",
        ["-c", script, Repository.root.appending(path: "packaging/airflow/reportgen_nightly.py").path],
        environment: ["PATH": folder + ":/usr/bin:/bin", "LC_ALL": "C.UTF-8"]
      ).run()
      #expect(result.output.split(separator: "\n").last.map(String.init) == outcome, "\(result.error)")
      let arguments = try String(contentsOfFile: folder + "/arguments", encoding: .utf8)
      #expect(arguments == "run --all --project /srv/reports --env production --quiet\n")
    }
  }

  @Test("SQLFluff finds nothing in the reports, and something in worse ones")
  func sqlfluff() async throws {
    let program = Repository.root.appending(path: "scripts/sqlfluff").path
    let isThere = FileManager.default.fileExists(
      atPath: Repository.root.appending(path: ".reportgen/sqlfluff-4.5.0").path)
    if !isThere, ProcessInfo.processInfo.environment["CI"] == nil {
      try Test.cancel("no SQLFluff here: scripts/sqlfluff fetches it")
    }
    let reports = try await Command(program, []).run()
    #expect(reports.status == 0, "\(reports.output) \(reports.error)")
    try await temporaryDirectory { folder in
      let worse = folder + "/worse.sql"
      try "SELECT a,b from  t where t.day>=:start\n".write(toFile: worse, atomically: true, encoding: .utf8)
      #expect(try await Command(program, [worse]).run().status == 1)
    }
  }

  @Test("the license is Debian's own copy, and each file of the project's front names the others that exist")
  func license() throws {
    let license = try Repository.text("LICENSE")
    #expect(license.contains("Apache License") && license.contains("Version 2.0, January 2004"))
    if let common = try? String(contentsOfFile: "/usr/share/common-licenses/Apache-2.0", encoding: .utf8) {
      #expect(license == common)
    }
    let readme = try Repository.text("README.md")
    for name in ["LICENSE", "SECURITY.md", "CONTRIBUTING.md", "docs/teams.md"] {
      #expect(readme.contains("](\(name))"), "\(name)")
    }
  }

  @Test("each JSON Schema has an identifier of its own")
  func identifiers() throws {
    var known: Set<String> = []
    for name in ["report", "project", "test", "dashboard"] {
      let data = Data(try Repository.text("docs/\(name).schema.json").utf8)
      let schema = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
      let identifier = try #require(schema["$id"] as? String, "\(name)")
      #expect(identifier == "urn:reportgen:schema:\(name)")
      known.insert(identifier)
    }
    #expect(known.count == 4)
  }

  /// A forge puts values in the place of its expressions before a shell reads the script.
  private static func plain(_ script: String) -> String { script.replacing(/\$\{\{[^}]*\}\}/, with: "1") }
}
