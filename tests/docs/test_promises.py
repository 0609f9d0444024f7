"""Every promise is stated on a page, with how much of it is shown."""

from tests.helpers.promises_page import GROUPS, OWN, PAGE, page, row, shown
from tests.requirements import PROMISES, Later, Promise


def test_the_page_states_every_promise_as_the_tests_know_it() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "`make fix` writes it"
    assert all(row(promise) in page() for promise in PROMISES)


def test_what_is_due_is_explained_on_a_page_that_is_there() -> None:
    for promise in PROMISES:
        prefix = promise.id.rpartition("-")[0]
        explained_in = OWN.get(promise.id) or GROUPS[prefix][1]
        assert explained_in or not promise.is_due, promise.id
        assert not explained_in or (PAGE.parent / explained_in).is_file(), promise.id


def test_what_is_shown_in_part_says_which_part() -> None:
    part = Promise(id="A-1", sentence="All.", so_far="Half.", later=Later.RUN)
    assert shown(part) == "in part: Half"
    assert shown(Promise(id="A-1", sentence="All.", later=Later.RUN)) == "not yet"
    assert shown(Promise(id="A-1", sentence="All.")) == "yes"
