(() => {
  "use strict";
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/g, "d").replace(/Đ/g, "D").toLowerCase();
  const order = new Intl.Collator("vi", { numeric: true });
  const keyOf = (row, at) => row.cells[at].dataset.sort ?? row.cells[at].textContent.trim();

  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    const body = table.tBodies[0];
    heads.forEach((head, at) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const falls = head.getAttribute("aria-sort") === "ascending";
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", falls ? "descending" : "ascending");
        const isNumber = head.classList.contains("number");
        const compare = (one, two) => {
          const [a, b] = [keyOf(one, at), keyOf(two, at)];
          if (a === "" || b === "") return (a === "") - (b === "");
          return (falls ? -1 : 1) * (isNumber ? Number(a) - Number(b) : order.compare(a, b));
        };
        body.append(...[...body.rows].sort(compare));
      });
    });
  }

  for (const search of document.querySelectorAll("[data-searches]")) {
    const rows = [...document.getElementById(search.dataset.searches).tBodies[0].rows];
    const input = search.querySelector("input");
    const told = search.querySelector("output");
    search.hidden = false;
    input.addEventListener("input", () => {
      const wanted = plain(input.value.trim());
      for (const row of rows) row.hidden = !plain(row.cells[1].textContent).includes(wanted);
      told.textContent = `${rows.filter((row) => !row.hidden).length} / ${rows.length}`;
    });
  }
})();
