import Foundation
import ProcessRunner
import ReportModel
import Testing

/// A headless Chromium without name resolution, so that a page cannot send requests to other machines.
struct Browser {
  let executable: String

  /// What a page logged and requested while it was opened.
  struct Visit {
    var document: String
    var consoleMessages: [String]
    /// URLs that the page requested, except its own file.
    var requests: [String]
  }

  /// Cancels the test when Chromium is not installed; fails it when CI is set.
  static func find() throws -> Browser {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
    for name in ["chromium", "chromium-browser", "google-chrome"] {
      if let folder = folders.first(where: { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") })
      {
        return Browser(executable: "\(folder)/\(name)")
      }
    }
    guard ProcessInfo.processInfo.environment["CI"] == nil else {
      throw Diagnostic("could not find Chromium", hint: "\"make browser\" installs it.")
    }
    try Test.cancel("no Chromium here: \"make browser\" installs it")
  }

  /// - Parameters:
  ///   - waits: whether the page gets the time that its script needs; its clock then runs ahead.
  ///   - folder: for the browser's profile and log; removed by the caller.
  func open(_ file: String, width: Int = 1100, waits: Bool = false, folder: String) async throws -> Visit {
    let log = "\(folder)/net.json"
    let result = try await Command(
      executable,
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--disable-extensions",
        "--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir=\(folder)/profile", "--log-net-log=\(log)",
        "--enable-logging=stderr", "--window-size=\(width),900",
      ] + (waits ? ["--virtual-time-budget=600000"] : []) + ["--dump-dom", "file://\(file)"]
    ).run()
    guard result.status == 0 else { throw Diagnostic("Chromium failed", detail: result.error) }
    let messages = result.error.split(separator: "\n").filter { $0.contains(":CONSOLE") }.map(String.init)
    return Visit(document: result.output, consoleMessages: messages, requests: try requests(in: log))
  }

  /// Prints a page on the paper that its style sheet names.
  ///
  /// - Returns: the path of a PDF in `folder`.
  func print(_ file: String, folder: String) async throws -> String {
    let pdf = "\(folder)/page.pdf"
    let result = try await Command(
      executable,
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
        "--host-resolver-rules=MAP * ~NOTFOUND", "--user-data-dir=\(folder)/profile",
        "--no-pdf-header-footer",
        "--print-to-pdf=\(pdf)", "file://\(file)",
      ]
    ).run()
    guard result.status == 0 else { throw Diagnostic("Chromium failed", detail: result.error) }
    return pdf
  }

  /// Requests of the browser itself have no origin; those of a page have one, which can be opaque.
  private func requests(in log: String) throws -> [String] {
    let data = try Data(contentsOf: URL(filePath: log))
    guard let net = try JSONSerialization.jsonObject(with: data) as? [String: Any],
      let events = net["events"] as? [[String: Any]]
    else { throw Diagnostic("could not parse the browser's network log") }
    return events.compactMap { event in
      guard let parameters = event["params"] as? [String: Any], let url = parameters["url"] as? String,
        let initiator = parameters["initiator"] as? String, initiator != "not an origin"
      else { return nil }
      return url.hasPrefix("file:") ? nil : url
    }
  }
}
