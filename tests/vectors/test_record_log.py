"""Our own verifier agrees with the vectors that others are held to."""

import json
from pathlib import Path

import pytest

from firedoor.app.verifying import pinned_keys, verify
from firedoor.core.record.tree import leaf_hash, verify_consistency, verify_inclusion
from firedoor.edges.keys.age import KeyRing
from firedoor.operations.verify_record import Asked
from tests.helpers.damage import do
from tests.vectors.log_vectors import FILE, leaf_bytes, made

VECTORS = json.loads(FILE.read_text(encoding="utf-8"))


def test_the_vectors_are_what_their_program_makes() -> None:
    assert json.loads(json.dumps(made())) == VECTORS


@pytest.mark.parametrize("vector", [each for each in VECTORS["leaves"] if "frame" in each])
def test_leaves_are_those_of_the_vectors(vector: dict[str, str]) -> None:
    assert leaf_bytes(bytes.fromhex(vector["frame"])).hex() == vector["leaf"]


@pytest.mark.parametrize("vector", VECTORS["trees"], ids=lambda each: str(each["size"]))
def test_proofs_are_those_of_the_vectors(vector: dict) -> None:
    root = bytes.fromhex(vector["root"])
    inclusion, consistency = vector["inclusion"], vector["consistency"]
    proof = [bytes.fromhex(node) for node in inclusion["proof"]]
    assert verify_inclusion(
        leaf_hash(inclusion["index"].to_bytes(4)), inclusion["index"], vector["size"], proof, root
    )
    proof = [bytes.fromhex(node) for node in consistency["proof"]]
    roots = (bytes.fromhex(consistency["old_root"]), root)
    assert verify_consistency(consistency["old"], vector["size"], proof, roots)


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: json.dumps(case["do"]) if case else "")
def test_a_data_directory_is_judged_as_the_vectors_say(case: dict, tmp_path: Path) -> None:
    for path, content in VECTORS["directory"].items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(bytes.fromhex(content))
    do(case["do"], tmp_path)
    given, expected = case["given"], case["expect"]
    asked = Asked(
        keys=pinned_keys(given.get("keys", [])),
        held=tuple(note.encode() for note in given.get("held", [])),
        may_be_sealed=True,
    )
    found = verify(tmp_path, asked, ring=KeyRing.open(tmp_path, may_make=False))
    assert int(found.ending) == expected["exit"]
    assert int(found.level) == expected.get("level", found.level)
    assert expected.get("names") in {None, *(fault.file for fault in found.faults)}
    assert expected.get("session") in {None, *(fault.session for fault in found.faults)}
