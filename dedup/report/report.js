"use strict";
// The report is whole without this: it adds filters, sorting, and a mark on the passage pointed at.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  const tell = (controls, items, word) => {
    const seen = items.filter((item) => !item.hidden).length;
    controls.querySelector("output").textContent = `${seen} of ${items.length} ${word} shown`;
  };

  const start = (name, items, word, fits) => {
    const controls = document.querySelector(`[data-controls="${name}"]`);
    if (!controls || !items.length) return;
    const update = () => {
      for (const item of items) item.hidden = !fits(item, controls);
      tell(controls, items, word);
    };
    controls.hidden = false;
    controls.addEventListener("input", update);
    update();
  };

  start("sources", all(".sources tbody tr"), "sources", (row, controls) => {
    const name = controls.querySelector('[data-filter="name"]').value.trim().toLowerCase();
    const alarming = controls.querySelector('[data-filter="alarm"]').checked;
    return row.dataset.name.includes(name) && (!alarming || row.classList.contains("alarm"));
  });

  start("removed", all("#removed-list > .pair"), "documents", (pair, controls) => {
    const reason = controls.querySelector("select").value;
    const words = controls.querySelector("input").value.trim().toLowerCase();
    return (!reason || pair.dataset.relation === reason) &&
      (!words || pair.textContent.toLowerCase().includes(words));
  });

  start("blocks", all(".block"), "blocks", (block, controls) => {
    const kept = controls.querySelector("select").value;
    const box = all("input", controls).find((input) => input.value === block.dataset.label);
    return (!kept || block.dataset.kept === kept) && box.checked;
  });

  const figure = (cell) => {
    const text = cell.textContent.trim().replace(/,/g, "");
    const value = parseFloat(text);
    return Number.isNaN(value) ? -1 : value;
  };

  for (const table of all("table.sources")) {
    all("thead th", table).forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const falls = head.getAttribute("aria-sort") !== "descending";
        all("thead th", table).forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", falls ? "descending" : "ascending");
        const body = table.querySelector("tbody");
        const rows = [...body.rows].sort((one, two) => column
          ? figure(one.cells[column]) - figure(two.cells[column])
          : two.dataset.name.localeCompare(one.dataset.name));
        body.append(...(falls ? rows.reverse() : rows));
      });
    });
  }

  const point = (event) => {
    const mark = event.target.closest?.("mark");
    for (const old of all("mark.other")) old.classList.remove("other");
    const sides = mark?.closest(".sides");
    if (!sides) return;
    const numbers = mark.dataset.passages.split(" ");
    for (const other of all("mark", sides)) {
      if (numbers.some((n) => other.dataset.passages.split(" ").includes(n))) {
        other.classList.add("other");
      }
    }
  };
  document.addEventListener("pointerover", point);
  document.addEventListener("focusin", point);
})();
