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

  const comparison = document.getElementById("comparison");
  if (comparison) {
    const rows = [...document.querySelectorAll("#treasuries tbody tr")];
    const rated = rows.filter((row) => row.dataset.count);
    const selects = [...comparison.querySelectorAll("select")];
    const table = document.getElementById("beside");
    const head = document.querySelector("#treasuries thead").cloneNode(true);
    for (const button of head.querySelectorAll("button")) button.replaceWith(...button.childNodes);
    head.querySelector("[aria-sort]").removeAttribute("aria-sort");
    table.append(head);
    const group = (name, members) => {
      const body = document.createElement("tbody");
      if (name) {
        const heading = body.insertRow().appendChild(document.createElement("th"));
        Object.assign(heading, { colSpan: head.rows[0].cells.length, scope: "rowgroup", textContent: name });
      }
      body.append(...members.map((row) => row.cloneNode(true)));
      return members.length ? [body] : [];
    };
    const mark = (own) => {
      for (const one of document.querySelectorAll(".me")) one.classList.remove("me");
      own?.classList.add("me");
      for (const text of own ? document.querySelectorAll(".chart text") : []) {
        const said = text.textContent.replace(/\s+\d+$/, "").trim();
        if (said === own.dataset.short) text.classList.add("me");
      }
      for (const dots of document.querySelectorAll("[data-chart=funnel] .mark-symbol.role-mark, [data-chart=ranks] .mark-symbol.role-mark")) {
        if (own && dots.children.length === rated.length) dots.children[rated.indexOf(own)]?.classList.add("me");
      }
    };
    const show = () => {
      const chosen = selects.map((select) => rows.find((row) => row.dataset.code === select.value));
      const own = chosen[0];
      mark(own);
      for (const body of [...table.tBodies]) body.remove();
      table.hidden = !own;
      if (!own) return;
      const others = rated.filter((row) => row !== own);
      const far = (row) => Math.abs(Math.log(row.dataset.count / own.dataset.count));
      const alike = own.dataset.count ? [...others].sort((one, two) => far(one) - far(two)).slice(0, 4) : [];
      table.append(
        ...group("", [...new Set(chosen.filter(Boolean))]),
        ...group(table.dataset.region, others.filter((row) => row.dataset.region === own.dataset.region)),
        ...group(table.dataset.alike, alike),
      );
    };
    for (const select of selects) {
      for (const row of [...rows].sort((one, two) => order.compare(one.dataset.short, two.dataset.short))) {
        select.append(new Option(row.dataset.short, row.dataset.code));
      }
      select.addEventListener("change", show);
    }
    const asked = new URLSearchParams(location.search);
    [asked.get("me"), ...(asked.get("with") ?? "").split(",")].slice(0, 3).forEach((code, at) => {
      if (rows.some((row) => row.dataset.code === code)) selects[at].value = code;
    });
    comparison.hidden = false;
    show();
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
