"""Every branch of model, core and operations is taken by the tests of the pure floors and the engine.

Runs them under coverage and compares with `uncovered.txt`, which names files, and folders by a slash at the
end, that are not covered yet. A file that is not in it and not covered fails, and so does one that is in it
and covered: the list only shrinks.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
FLOORS = ("model", "core", "operations")
TESTS = ("tests/model", "tests/core", "tests/operations", "tests/engine")


def covered(folder: Path) -> dict[str, bool]:
    """By file: whether each line and each branch of it was run."""
    data, told = f"--data-file={folder / 'data'}", folder / "told.json"
    sources = ",".join(f"src/firedoor/{floor}" for floor in FLOORS)
    for words in (
        ["run", data, "--branch", f"--source={sources}", "-m", "pytest", "-q", *TESTS],
        ["json", data, "-q", "-o", str(told)],
    ):
        command = [sys.executable, "-m", "coverage", *words]
        subprocess.run(command, cwd=HERE.parent, check=True)  # noqa: S603 - our own interpreter
    files = json.loads(told.read_text(encoding="utf-8"))["files"]
    return {name: is_whole(found["summary"]) for name, found in files.items()}


def is_whole(summary: dict[str, int]) -> bool:
    """Whether nothing is missing."""
    return not summary["missing_lines"] and not summary["missing_branches"]


def is_exempt(name: str, exempt: set[str]) -> bool:
    """Whether the list names the file, or a folder above it."""
    return name in exempt or any(each.endswith("/") and name.startswith(each) for each in exempt)


def main() -> int:
    """Compare, and say what differs."""
    with tempfile.TemporaryDirectory() as folder:
        found = covered(Path(folder))
    exempt = set((HERE / "uncovered.txt").read_text(encoding="utf-8").split())
    missing = sorted(name for name, is_done in found.items() if not is_done and not is_exempt(name, exempt))
    done = sorted(name for name in exempt if not name.endswith("/") and found.get(name, True))
    for name in missing:
        sys.stderr.write(f"{name}: not every branch is taken by a test\n")
    for name in done:
        sys.stderr.write(f"{name}: covered, or gone: take it out of .ci/uncovered.txt\n")
    sys.stdout.write(f"{sum(found.values())} of {len(found)} files: every branch is taken\n")
    return 1 if missing or done else 0


if __name__ == "__main__":
    sys.exit(main())
