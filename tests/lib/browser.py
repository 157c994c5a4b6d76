"""A browser of the tests' own, Chromium without a window; and what it is asked about a page."""

from __future__ import annotations

OPTIONS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]
ON_A_TELEPHONE = """() => {
  const screen = { left: 0, right: document.documentElement.clientWidth }, seen = (one) => one.checkVisibility();
  const placed = (one) => one.getBoundingClientRect();
  const within = (box, room) => box.left >= room.left - 1 && box.right <= room.right + 1;
  const charts = [...document.querySelectorAll(".chart svg")].filter(seen).map((svg) => {
    const texts = [...svg.querySelectorAll("text")].filter((text) => text.textContent.trim());
    return {
      fits: within(placed(svg), screen) && within(placed(svg), placed(svg.closest(".chart"))),
      cut: [...svg.querySelectorAll("text, path")].some((mark) => seen(mark) && !within(placed(mark), placed(svg))),
      letters: Math.min(...texts.map((text) => parseFloat(getComputedStyle(text).fontSize) * svg.getScreenCTM().a)),
    };
  });
  const wide = (one) => one.clientWidth && one.scrollWidth > one.clientWidth + 1;
  const sideways = [document.documentElement, ...document.querySelectorAll("body *")]
    .filter((one) => seen(one) && wide(one) && !one.closest("svg, thead, .plot"))
    .map((one) => one.outerHTML.slice(0, 99));
  const ranked = [...document.querySelectorAll("table.ranking tbody tr")]
    .map((row) => [...row.cells].filter((cell) => /^[0-9]+(–[0-9]+)?$/.test(cell.textContent.trim())))
    .filter(([rank]) => rank === rank?.parentElement.cells[0])
    .map((cells) => [placed(cells[0]), placed(cells.at(-1))]);
  const apart = ranked.filter(([rank, set]) => !(rank.width && within(rank, screen) && within(set, screen)
    && rank.right <= set.left && set.left - rank.right < 20 && rank.bottom > set.top && rank.top < set.bottom));
  return { charts, sideways, ranked: ranked.length, apart };
}"""
"""How its charts lie on a telephone, what is wider than its place, and which ranks stand apart from their sets."""
