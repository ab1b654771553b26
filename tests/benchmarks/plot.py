"""Draw what ``tests.benchmarks.search`` measured: ``python -m tests.benchmarks.plot FILE.json FILE.svg``."""

from __future__ import annotations

import json
from pathlib import Path

import click
from matplotlib.figure import Figure


@click.command()
@click.argument("measured", type=click.Path(exists=True, path_type=Path))
@click.argument("drawn", type=click.Path(path_type=Path))
def main(measured: Path, drawn: Path) -> None:
    """Draw the CPU time of a question in the middle against the size of the corpus, an engine a line."""
    sizes = json.loads(measured.read_text(encoding="utf-8"))["sizes"]
    figure = Figure(figsize=(6, 3.6), layout="constrained")
    axes = figure.subplots()
    for name in dict.fromkeys(name for one in sizes for name in one["engines"]):
        held = [one for one in sizes if name in one["engines"]]
        axes.plot(
            [one["characters"] / 1e6 for one in held],
            [one["engines"][name]["ms"]["p50"] for one in held],
            marker="o",
            label=name,
            linewidth=2.5 if name == "yinju" else 1.2,
        )
    axes.set(xscale="log", yscale="log", xlabel="million characters", ylabel="CPU ms a question (median)")
    axes.grid(which="both", alpha=0.25)
    axes.legend(frameon=False)
    figure.savefig(drawn, metadata={"Date": None})


if __name__ == "__main__":
    main()
