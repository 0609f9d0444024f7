"""A shelf that is an S3 bucket or a folder. Each put says that there must be nothing under its name.

That keeps us from replacing a copy. It does not keep whoever has taken over the gateway and its credentials:
against that the bucket must refuse puts without that condition, or keep versions (docs/howto/copies.md).
Credentials and the address of another S3 than Amazon's come from the environment (`AWS_ACCESS_KEY_ID`,
`AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT`), never from settings.
"""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, S3Store

from firedoor.edges.store.copies.shelf import LARGE_BYTES, CopyDiffersError, Shelf

S3 = "s3://"
CONNECT = timedelta(seconds=5)
SMALL = timedelta(seconds=10)
"""For a request. A store that hangs must not hold what comes after."""
LARGE = timedelta(minutes=10)
"""For more than `LARGE_BYTES`, up or down."""


def shelf_at(place: str) -> Shelf:
    """Open `s3://bucket/folder`, or a folder.

    Raises:
        OSError: the folder cannot be made, or the address is none.
    """
    try:
        if not place.startswith(S3):
            return ObjectShelf(LocalStore(Path(place), mkdir=True), folder=Path(place))
        return ObjectShelf(_bucket(place, SMALL), patient=_bucket(place, LARGE))
    except (BaseError, ValueError) as fault:
        raise OSError(first_line(fault)) from None


def _bucket(place: str, timeout: timedelta) -> S3Store:
    return S3Store.from_url(
        place,
        client_options={
            "timeout": timeout,
            "connect_timeout": CONNECT,
            "allow_http": os.environ.get("AWS_ENDPOINT", "").startswith("http://"),
        },
        retry_config={"max_retries": 2, "retry_timeout": CONNECT},
    )


class ObjectShelf:
    """Implements `Shelf` over obstore."""

    def __init__(
        self, store: LocalStore | S3Store, *, patient: S3Store | None = None, folder: Path | None = None
    ) -> None:
        """Take the store, the same with time for what is large, and its folder, if it is one, to sync."""
        self._store, self._patient, self._folder = store, patient or store, folder

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
            store = self._patient if len(content) > LARGE_BYTES else self._store
            obstore.put(store, name, content, mode="create", use_multipart=False)
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
            return bytes(obstore.get(self._patient, name).bytes())
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
