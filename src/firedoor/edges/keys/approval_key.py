"""The key of the digests of approvals, in a file that only the owner may read. Never in a log.

Without it nobody can tell from the database which arguments a call was held with. Gateways that share a
database share the file: else each knows only the approvals of its own calls.
"""

from pathlib import Path

from firedoor.edges.keys.private import make_secret, read_secret
from firedoor.model.errors import SettingsError

FILE = "approvals.key"
_BYTES = 32


def approval_key(data_dir: Path) -> bytes:
    """Read the key; make it once.

    Raises:
        SettingsError: the file is damaged, or others may read it.
    """
    file = data_dir / "keys" / FILE
    if not file.exists():
        make_secret(file, _BYTES)
    key = read_secret(file, _BYTES)
    if key is None:
        hint = "Delete it: calls that wait for approval must be repeated then."
        raise SettingsError("key_file_damaged", f"{file} holds no key of approvals.", hint)
    return key
