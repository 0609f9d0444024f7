"""Run the reference upstream: `python tests/reference --http 0`, `--sse 0` or `--stdio`.

It runs as a folder as well as a module, so that a command line needs no working directory.
"""

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[2])

from tests.reference.run import main  # noqa: E402 - a folder that is run has itself on the path, not its root

if __name__ == "__main__":
    main()
