"""What kept definitions promise, whichever database keeps them."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from firedoor.edges.store.definitions import FORMER, LONGEST
from firedoor.edges.store.store import Store
from firedoor.model.definition import Definition, DefinitionKind, Suspicion
from firedoor.ports.definitions import Known

TOOL, PROMPT = DefinitionKind.TOOL, DefinitionKind.PROMPT
IN_ANOTHER_PROCESS = """
import sys
from pathlib import Path
from firedoor.edges.store.store import Store
from firedoor.model.definition import DefinitionKind
store = Store.open(sys.argv[1], Path(sys.argv[2]))
store.definitions.accept("crm", [(DefinitionKind.TOOL, "1" * 64)], "eve", 9)
store.close()
"""


def definition(number: int, name: str = "echo", kind: DefinitionKind = TOOL, **changes) -> Definition:
    given = {"text": f'{{"name":"{name}","number":{number}}}', **changes}
    return Definition(kind=kind, name=name, hash=str(number) * 64, **given)


def key(number: int, kind: DefinitionKind = TOOL) -> tuple[DefinitionKind, str]:
    return kind, str(number) * 64


def test_nothing_is_known_of_an_upstream_that_was_never_seen(store: Store) -> None:
    assert store.definitions.known("crm") == Known()
    assert store.definitions.pins("crm") == ()


def test_a_definition_is_kept_as_it_was_seen_and_relied_on_once_accepted(store: Store) -> None:
    found = definition(1, suspicions=(Suspicion("tag", "description", "The text holds \u200b…"),))
    store.definitions.see("crm", [found, definition(2, "sum")], 5)
    store.definitions.see("wiki", [definition(3)], 5)
    assert store.definitions.known("crm") == Known(
        seen=frozenset({key(1), key(2)}), waiting=frozenset({(TOOL, "echo"), (TOOL, "sum")})
    )
    store.definitions.accept("crm", [key(1)], "dana", 7)
    store.definitions.accept("crm", [key(1)], "eve", 8)
    assert store.definitions.known("crm") == Known(
        seen=frozenset({key(1), key(2)}),
        accepted=frozenset({key(1)}),
        names=frozenset({(TOOL, "echo")}),
        waiting=frozenset({(TOOL, "sum")}),
    )
    first, second = store.definitions.pins("crm")
    assert (first.definition, first.accepted_by, first.accepted_at_us) == (found, "dana", 7)
    assert (second.definition.name, second.is_accepted, second.first_seen_at_us) == ("sum", False, 5)


def test_a_tool_and_a_prompt_of_one_hash_are_two(store: Store) -> None:
    store.definitions.see("crm", [definition(1), definition(1, kind=PROMPT)], 5)
    store.definitions.accept("crm", [key(1, PROMPT)], "dana", 7)
    assert store.definitions.known("crm").accepted == {key(1, PROMPT)}


def test_what_was_gone_and_is_seen_again_is_back_and_still_accepted(store: Store) -> None:
    store.definitions.see("crm", [definition(1)], 5)
    store.definitions.accept("crm", [key(1)], "dana", 6)
    store.definitions.lose("crm", [key(1)], 7)
    store.definitions.lose("crm", [key(1)], 8)
    assert store.definitions.known("crm").gone == {key(1)}
    assert store.definitions.pins("crm")[0].gone_at_us == 7
    store.definitions.see("crm", [definition(1)], 9)
    (pin,) = store.definitions.pins("crm")
    assert (pin.gone_at_us, pin.is_accepted, pin.first_seen_at_us) == (None, True, 5)


def test_what_two_gateways_see_for_the_first_time_at_once_is_kept_once_and_fails_neither(
    url: str, tmp_path: Path
) -> None:
    stores = [Store.open(url, tmp_path) for _ in range(2)]
    with ThreadPoolExecutor(len(stores)) as pool:
        for number in range(20):
            upstream, ready = f"crm{number}", threading.Barrier(len(stores))
            found = [definition(each) for each in range(9)]

            def see(
                store: Store, upstream: str = upstream, found: list[Definition] = found,
                ready: threading.Barrier = ready,
            ) -> None:  # fmt: skip
                mine = found if store is stores[0] else found[::-1]
                ready.wait(30)
                store.definitions.see(upstream, mine, 5)
                store.definitions.begin(upstream, TOOL, 5)

            list(pool.map(see, stores))
            assert {pin.definition for pin in stores[0].definitions.pins(upstream)} == set(found)
            assert stores[1].definitions.known(upstream).begun == {TOOL}
    for store in stores:
        store.close()


def test_a_first_list_is_first_once(store: Store) -> None:
    store.definitions.begin("crm", TOOL, 5)
    store.definitions.begin("crm", TOOL, 6)
    store.definitions.begin("crm", PROMPT, 6)
    assert store.definitions.known("crm").begun == {TOOL, PROMPT}
    assert store.definitions.known("wiki").begun == frozenset()


def test_text_that_no_database_takes_is_kept_as_far_as_it_goes(store: Store) -> None:
    odd = definition(1, "na\0me", text="x" * (LONGEST + 5) + "\0\ud800")
    store.definitions.see("crm", [odd, definition(2, "\ud800", text="\ud800\0")], 5)
    kept = {pin.definition.name: pin.definition.text for pin in store.definitions.pins("crm")}
    assert kept == {"na\ufffdme": "x" * LONGEST, "?": "?\ufffd"}


def test_an_upstream_that_changes_with_each_list_does_not_fill_the_disk(store: Store) -> None:
    many = [Definition(kind=TOOL, name=f"t{n}", hash=f"{n:064x}", text="{}") for n in range(FORMER + 30)]
    keys = [(each.kind, each.hash) for each in many]
    store.definitions.see("crm", many, 5)
    store.definitions.accept("crm", keys[:10], "dana", 6)
    for at_us, each in enumerate(keys):
        store.definitions.lose("crm", [each], 10 + at_us)
    store.definitions.see("crm", [definition(1)], 900)
    left = store.definitions.known("crm")
    assert len(left.gone) == FORMER + 10, (
        "the newest of those that nobody accepted, and all that somebody did"
    )
    assert set(keys[:10]) <= left.gone
    assert keys[10] not in left.seen
    assert keys[-1] in left.seen


def test_what_another_process_accepts_is_seen_at_once(store: Store, url: str, tmp_path: Path) -> None:
    store.definitions.see("crm", [definition(1)], 5)
    assert store.definitions.known("crm").accepted == frozenset()
    subprocess.run([sys.executable, "-c", IN_ANOTHER_PROCESS, url, str(tmp_path)], check=True)
    assert store.definitions.known("crm").accepted == {key(1)}
