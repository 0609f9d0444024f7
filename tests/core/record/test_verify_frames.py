from dataclasses import replace

from firedoor.core.record.frame import session_bytes
from firedoor.core.record.verify_frames import FrameCheck, fault_of
from firedoor.core.record.verify_log import CheckedLog, check_log, open_log
from tests.core.record.logged import found_in_journal, leaves_of, log_of, plain_frames
from tests.core.record.sealed import SESSION

OTHER = "0193f0aa-1122-7333-8444-555566660001"
FRAMES = plain_frames(5)
FOUND = found_in_journal([*FRAMES, *plain_frames(3, OTHER)])


def checked(count: int) -> CheckedLog:
    folder = log_of(leaves_of([frame.content for frame in FOUND[:count]]))
    log = open_log(folder)
    assert isinstance(log, CheckedLog)
    check_log(log, folder)
    return log


def logged(count: int = 8) -> FrameCheck:
    return FrameCheck([checked(count)])


def test_frames_that_were_logged_have_their_leaves() -> None:
    check = logged()
    assert all(check.see(frame) for frame in FOUND)
    assert check.faults == []
    assert list(check.missing()) == []
    assert check.frames == 8


def test_a_frame_in_two_places_is_one_frame() -> None:
    check = logged()
    moved = [replace(f, file="sessions/x.fdrec", is_in_journal=False) for f in FOUND[:5]]
    assert all(check.see(frame) for frame in [*moved, *FOUND])
    assert check.frames == 8
    assert check.faults == []


def test_a_changed_frame_is_named_with_its_place() -> None:
    check = logged()
    changed = replace(FOUND[3], content=FOUND[3].content[:-1] + b"x")
    assert not check.see(changed)
    fault = check.faults[0]
    assert (fault.code, fault.file, fault.offset) == ("frame_changed", "journal/0.seg", FOUND[3].offset)
    assert (fault.session, fault.sequence, fault.leaf) == (SESSION, 3, 4)


def test_leaves_without_frames_are_missing_from_where_to_where() -> None:
    check = logged()
    for frame in (FOUND[0], FOUND[3], *FOUND[5:7]):
        check.see(frame)
    missing = list(check.missing())
    assert [(m.session, m.first, m.last) for m in missing] == [
        (session_bytes(SESSION), 1, 2),
        (session_bytes(SESSION), 4, 4),
        (session_bytes(OTHER), 2, 2),
    ]
    assert [m.first for m in check.missing(session_bytes(OTHER))] == [2]
    assert list(check.missing(bytes(16))) == []
    told = [fault_of(m) for m in missing]
    assert [(f.session, f.sequence, f.leaf) for f in told] == [
        (SESSION, 1, 2),
        (SESSION, 4, 5),
        (OTHER, 2, 8),
    ]
    assert "2 frames from it on" in told[0].why
    assert "56 bytes" in told[1].why


def test_frames_at_the_end_of_the_journal_may_be_too_young_to_be_logged() -> None:
    check = logged(6)
    for frame in FOUND:
        check.see(frame)
    assert [frame.header.sequence for frame in check.unlogged] == [1, 2]
    assert check.faults == []


def test_a_frame_that_no_log_has_stands_nowhere_else() -> None:
    stranger = found_in_journal(plain_frames(1, "0193f0aa-1122-7333-8444-555566660002"))[0]
    check = logged()
    check.see(FOUND[0])
    check.see(stranger)
    check.see(FOUND[1])
    assert [(f.code, f.session) for f in check.faults] == [
        ("frame_not_logged", "0193f0aa-1122-7333-8444-555566660002")
    ]
    for check, codes in ((FrameCheck([]), ["frame_not_logged"]), (logged(), [])):
        check.see(replace(stranger, is_in_journal=False))
        assert check.has_early
        check.look_again([])
        assert not check.has_early
        assert [f.code for f in check.faults] == codes
        # Of the instant of the newest leaf, or about: its session may have ended after the log was copied.
        assert bool(check.later) is not bool(codes)


def test_a_frame_of_a_session_file_may_be_logged_by_now_but_as_it_is_and_under_its_number() -> None:
    check = FrameCheck([])
    changed = replace(FOUND[5], content=FOUND[5].content[:-1] + b"x")
    for frame in (FOUND[4], changed, *FOUND[6:]):
        check.see(replace(frame, file="sessions/x.fdrec", is_in_journal=False))
    check.look_again([checked(5), checked(7)])
    assert [(f.code, f.session, f.sequence) for f in check.faults] == [
        ("frame_not_logged", OTHER, 0),
        ("frame_not_logged", OTHER, 2),
    ]
    assert check.later == []


def test_the_journal_has_the_order_of_the_log() -> None:
    check = logged()
    for frame in (FOUND[0], FOUND[2], FOUND[1]):
        check.see(frame)
    assert [(f.code, f.sequence) for f in check.faults] == [("frame_moved", 1)]
