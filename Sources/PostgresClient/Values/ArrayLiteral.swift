/// `{"a","b"}`: every element quoted, so that no text is read as a separator or NULL.
package func postgresArray(_ elements: [String]) -> String {
  let quoted = elements.map { element in
    var text = ""
    for character in element.unicodeScalars {
      if character == "\"" || character == "\\" { text.append("\\") }
      text.unicodeScalars.append(character)
    }
    return "\"\(text)\""
  }
  return "{\(quoted.joined(separator: ","))}"
}
