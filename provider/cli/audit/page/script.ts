/**
 * What the page does where scripts run: sort, search, filter. Without it the page is whole. It makes its own buttons, so
 * that none stands there that does nothing. It has no `<` that could end its element.
 */
export const SCRIPT = `"use strict";
(() => {
  const find = (selector, within = document) => [...within.querySelectorAll(selector)];
  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });
  const field = document.getElementById("search");
  const status = document.getElementById("shown");
  const kindButtons = find("#kinds button");
  const order = kindButtons.map((button) => button.dataset.k);
  const tables = find("table").map((table) => ({
    table,
    body: table.tBodies[0],
    rows: [...table.tBodies[0].rows],
    none: table.nextElementSibling,
    texts: undefined,
  }));
  const total = tables.reduce((sum, { rows }) => sum + rows.length, 0);

  const textOf = (row) => [...row.cells].map((cell) => cell.textContent).join("\\n").toLowerCase();

  const select = () => {
    const words = field.value.toLowerCase().split(/\\s+/).filter(Boolean);
    const kinds = new Set(kindButtons.filter((b) => b.ariaPressed === "true").map((b) => b.dataset.k));
    let count = 0;
    for (const one of tables) {
      if (words.length > 0) one.texts ??= one.rows.map(textOf);
      let here = 0;
      one.rows.forEach((row, index) => {
        const fits =
          (kinds.size === 0 || kinds.has(row.dataset.k)) && words.every((word) => one.texts[index].includes(word));
        if (row.hidden === fits) row.hidden = !fits;
        if (fits) here += 1;
      });
      one.none.hidden = here > 0;
      count += here;
    }
    status.textContent = count === total ? total + " tokens" : count + " of " + total + " tokens";
  };

  const READ = {
    kind: (cell) => order.indexOf(cell.textContent),
    number: (cell) => (cell.dataset.s === "" ? undefined : Number(cell.dataset.s)),
    text: (cell) => cell.textContent || undefined,
    id: (cell) => cell.textContent,
  };
  const differ = (by, a, b) => (by === "text" ? collator.compare(a, b) : a === b ? 0 : a > b ? 1 : -1);

  const sort = ({ table, body, rows }, head) => {
    const down = head.ariaSort === "ascending";
    for (const other of find("th", table)) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const by = head.dataset.by;
    const keyed = rows.map((row) => ({ row, key: READ[by](row.cells[head.cellIndex]) }));
    const known = keyed.filter(({ key }) => key !== undefined);
    const unknown = keyed.filter(({ key }) => key === undefined);
    known.sort((a, b) => (down ? differ(by, b.key, a.key) : differ(by, a.key, b.key)));
    // Away from the document moving a row costs nothing.
    body.remove();
    for (const { row } of [...known, ...unknown]) body.append(row);
    table.append(body);
  };

  for (const one of tables) {
    for (const head of find("th", one.table)) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => sort(one, head));
    }
  }
  for (const button of kindButtons) {
    button.addEventListener("click", () => {
      button.ariaPressed = button.ariaPressed === "true" ? "false" : "true";
      select();
    });
  }
  field.addEventListener("input", select);
  if (total > 0) {
    document.documentElement.classList.add("js");
    document.getElementById("controls").hidden = false;
    select();
  }
})();
`;
