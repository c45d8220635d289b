import CLibXML2
import Glibc
import ReportModel

/// Writes HTML that is also well-formed XML, in constant memory. libxml2 escapes all text and attributes.
///
/// Owns a libxml2 text writer. When the sink throws, the error is kept, later bytes are dropped, and `check` and `finish`
/// throw the error. (libxml2 would print to standard error, and detect the failure only at a flush.)
final class XMLWriter {
  private let writer: xmlTextWriterPtr
  private let target: Target
  private var scratch: [UInt8] = []

  /// The context of libxml2's callback.
  private final class Target {
    let sink: any ByteSink
    var failure: (any Error)?

    init(_ sink: any ByteSink) { self.sink = sink }

    func write(_ bytes: UnsafeRawBufferPointer) {
      guard failure == nil else { return }
      do { try sink.write(bytes) } catch { failure = error }
    }
  }

  /// - Throws: `Diagnostic` where libxml2 is not installed.
  init(into sink: any ByteSink) throws {
    if let reason = rg_xml_missing() {
      throw Diagnostic(
        "could not load libxml2: \(String(cString: reason))",
        hint: "Pages need it; on Debian it is in the package libxml2.")
    }
    target = Target(sink)
    let context = Unmanaged.passUnretained(target).toOpaque()
    let buffer = rg_xml_buffer(
      { context, bytes, count in
        guard let context, let bytes, count > 0 else { return 0 }
        Unmanaged<Target>.fromOpaque(context).takeUnretainedValue()
          .write(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
        return count
      }, { _ in 0 }, context)
    guard let buffer, let writer = rg_xml_writer(buffer) else {
      fatalError("libxml2 could not allocate a writer: out of memory")
    }
    self.writer = writer
  }

  deinit { rg_xml_free_writer(writer) }

  /// Throws the error of the sink, if there was one.
  func check() throws {
    if let failure = target.failure { throw failure }
  }

  /// Writes the remaining bytes to the sink.
  ///
  /// - Throws: the error of the sink.
  func finish() throws {
    rg_xml_flush(writer)
    try check()
  }

  func doctype() {
    rg_xml_doctype(writer, "html")
    raw("\n")
  }

  func start(_ name: String, _ attributes: KeyValuePairs<String, String> = [:]) {
    rg_xml_start_element(writer, name)
    for (name, value) in attributes { attribute(name, value) }
  }

  /// Adds an attribute to the element that was just started.
  func attribute(_ name: String, _ value: String) {
    rg_xml_start_attribute(writer, name)
    PageText.clean(value, into: &scratch)
    // xmlTextWriterWriteAttribute would write every non-ASCII character as a character reference.
    if let escaped = rg_xml_escaped(scratch) {
      rg_xml_raw(writer, escaped, Int32(strlen(escaped)))
      rg_xml_free(escaped)
    }
    rg_xml_end_attribute(writer)
  }

  /// Writes an end tag, which every HTML element except void ones needs.
  func end() { rg_xml_full_end_element(writer) }

  /// Writes an element without contents: `<br/>`, `<path …/>`.
  func empty(_ name: String, _ attributes: KeyValuePairs<String, String> = [:]) {
    start(name, attributes)
    rg_xml_end_element(writer)
  }

  func element(_ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ body: () -> Void) {
    start(name, attributes)
    body()
    end()
  }

  func element(_ name: String, _ attributes: KeyValuePairs<String, String> = [:], text: String) {
    element(name, attributes) { self.text(text) }
  }

  func text(_ text: String) {
    PageText.clean(text, into: &scratch)
    rg_xml_text(writer, scratch)
  }

  func text(_ bytes: UnsafeBufferPointer<UInt8>) {
    PageText.clean(bytes, into: &scratch)
    rg_xml_text(writer, scratch)
  }

  /// Appends text as `text` writes it. What needs no escaping is copied, which saves half of the time of a long table.
  func appendEscaped(_ bytes: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
    if PageText.isClean(bytes, markup: false) { return output.append(contentsOf: bytes) }
    PageText.clean(bytes, into: &scratch)
    guard let escaped = rg_xml_escaped(scratch) else { return }
    output.append(contentsOf: UnsafeBufferPointer(start: escaped, count: strlen(escaped)))
    rg_xml_free(escaped)
  }

  /// Writes markup as it is.
  func raw(_ bytes: [UInt8]) { rg_xml_raw(writer, bytes, Int32(bytes.count)) }

  /// Writes text without escaping it; only for constants of our own.
  func raw(_ text: String) { raw(Array(text.utf8)) }

  func newline() { raw("\n") }
}
