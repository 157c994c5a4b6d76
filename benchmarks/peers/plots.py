"""The plots of a run, beside its JSON; needs matplotlib only.

python plots.py benchmarks/results/peers.json
"""

import json
import statistics
import sys
from pathlib import Path

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

STYLES = {"limit": {"color": "black", "linestyle": "--"}, "ours": {"color": "#c1121f", "linewidth": 2.5}, "peer": {}}
COLOURS = [colour for place, colour in enumerate(plt.get_cmap("tab20").colors) if place not in (6, 7)]  # red is ours
SAVED = {"bbox_inches": "tight", "metadata": {"Date": None}}


def main(file):
    run = json.loads(file.read_text("utf-8"))
    matplotlib.rcParams.update({"svg.hashsalt": "hailong", "font.size": 9})
    lines = [line for line in run["lines"] if line["engine"] == "postgresql" and not line["problem"]]
    growth(run["peers"], lines).savefig(file.with_name(f"{file.stem}-growth.svg"), **SAVED)
    largest = max(line["rows"] for line in lines)
    at_largest = [line for line in lines if line["rows"] == largest]
    memory(run["peers"], at_largest).savefig(file.with_name(f"{file.stem}-memory.svg"), **SAVED)


def growth(peers, lines):
    figure, axes = plt.subplots(figsize=(8, 5.5))
    for place, peer in enumerate(peers):
        own = [line for line in lines if line["code"] == peer["code"]]
        points = sorted((line["rows"], statistics.median(line["seconds"])) for line in own)
        if points:
            style = {"color": COLOURS[place % len(COLOURS)], "marker": "o", "markersize": 3, **STYLES[peer["role"]]}
            if peer["code"] == "ours_landed":
                style["linestyle"] = ":"
            axes.loglog(*zip(*points, strict=True), label=peer["name"], **style)
    axes.set(xlabel="responses", ylabel="seconds", title="PostgreSQL to PostgreSQL: time over rows")
    axes.grid(True, which="both", alpha=0.25)
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)
    return figure


def memory(peers, lines):
    by_code = {peer["code"]: peer for peer in peers}
    lines = sorted(lines, key=lambda line: statistics.median(line["peak_mb"]), reverse=True)
    figure, axes = plt.subplots(figsize=(8, 0.32 * len(lines) + 1))
    colours = {"limit": "black", "ours": "#c1121f", "peer": "#8d99ae"}
    bars = axes.barh(
        [by_code[line["code"]]["name"] for line in lines],
        [statistics.median(line["peak_mb"]) for line in lines],
        color=[colours[by_code[line["code"]]["role"]] for line in lines],
    )
    axes.bar_label(bars, fmt="{:,.0f}", padding=3)
    axes.set(xlabel="peak MB of all processes, servers not counted", title=f"Memory at {lines[0]['rows']:,} responses")
    axes.margins(x=0.12)
    return figure


if __name__ == "__main__":
    main(Path(sys.argv[1]))
