"""Copies are made behind the record, in an order that can be verified; a failure holds nothing up."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import Event, Lock

import pytest

from firedoor.core.record.session_file import session_path
from firedoor.core.record.tombstone import Tombstone
from firedoor.edges.export import verify_record as alone
from firedoor.edges.store.copies.copier import AT_ONCE, Copier, Pace, fetch, read_state
from firedoor.edges.store.copies.shelf import LARGE_BYTES, CopyDiffersError
from firedoor.edges.store.shredded import ShreddedFiles
from tests.edges.store.journal.around import session
from tests.edges.store.log.recorded import SESSIONS, checkpoint_of, recorded


@dataclass
class Shelf:
    """A shelf in memory, that may be away."""

    files: dict[str, bytes] = field(default_factory=dict)
    is_away: bool = False
    keeps_all: bool = False
    order: list[str] = field(default_factory=list)

    def names(self, folder: str) -> Iterator[str]:
        self._here()
        yield from [name for name in self.files if name.startswith(f"{folder}/")]

    def put(self, name: str, content: bytes) -> None:
        self._here()
        if self.files.setdefault(name, content) != content:
            raise CopyDiffersError(name)
        self.order.append(name)

    def read(self, name: str) -> bytes:
        return self.files[name]

    def remove(self, name: str) -> None:
        if self.keeps_all:
            raise OSError("kept by the bucket")
        self.files.pop(name, None)

    def _here(self) -> None:
        if self.is_away:
            raise OSError("nobody answers")


def copier_of(data_dir: Path, shelf: Shelf) -> Copier:
    clock = count(1_000_000, 1_000_000)
    return Copier(data_dir, lambda: shelf, now_us=lambda: next(clock))


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return recorded(tmp_path / "data", sessions=2, runs=2)


def files_of(data_dir: Path) -> set[str]:
    """What a copy should have."""
    kept = [*data_dir.glob("sessions/*/*/*.fdrec"), *data_dir.glob("log/*/key")]
    kept += [*(f for f in data_dir.glob("log/*/tile/**/*") if f.is_file()), *data_dir.glob("log/*/continues")]
    return {file.relative_to(data_dir).as_posix() for file in kept}


def test_sessions_that_ended_and_the_log_are_copied_and_keys_are_not(data_dir: Path) -> None:
    shelf = Shelf()
    copier_of(data_dir, shelf).step()
    assert files_of(data_dir) <= shelf.files.keys()
    assert all(shelf.files[name] == (data_dir / name).read_bytes() for name in files_of(data_dir))
    assert {name.split("/")[0] for name in shelf.files} == {"sessions", "log"}
    assert checkpoint_of(data_dir) in shelf.files.values()


def test_a_checkpoint_comes_after_the_tiles_that_it_is_over(data_dir: Path) -> None:
    shelf = Shelf()
    copier_of(data_dir, shelf).step()
    are_checkpoints = ["/checkpoints/" in name for name in shelf.order]
    assert are_checkpoints == sorted(are_checkpoints)
    assert are_checkpoints[-1]


def test_what_is_there_is_not_put_again_also_after_a_restart(data_dir: Path) -> None:
    shelf = Shelf()
    copier = copier_of(data_dir, shelf)
    copier.step()
    shelf.order.clear()
    copier.step()
    copier_of(data_dir, shelf).step()
    assert shelf.order == []


def test_what_is_new_is_copied_at_the_next_look(data_dir: Path) -> None:
    shelf = Shelf()
    copier = copier_of(data_dir, shelf)
    copier.step()
    before = set(shelf.files)
    other = recorded(data_dir.parent / "other", sessions=1)
    shutil.copytree(other / "sessions", data_dir / "sessions", dirs_exist_ok=True)
    shutil.copytree(other / "log", data_dir / "log", dirs_exist_ok=True)
    copier.step()
    assert files_of(data_dir) <= shelf.files.keys() > before


def test_a_shelf_that_is_away_is_told_and_what_waits_is_copied_later(data_dir: Path) -> None:
    shelf = Shelf(is_away=True)
    copier = copier_of(data_dir, shelf)
    copier.step()
    assert copier.state.trouble == "nobody answers"
    assert set(copier.state.waiting) >= files_of(data_dir)
    assert copier.behind_s > 0
    assert read_state(data_dir) == copier.state
    shelf.is_away = False
    copier.step()
    assert (copier.state.trouble, copier.state.waiting, copier.behind_s) == ("", (), 0)
    assert files_of(data_dir) <= shelf.files.keys()


def test_one_put_that_fails_ends_the_look_and_the_rest_is_not_tried_in_vain(data_dir: Path) -> None:
    class Full(Shelf):
        tried = 0

        def put(self, name: str, content: bytes) -> None:
            self.tried += 1
            raise OSError("full")

    shelf = Full()
    for number in range(100):
        (data_dir / "log" / "one" / "tile").mkdir(parents=True, exist_ok=True)
        (data_dir / "log" / "one" / "tile" / f"{number:03}").write_bytes(b"")
    copier = copier_of(data_dir, shelf)
    copier.step()
    assert copier.state.trouble == "full"
    assert shelf.tried <= AT_ONCE
    assert len(copier.state.waiting) > 100


def test_what_is_large_is_copied_too_and_before_the_checkpoint(data_dir: Path) -> None:
    file = next(iter(data_dir.glob("sessions/*/*/*.fdrec")))
    with file.open("ab") as more:
        more.truncate(LARGE_BYTES + 1)
    shelf = Shelf()
    copier_of(data_dir, shelf).step()
    assert len(shelf.files[file.relative_to(data_dir).as_posix()]) == LARGE_BYTES + 1
    assert "/checkpoints/" in shelf.order[-1]


def test_another_file_under_the_same_name_is_told_and_never_replaced(data_dir: Path) -> None:
    name = next(iter(data_dir.glob("sessions/*/*/*.fdrec"))).relative_to(data_dir).as_posix()
    # Somebody puts it between the listing and the put: a listing alone is not what holds.
    shelf = Shelf()
    copier = copier_of(data_dir, shelf)
    copier._reach()
    shelf.files[name] = b"something else"
    copier.step()
    assert copier.state.differing == (name,)
    assert copier.is_failing
    assert shelf.files[name] == b"something else"


def shred(data_dir: Path) -> str:
    """As retention does it: a note, and the file is gone."""
    (file,) = data_dir.glob(f"sessions/*/*/{SESSIONS[0]}.fdrec")
    stone = Tombstone(session=SESSIONS[0], log="x", first_leaf=1, last_leaf=2, frames=2, reason="30 days")
    ShreddedFiles(data_dir).note(stone, 1)
    file.unlink()
    return f"sessions/{session_path(SESSIONS[0])}"


def test_the_copy_of_a_session_that_was_shredded_is_removed(data_dir: Path) -> None:
    shelf = Shelf()
    copier = copier_of(data_dir, shelf)
    copier.step()
    name = shred(data_dir)
    assert name in shelf.files
    copier.step()
    assert name not in shelf.files
    assert copier.state.kept == ()


def test_a_copy_that_cannot_be_removed_is_told(data_dir: Path) -> None:
    shelf = Shelf(keeps_all=True)
    copier = copier_of(data_dir, shelf)
    copier.step()
    name = shred(data_dir)
    copier.step()
    assert copier.state.kept == (name,)
    assert not copier.state.trouble


def test_what_is_fetched_can_be_verified(data_dir: Path, tmp_path: Path) -> None:
    shelf = Shelf()
    copier_of(data_dir, shelf).step()
    place = tmp_path / "fetched"
    assert fetch(shelf, place) == len(shelf.files)
    pins = [alone.Key(file.read_text().strip()) for file in place.glob("log/*/key")]
    found = alone.Verification(str(place), alone.Given(pins, [checkpoint_of(data_dir)], None, 1 << 62))
    assert (found.faults, found.level, found.exit_code) == ([], 3, 0)
    with pytest.raises(FileExistsError):
        fetch(shelf, place)


def test_what_a_hostile_shelf_names_is_not_written_elsewhere(tmp_path: Path) -> None:
    shelf = Shelf(
        {"log/../../outside/key": b"x", "sessions/../outside": b"x", "log/one/tile/../../../o": b"x"}
    )
    fetch(shelf, tmp_path / "place" / "fetched")
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []


def test_it_copies_by_itself_and_what_ended_last_before_it_ends(data_dir: Path) -> None:
    shelf = Shelf()
    copier = Copier(data_dir, lambda: shelf, now_us=lambda: 1, pace=Pace(step_s=60))
    copier.start()
    copier.close()
    assert files_of(data_dir) <= shelf.files.keys()
    assert json.loads((data_dir / "copies.json").read_bytes())["waiting"] == []


EACH_S = 0.7
"""Between the ends of two sessions: no look is in step with them."""


@dataclass
class World:
    """Time goes by while the copier waits, and while a store of its pace takes a put."""

    data_dir: Path
    put_s: float
    now_s: float = 0.0
    next_s: float = 0.0
    until_s: float = 120.0
    came: dict[str, float] = field(default_factory=dict)
    put: dict[str, float] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def wait(self, _: Event, seconds: float) -> bool:
        self.pass_by(seconds)
        return self.now_s >= self.until_s

    def pass_by(self, seconds: float) -> None:
        """A session ends now and then, and its file is there."""
        with self.lock:
            end = self.now_s + seconds
            while self.next_s <= min(end, self.until_s - 20):
                name = f"sessions/{session_path(session(len(self.came)))}"
                file = self.data_dir / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(name.encode())
                self.came[name] = self.next_s
                self.next_s += EACH_S
            self.now_s = end


class SlowShelf(Shelf):
    """Takes its time, one put after the other."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world

    def put(self, name: str, content: bytes) -> None:
        self.world.pass_by(self.world.put_s)
        super().put(name, content)
        self.world.put.setdefault(name, self.world.now_s)


@pytest.mark.parametrize("put_s", [0.0, 0.3, 0.5])
def test_what_ended_is_copied_within_ten_seconds_however_it_falls(
    put_s: float, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    world = World(tmp_path, put_s)
    pace = Pace(clock=lambda: world.now_s, wait=world.wait)
    copier = Copier(tmp_path, lambda: SlowShelf(world), now_us=lambda: int(world.now_s * 1e6), pace=pace)
    copier.run()
    late = [world.put[name] - came for name, came in world.came.items()]
    assert len(late) >= 140
    assert max(late) <= 10
    record_property("figure", f"a put takes {put_s:g} s: copied {max(late):.1f} s later at most")
