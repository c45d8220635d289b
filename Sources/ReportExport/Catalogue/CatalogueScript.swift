/// The only script of a catalogue's pages: searches and filters the index, and keeps ages of rows up to date.
///
/// It asks for nothing, and the content security policy names it by its hash. Without it every page is complete. It has
/// neither `<` nor `&`, which XML and HTML read differently; its words come from attributes of the page.
enum CatalogueScript {
  /// `sha256-` and the digest in Base64, for the policy.
  static let hash = PageHead.scriptHash(text)

  static let text = """
    (function () {
      var words = document.body.dataset, now = Date.now() / 1000;
      // Rows grow older after the page was written.
      document.querySelectorAll("[data-as-of]").forEach(function (element) {
        var hours = Math.floor(Math.max(0, now - Number(element.dataset.asOf)) / 3600);
        var age = 1 > hours ? words.hour : 48 > hours ? hours + " " + words.hours
          : Math.floor(hours / 24) + " " + words.days;
        var after = element.dataset.lateAfter;
        if (after ? now > Number(after) : false) {
          age += ", " + words.late;
          element.className = "bad";
          var row = element.closest("tr[data-states]");
          if (row ? !row.dataset.states.split("|").includes(words.late) : false) {
            row.dataset.states += "|" + words.late;
          }
        }
        element.textContent = age;
      });
      var table = document.querySelector("table.index");
      if (!table) return;
      function fold(text) { return text.normalize("NFKD").toLowerCase(); }
      function texts(row, selector) {
        return Array.from(row.querySelectorAll(selector), function (item) { return item.textContent; });
      }
      var items = Array.from(table.tBodies[0].rows, function (row) {
        return {row: row, text: fold(row.textContent + " " + row.dataset.also), values: {
          tag: texts(row, ".tags li"), owner: texts(row, ".owner"),
          state: row.dataset.states.split("|").filter(Boolean)}};
      });
      var form = document.createElement("form");
      form.className = "filters";
      form.setAttribute("role", "search");
      function field(element, name, label) {
        var frame = document.createElement("label"), caption = document.createElement("span");
        caption.textContent = label;
        element.name = name;
        frame.append(caption, element);
        form.append(frame);
        return element;
      }
      var search = document.createElement("input");
      search.type = "search";
      field(search, "q", words.search);
      var choices = ["tag", "owner", "state"].map(function (name) {
        var select = document.createElement("select"), values = new Set();
        items.forEach(function (item) { item.values[name].forEach(function (value) { values.add(value); }); });
        select.append(new Option(words.all, ""));
        Array.from(values).sort(function (a, b) { return a.localeCompare(b); }).forEach(function (value) {
          select.append(new Option(value, value));
        });
        return field(select, name, words[name]);
      });
      var count = document.createElement("p");
      count.className = "note";
      count.setAttribute("role", "status");
      form.append(count);
      function show() {
        var wanted = fold(search.value).split(" ").filter(Boolean), shown = 0;
        items.forEach(function (item) {
          var isShown = wanted.every(function (word) { return item.text.includes(word); });
          choices.forEach(function (select) {
            if (select.value ? !item.values[select.name].includes(select.value) : false) isShown = false;
          });
          item.row.hidden = !isShown;
          if (isShown) shown += 1;
        });
        count.textContent = shown + " / " + items.length;
      }
      // A link such as #tag=sales sets a filter.
      function follow() {
        var parts = new URLSearchParams(location.hash.slice(1));
        choices.concat(search).forEach(function (element) {
          if (parts.has(element.name)) element.value = parts.get(element.name);
        });
        show();
      }
      form.addEventListener("submit", function (event) { event.preventDefault(); });
      form.addEventListener("input", show);
      window.addEventListener("hashchange", follow);
      table.closest("section").before(form);
      follow();
    })();
    """
}
