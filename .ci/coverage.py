"""Every branch of model, core and operations is taken by the tests of the pure floors and the engine.

Runs them under coverage, folder by folder, as many beside each other as there are cores, and compares with
`uncovered.txt`, which names files that are not covered yet. A file that is not in it and not covered fails:
the list only shrinks. One that is in it and covered is named.
Cases are the same in every run, so that whether a branch is taken is not left to chance.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path

HERE = Path(__file__).parent
REPOSITORY = HERE.parent
FLOORS = ("model", "core", "operations")
TESTS = ("tests/model", "tests/core", "tests/operations", "tests/engine")
SAME = ("-p", "no:randomly", "--hypothesis-seed=0", "--timeout=300")
# What measures time measures the tracing here. `make test` runs it.
TIMED = ("-k", "not test_no_pattern_takes_more_than_linear_time_for_a_megabyte_of_adverse_text")
# More of the same cases take no other branch. `make test` runs as many as it is told.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("FIREDOOR_")}


def folders() -> list[list[str]]:
    """The test files, folder by folder: those with the most text first, for they tend to take longest."""
    files = sorted(file for tests in TESTS for file in (REPOSITORY / tests).rglob("test_*.py"))
    found = [list(each) for _, each in groupby(files, key=lambda file: file.parent)]
    found.sort(key=lambda each: -sum(file.stat().st_size for file in each))
    return [[file.relative_to(REPOSITORY).as_posix() for file in each] for each in found]


def coverage(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the tool, and keep what it says."""
    command = [sys.executable, "-m", "coverage", *words]
    return subprocess.run(  # noqa: S603 - our own interpreter
        command, cwd=REPOSITORY, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True, check=False
    )


def run(files: Sequence[str], data: Path) -> bool:
    """Run tests, and show what they say unless all of them pass."""
    sources = ",".join(f"src/firedoor/{floor}" for floor in FLOORS)
    began = time.monotonic()
    done = coverage(
        "run", f"--data-file={data}", "--branch", f"--source={sources}",
        "-m", "pytest", "-q", *SAME, *TIMED, *files,
    )  # fmt: skip
    told = "" if done.returncode == 0 else done.stdout
    sys.stdout.write(f"{told}{time.monotonic() - began:6.1f} s {files[0].rpartition('/')[0]}\n")
    return done.returncode == 0


def covered(folder: Path) -> dict[str, bool]:
    """By file: whether each line and each branch of it was run."""
    together, told = f"--data-file={folder / 'data'}", folder / "told.json"
    parts = folders()
    datas = [folder / f"part.{number}" for number in range(len(parts))]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        if not all(list(pool.map(run, parts, datas))):
            sys.exit("some tests fail: what they cover is not asked")
    for words in (["combine", together, *map(str, datas)], ["json", together, "-q", "-o", str(told)]):
        coverage(*words).check_returncode()
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
