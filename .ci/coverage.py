"""Every branch of model, core and operations is taken by the tests of the pure floors and the engine.

Runs them under coverage and compares with `uncovered.txt`, which names files that are not covered yet. A file
that is not in it and not covered fails: the list only shrinks. One that is in it and covered is named.
Cases are the same in every run, so that whether a branch is taken is not left to chance.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
FLOORS = ("model", "core", "operations")
TESTS = ("tests/model", "tests/core", "tests/operations", "tests/engine")
SAME = ("-p", "no:randomly", "--hypothesis-seed=0", "--timeout=300")
# What measures time measures the tracing here. `make test` runs it.
TIMED = ("-k", "not test_no_pattern_takes_more_than_linear_time_for_a_megabyte_of_adverse_text")


def covered(folder: Path) -> dict[str, bool]:
    """By file: whether each line and each branch of it was run."""
    data, told = f"--data-file={folder / 'data'}", folder / "told.json"
    sources = ",".join(f"src/firedoor/{floor}" for floor in FLOORS)
    for words in (
        ["run", data, "--branch", f"--source={sources}", "-m", "pytest", "-q", *SAME, *TIMED, *TESTS],
        ["json", data, "-q", "-o", str(told)],
    ):
        command = [sys.executable, "-m", "coverage", *words]
        subprocess.run(command, cwd=HERE.parent, check=True)  # noqa: S603 - our own interpreter
    files = json.loads(told.read_text(encoding="utf-8"))["files"]
    return {name: is_whole(found["summary"]) for name, found in files.items()}


def is_whole(summary: dict[str, int]) -> bool:
    """Whether nothing is missing."""
    return not summary["missing_lines"] and not summary["missing_branches"]


def main() -> int:
    """Compare, and say what differs."""
    with tempfile.TemporaryDirectory() as folder:
        found = covered(Path(folder))
    exempt = set((HERE / "uncovered.txt").read_text(encoding="utf-8").split())
    missing = sorted(name for name, is_done in found.items() if not is_done and name not in exempt)
    done = sorted(name for name in exempt if found.get(name, True))
    for name in missing:
        sys.stderr.write(f"{name}: not every branch is taken by a test\n")
    for name in done:
        sys.stderr.write(f"{name}: covered, or gone: take it out of .ci/uncovered.txt\n")
    sys.stdout.write(f"{sum(found.values())} of {len(found)} files: every branch is taken\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
