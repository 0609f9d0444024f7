"""The stdio upstream of the benchmark, for the peers that only front a child process.

usage: upstream_stdio.py [CORE]

It moves itself to CORE, away from the proxy that started it: no upstream runs on the measured core.
"""

import json
import os
import sys

from answers import answer


def main() -> None:
    if len(sys.argv) > 1:
        os.sched_setaffinity(0, {int(sys.argv[1])})
    out = sys.stdout.buffer
    for line in sys.stdin.buffer:
        answered = answer(json.loads(line))
        if answered is not None:
            out.write(answered + b"\n")
            out.flush()


if __name__ == "__main__":
    main()
