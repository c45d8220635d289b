import CLibXML2

/// Writes HTML that is also well-formed XML, escaped by construction, in constant memory.
///
/// Owns a libxml2 text writer. A failing sink does not show in the calls: the first error is kept, later bytes are
/// dropped, and `check` and `finish` throw it. (libxml2 itself would print to stderr, and only notice at a flush.)
final class XMLWriter {
  private let writer: xmlTextWriterPtr
  private let target: Target
  private var scratch: [UInt8] = []

  /// What the C callback knows of the sink.
  private final class Target {
    let sink: any ByteSink
    var failure: (any Error)?

    init(_ sink: any ByteSink) { self.sink = sink }

    func take(_ bytes: UnsafeRawBufferPointer) {
      guard failure == nil else { return }
      do { try sink.write(bytes) } catch { failure = error }
    }
  }

  init(into sink: any ByteSink) {
    target = Target(sink)
    let context = Unmanaged.passUnretained(target).toOpaque()
    let buffer = xmlOutputBufferCreateIO(
      { context, bytes, count in
        guard let context, let bytes, count > 0 else { return 0 }
        Unmanaged<Target>.fromOpaque(context).takeUnretainedValue()
          .take(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
        return count
      }, { _ in 0 }, context, nil)
    guard let buffer, let writer = xmlNewTextWriter(buffer) else {
      fatalError("libxml2 could not allocate a writer: out of memory")
    }
    self.writer = writer
  }

  deinit { xmlFreeTextWriter(writer) }

  /// - Throws: what the sink threw.
  func check() throws {
    if let failure = target.failure { throw failure }
  }

  /// Hands the last bytes to the sink.
  func finish() throws {
    xmlTextWriterFlush(writer)
    try check()
  }

  func doctype() {
    xmlTextWriterWriteDTD(writer, "html", nil, nil, nil)
    raw("\n")
  }

  func start(_ name: String, _ attributes: KeyValuePairs<String, String> = [:]) {
    xmlTextWriterStartElement(writer, name)
    for (name, value) in attributes { attribute(name, value) }
  }

  /// Of the element that was just started.
  func attribute(_ name: String, _ value: String) {
    xmlTextWriterStartAttribute(writer, name)
    PageText.clean(value, into: &scratch)
    // WriteAttribute would turn every letter that is not ASCII into a number.
    if let escaped = xmlEncodeSpecialChars(nil, scratch) {
      xmlTextWriterWriteRaw(writer, escaped)
      rg_xml_free(escaped)
    }
    xmlTextWriterEndAttribute(writer)
  }

  /// With an end tag of its own, which every element of HTML but the void ones needs.
  func end() { xmlTextWriterFullEndElement(writer) }

  /// `<br/>`, `<path …/>`.
  func empty(_ name: String, _ attributes: KeyValuePairs<String, String> = [:]) {
    start(name, attributes)
    xmlTextWriterEndElement(writer)
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
    xmlTextWriterWriteString(writer, scratch)
  }

  func text(_ bytes: UnsafeBufferPointer<UInt8>) {
    PageText.clean(bytes, into: &scratch)
    xmlTextWriterWriteString(writer, scratch)
  }

  /// For fixed text of our own only: nothing is escaped.
  func raw(_ text: String) { xmlTextWriterWriteRaw(writer, text) }

  func newline() { raw("\n") }
}
