"""`python -m tests.bench [ID…]` measures and prints one table; exit code 1 if a must is missed.

Each module `measure_*.py` beside this one registers its functions with `@bench("P4")`.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
import time

import tests.bench
from tests.bench.figures import BENCHES, HEAD, NotMeasurable, line


def main(wanted: list[str]) -> int:
    """Measure what is `wanted` (all if nothing is) and print the table."""
    broken = 0
    for module in pkgutil.iter_modules(tests.bench.__path__):
        if module.name.startswith("measure_"):
            try:
                importlib.import_module(f"tests.bench.{module.name}")
            except ImportError as error:
                print(f"{module.name} cannot be loaded: {error}", file=sys.stderr)
                broken += 1
    unknown = [ident for ident in wanted if ident not in BENCHES]
    if unknown:
        print(
            f"no benchmark {', '.join(unknown)}; there are: {', '.join(sorted(BENCHES, key=_order))}", file=sys.stderr
        )
        return 2
    print("| " + " | ".join(HEAD) + " |\n|" + "---|" * len(HEAD), flush=True)
    over = 0
    for ident in sorted(wanted or BENCHES, key=_order):
        for run in BENCHES[ident]:
            began = time.perf_counter()
            try:
                for figure in run():
                    over += figure.verdict == "OVER"
                    print("| " + " | ".join(line(ident, figure)) + " |", flush=True)
            except NotMeasurable as reason:
                print(f"| {ident} | not measured: {reason} |" + " |" * (len(HEAD) - 2), flush=True)
            print(f"{ident} took {time.perf_counter() - began:.0f} s", file=sys.stderr)
    return int(over + broken > 0)


def _order(ident: str) -> tuple[int, str]:
    digits = "".join(character for character in ident if character.isdigit())
    return int(digits or 0), ident


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
