"""Who may read a recording, by the custody of its keys."""

import pytest

from firedoor.model.custody import Custody, Layer


@pytest.mark.parametrize(
    ("custody", "layers"),
    [(Custody.LOCAL, set(Layer)), (Custody.VIEW, {Layer.VIEW}), (Custody.SEALED, set())],
)
def test_the_machine_that_records_reads_as_much_as_its_custody_says(custody: Custody, layers) -> None:
    assert custody.local_layers == layers
