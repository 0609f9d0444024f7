"""The command line: one file per command group, thin. Does nothing that operations or app do not."""

import os
import sys
from collections.abc import Sequence

from firedoor.model.errors import ClientError, FiredoorError, SettingsError

DONE, NO, MISTAKE, NOT_ENOUGH = 0, 1, 2, 3
"""Exit codes: done; the answer is no; the caller's mistake; not enough evidence."""
INTERRUPTED = 130
"""As shells have it: 128 and SIGINT."""


def main(tokens: Sequence[str] | None = None) -> None:
    """Run one command and leave the process with its exit code."""
    sys.exit(run(sys.argv[1:] if tokens is None else tokens))


def run(tokens: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    from cyclopts import CycloptsError

    from firedoor.cli.commands import commands

    try:
        result = commands()(list(tokens), exit_on_error=False, print_error=True, result_action="return_value")
        sys.stdout.flush()
    except CycloptsError as mistake:  # it was printed
        command = " ".join(["firedoor", *(mistake.command_chain or ())])
        print(f"  {command} --help shows what it takes.", file=sys.stderr)
        return MISTAKE
    except FiredoorError as error:
        print(f"firedoor: {error}", file=sys.stderr)
        return MISTAKE if isinstance(error, SettingsError | ClientError) else NO
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read us has seen enough. Python must not complain at exit that it cannot flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        return told_by_the_machine(error)
    return result if isinstance(result, int) else DONE


def told_by_the_machine(error: OSError) -> int:
    """Say what the machine said: a disk that is full, a folder that may not be written. Its exit code."""
    where = f": {error.filename}" if error.filename else ""
    print(f"firedoor: {error.strerror or error}{where}", file=sys.stderr)
    if not isinstance(error, PermissionError):
        return NO
    print("  Run it as the user of the gateway: sudo -u USER firedoor …", file=sys.stderr)
    return MISTAKE
