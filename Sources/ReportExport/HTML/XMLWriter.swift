import CLibXML2

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

  init(into sink: any ByteSink) {
    target = Target(sink)
    let context = Unmanaged.passUnretained(target).toOpaque()
    let buffer = xmlOutputBufferCreateIO(
      { context, bytes, count in
        guard let context, let bytes, count > 0 else { return 0 }
        Unmanaged<Target>.fromOpaque(context).takeUnretainedValue()
          .write(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
        return count
      }, { _ in 0 }, context, nil)
    guard let buffer, let writer = xmlNewTextWriter(buffer) else {
      fatalError("libxml2 could not allocate a writer: out of memory")
    }
    self.writer = writer
  }

  deinit { xmlFreeTextWriter(writer) }

  /// Throws the error of the sink, if there was one.
  func check() throws {
    if let failure = target.failure { throw failure }
  }

  /// Writes the remaining bytes to the sink.
  ///
  /// - Throws: the error of the sink.
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

  /// Adds an attribute to the element that was just started.
  func attribute(_ name: String, _ value: String) {
    xmlTextWriterStartAttribute(writer, name)
    PageText.clean(value, into: &scratch)
    // xmlTextWriterWriteAttribute would write every non-ASCII character as a character reference.
    if let escaped = xmlEncodeSpecialChars(nil, scratch) {
      xmlTextWriterWriteRaw(writer, escaped)
      rg_xml_free(escaped)
    }
    xmlTextWriterEndAttribute(writer)
  }

  /// Writes an end tag, which every HTML element except void ones needs.
  func end() { xmlTextWriterFullEndElement(writer) }

  /// Writes an element without contents: `<br/>`, `<path …/>`.
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

  /// Appends text as `text` writes it. What needs no escaping is copied, which saves half of the time of a long table.
  func appendEscaped(_ bytes: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
    if PageText.isClean(bytes, markup: false) { return output.append(contentsOf: bytes) }
    PageText.clean(bytes, into: &scratch)
    guard let escaped = xmlEncodeSpecialChars(nil, scratch) else { return }
    output.append(contentsOf: UnsafeBufferPointer(start: escaped, count: Int(xmlStrlen(escaped))))
    rg_xml_free(escaped)
  }

  /// Writes markup as it is.
  func raw(_ bytes: [UInt8]) { xmlTextWriterWriteRawLen(writer, bytes, Int32(bytes.count)) }

  /// Writes text without escaping it; only for constants of our own.
  func raw(_ text: String) { xmlTextWriterWriteRaw(writer, text) }

  func newline() { raw("\n") }
}
