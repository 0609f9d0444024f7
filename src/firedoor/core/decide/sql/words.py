"""Word lists as blocks of text: long allow-lists stay readable and reviewable."""


def words(block: str) -> frozenset[str]:
    """Return the words of a block, divided by blanks and line ends."""
    return frozenset(block.split())
