"""A shelf that is an S3 bucket or a folder.

What is put is new, or the same as what is there: whoever holds the credentials of the gateway, and no others,
cannot change a copy that was made. Credentials and the address of another S3 than Amazon's come from the
environment (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT`), never from settings.
"""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, S3Store

from firedoor.edges.store.copies.shelf import CopyDiffersError, Shelf

S3 = "s3://"
NOT_LONGER = timedelta(seconds=5)
"""For a request and its repetitions together. A store that hangs must not hold what comes after."""


def shelf_at(place: str) -> Shelf:
    """Open `s3://bucket/folder`, or a folder.

    Raises:
        OSError: the folder cannot be made, or the address is none.
    """
    try:
        if not place.startswith(S3):
            return ObjectShelf(LocalStore(Path(place), mkdir=True), Path(place))
        store = S3Store.from_url(
            place,
            client_options={
                "timeout": NOT_LONGER,
                "connect_timeout": NOT_LONGER,
                "allow_http": os.environ.get("AWS_ENDPOINT", "").startswith("http://"),
            },
            retry_config={"max_retries": 2, "retry_timeout": NOT_LONGER},
        )
        return ObjectShelf(store)
    except (BaseError, ValueError) as fault:
        raise OSError(first_line(fault)) from None


class ObjectShelf:
    """Implements `Shelf` over obstore."""

    def __init__(self, store: LocalStore | S3Store, folder: Path | None = None) -> None:
        """Take the store, and its folder if it is one: what is put there is synced."""
        self._store, self._folder = store, folder

    def names(self, folder: str) -> Iterator[str]:
        """Name everything below a folder."""
        try:
            pages = obstore.list(self._store, prefix=folder)  # pyright: ignore[reportUnknownMemberType]
            for page in pages:
                yield from (each["path"] for each in page)
        except BaseError as fault:
            raise OSError(first_line(fault)) from None

    def put(self, name: str, content: bytes) -> None:
        """Put something that is new."""
        try:
            obstore.put(self._store, name, content, mode="create", use_multipart=False)
        except (AlreadyExistsError, FileExistsError):
            if self.read(name) != content:
                raise CopyDiffersError(name) from None
        except (BaseError, FileNotFoundError) as fault:  # not found: there is no such bucket
            raise OSError(first_line(fault)) from None
        if self._folder is not None:
            _sync(self._folder / name)
            _sync((self._folder / name).parent)

    def read(self, name: str) -> bytes:
        """Return what is there."""
        try:
            return bytes(obstore.get(self._store, name).bytes())
        except (BaseError, FileNotFoundError) as fault:
            raise OSError(first_line(fault)) from None

    def remove(self, name: str) -> None:
        """Remove a copy."""
        try:
            obstore.delete(self._store, name)
        except FileNotFoundError:
            pass
        except BaseError as fault:
            raise OSError(first_line(fault)) from None


def first_line(fault: Exception) -> str:
    """What went wrong, for people. Further lines are of the library's insides."""
    return (str(fault).strip().splitlines() or [type(fault).__name__])[0][:300]


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
