// Sorts and filters the long tables of this page. Without it they are all there, in the order that was thought best.
(() => {
  "use strict";
  const words = document.currentScript.dataset;
  const { compare } = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const next = { none: "ascending", ascending: "descending", descending: "none" };
  const fold = (text) => text.normalize("NFKC").toLowerCase();
  const make = (name, properties) => Object.assign(document.createElement(name), properties);
  const say = (template, values) => template.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  // What a cell is sorted by; null when it says nothing or that nothing is known, which is last in either direction.
  // Times are written as ISO 8601 in one zone, so they sort as texts whose digits count as numbers.
  const key = (cell, numeric) => {
    const text = cell?.textContent.trim() ?? "";
    if (text === "" || text === "–" || cell.firstElementChild?.matches(".unknown")) return null;
    if (!numeric) return text;
    const number = Number(text.replace("−", "-").replace(/[^\d.-]/g, ""));
    return Number.isNaN(number) ? null : number;
  };

  const equip = (table) => {
    const { caption, tHead, tBodies: [body] } = table;
    const heads = [...tHead.rows[0].cells];
    const rows = [...body.rows];
    const texts = new Map(rows.map((row) => [row, fold([...row.cells].map((cell) => cell.textContent).join(" "))]));
    const label = make("label", { id: `${caption.id}_l`, htmlFor: `${caption.id}_f`, textContent: words.filter });
    const input = make("input", { id: `${caption.id}_f`, type: "search", autocomplete: "off", spellcheck: false });
    const status = make("p", { role: "status" });
    let order = "";

    const filter = () => {
      const wanted = fold(input.value).split(/\s+/);
      for (const row of rows) row.hidden = !wanted.every((word) => texts.get(row).includes(word));
      const shown = rows.filter((row) => !row.hidden).length;
      status.textContent = say(words.count, { shown, all: rows.length }) + order;
    };

    const sort = (head, at) => {
      const direction = next[head.getAttribute("aria-sort")];
      for (const other of tHead.querySelectorAll("th")) other.setAttribute("aria-sort", "none");
      head.setAttribute("aria-sort", direction);
      const numeric = head.matches(".n");
      const keys = new Map(rows.map((row) => [row, key(row.cells[at], numeric)]));
      const sign = direction === "descending" ? -1 : 1;
      const sorted = [...rows].sort((one, other) => {
        const [a, b] = [keys.get(one), keys.get(other)];
        if (a === null || b === null) return (a === null) - (b === null);
        return sign * (numeric ? a - b : compare(a, b));
      });
      body.append(...(direction === "none" ? rows : sorted));
      order = say(words[direction], { column: head.textContent });
      filter();
    };

    heads.forEach((head, at) => {
      if (!head.matches("th")) return;
      const button = make("button", { type: "button" });
      button.append(...head.childNodes);
      button.addEventListener("click", () => sort(head, at));
      head.append(button);
      head.setAttribute("aria-sort", "none");
    });
    input.setAttribute("aria-labelledby", `${label.id} ${caption.id}`);
    input.addEventListener("input", filter);
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      input.value = "";
      filter();
    });
    filter();
    const tools = make("div", { className: "tools" });
    tools.append(label, input, status);
    tHead.rows[0].dataset.label = words.sort;
    table.parentElement.before(tools);
  };

  document.querySelectorAll("table[data-long]").forEach(equip);
})();
