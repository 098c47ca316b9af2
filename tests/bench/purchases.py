"""Real purchases, fetched once with the shared folder's get-purchases and kept beside the other bench files."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections import defaultdict
from datetime import date
from pathlib import Path

from tests.bench import files
from tests.bench.figures import NotMeasurable

TOOL = Path(__file__).parents[2].parent / "shared" / "tools" / "get-purchases"
_WAIT = 600

Series = list[tuple[int, int]]
"""One household's purchases of one product: (day number, items), one a day, rising."""


def folder(big: bool) -> Path:
    """The folder with the CSV files: `CRM_PURCHASES`, or fetched into the bench folder.

    Args:
        big: with the grocer's baskets, which need pyarrow (installed into a folder of its own, not into this venv).

    Raises:
        NotMeasurable: the tool is absent or the packages cannot be fetched.
    """
    place = Path(os.environ.get("CRM_PURCHASES", str(files.folder() / "purchases")))
    wanted = place / ("grocer_lines.csv" if big else "cdnow_all.csv")
    if wanted.exists():
        return place
    if not TOOL.exists():
        raise NotMeasurable(f"no real purchases: {TOOL} is absent and {wanted} does not exist")
    environment = dict(os.environ)
    if big:
        arrow = files.folder() / "pyarrow"
        environment["PYTHONPATH"] = str(arrow)
        if not arrow.exists():
            _run([sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(arrow), "pyarrow"])
    _run([sys.executable, str(TOOL), str(place), *["--big"] * big], environment)
    if not wanted.exists():
        raise NotMeasurable(f"get-purchases wrote no {wanted.name}")
    return place


def _run(command: list[str], environment: dict[str, str] | None = None) -> None:
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=_WAIT)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotMeasurable(f"real purchases cannot be fetched: {error}") from error
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise NotMeasurable(f"real purchases cannot be fetched: {last[:200]}")


def grocer(fewest: int) -> dict[tuple[int, str], Series]:
    """Purchases by (household, product), those bought on at least `fewest` days."""
    found: dict[tuple[int, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    numbers: dict[str, int] = {}
    with (folder(big=True) / "grocer_lines.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            text = row["date"]
            if text not in numbers:
                numbers[text] = date.fromisoformat(text).toordinal()
            found[int(row["customer"]), row["product"]][numbers[text]] += int(row["items"])
    return {key: sorted(days.items()) for key, days in found.items() if len(days) >= fewest}
