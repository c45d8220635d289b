import ContentDigest
import Foundation

/// The only script of a page: a button in each head that sorts the rows, and a field that filters them.
///
/// It works on what the page shows and asks for nothing. The content security policy names it by its hash, so a browser
/// runs no other one. Without it the page is complete. It has neither `<` nor `&`, which XML and HTML read differently.
enum TableScript {
  /// `sha256-` and the digest in Base64, for the policy.
  static let hash: String = {
    let hex = Array(SHA256Digest.hex(of: text))
    let bytes = stride(from: 0, to: hex.count, by: 2).map { UInt8(String(hex[$0...$0 + 1]), radix: 16) ?? 0 }
    return "sha256-" + Data(bytes).base64EncodedString()
  }()

  static let text = """
    (function () {
      var table = document.querySelector("table.rows");
      if (!table || table.querySelector("td.none")) return;
      var body = table.tBodies[0], rows = Array.from(body.rows), heads = Array.from(table.tHead.rows[0].cells);
      var at = -1, down = false;
      // null for an empty cell, which has nothing but a dash in an element of its own.
      function text(row, index) {
        var cell = row.cells[index], only = cell.childNodes.length === 1 ? cell.firstElementChild : null;
        return only ? null : cell.textContent;
      }
      function number(text) {
        var digits = text.replace(/[\\u202f%]/g, "");
        return digits === "" ? NaN : Number(digits);
      }
      function compare(a, b, numeric) {
        return numeric ? number(a) - number(b) : a.localeCompare(b, undefined, {numeric: true});
      }
      function sort(index) {
        down = at === index ? !down : false;
        at = index;
        var keys = rows.map(function (row) { return text(row, index); });
        var numeric = keys.every(function (key) { return key === null || !isNaN(number(key)); });
        rows.map(function (row, place) { return place; }).sort(function (x, y) {
          if (keys[x] === null || keys[y] === null) {
            return keys[x] === keys[y] ? x - y : keys[x] === null ? 1 : -1;
          }
          var order = compare(keys[x], keys[y], numeric);
          return order === 0 ? x - y : down ? -order : order;
        }).forEach(function (place) { body.appendChild(rows[place]); });
        heads.forEach(function (head) { head.removeAttribute("aria-sort"); });
        heads[index].setAttribute("aria-sort", down ? "descending" : "ascending");
      }
      heads.forEach(function (head, index) {
        var button = document.createElement("button");
        button.type = "button";
        while (head.firstChild) button.appendChild(head.firstChild);
        head.appendChild(button);
        button.addEventListener("click", function () { sort(index); });
      });
      var field = document.createElement("input");
      field.type = "search";
      field.className = "filter";
      field.placeholder = "Filter";
      field.setAttribute("aria-label", "Filter rows");
      field.addEventListener("input", function () {
        var words = field.value.trim().toLowerCase();
        rows.forEach(function (row) { row.hidden = !row.textContent.toLowerCase().includes(words); });
      });
      document.getElementById("rows").after(field);
    })();
    """
}
