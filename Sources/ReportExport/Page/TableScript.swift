/// The only script of a page: a button in each head that sorts the rows, and a field that filters them.
///
/// It works on what the page shows and asks for nothing. The content security policy names it by its hash, so a browser
/// runs no other one; it is the same in every language, whose words the table has. Without it the page is complete. It has
/// neither `<` nor `&`, which XML and HTML read differently.
enum TableScript {
  /// `sha256-` and the digest in Base64, for the policy.
  static let hash = PageHead.scriptHash(text)

  static let text = """
    (function () {
      var table = document.querySelector("table.rows");
      if (!table || table.querySelector("td.none")) return;
      var body = table.tBodies[0], rows = Array.from(body.rows), heads = Array.from(table.tHead.rows[0].cells);
      var words = table.dataset, language = document.documentElement.lang, at = -1, down = false;
      // null for an empty cell, which has nothing but a dash in an element of its own.
      function text(row, index) {
        var cell = row.cells[index], only = cell.childNodes.length === 1 ? cell.firstElementChild : null;
        return only ? null : cell.textContent;
      }
      // Of "-1 234,50 ₽": separators go, and what stands behind the digits does not count.
      function number(text) {
        return parseFloat(text.replace(/\\u202f/g, "").replace(words.decimal, "."));
      }
      // Of "22.11.2026 Sun": the year first.
      function date(text) {
        return text.replace(/^(\\d\\d)([.\\/-])(\\d\\d)\\2(\\d{4})/, "$4-$3-$1");
      }
      function sort(index) {
        down = at === index ? !down : false;
        at = index;
        var kind = heads[index].dataset.kind;
        var keys = rows.map(function (row) {
          var key = text(row, index);
          return key === null ? null : kind === "number" ? number(key) : kind === "date" ? date(key) : key;
        });
        function compare(a, b) {
          if (typeof a === "string") return a.localeCompare(b, language, {numeric: true});
          // NaN is greater than every number, as in PostgreSQL.
          return isNaN(a) || isNaN(b) ? isNaN(a) - isNaN(b) : a === b ? 0 : a - b;
        }
        rows.map(function (row, place) { return place; }).sort(function (x, y) {
          if (keys[x] === null || keys[y] === null) {
            return keys[x] === keys[y] ? x - y : keys[x] === null ? 1 : -1;
          }
          var order = compare(keys[x], keys[y]);
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
      field.placeholder = words.filter;
      field.setAttribute("aria-label", words.filterRows);
      field.addEventListener("input", function () {
        var wanted = field.value.trim().toLowerCase();
        rows.forEach(function (row) { row.hidden = !row.textContent.toLowerCase().includes(wanted); });
      });
      document.getElementById("rows").after(field);
    })();
    """
}
