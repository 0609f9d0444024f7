"""Places in a document as settings write them: `$.a[*].b`. Pure."""

import re


def of_leaves(path: str) -> re.Pattern[str]:
    """`$.a[*].b` as a pattern of the places of leaves."""
    parts = (
        r"[^.\[\]]+" if part == ".*" else r"\[\d+\]" if part == "[*]" else re.escape(part)
        for part in _PATH.findall(path)
    )
    named = "".join(f"\\.{part}" if part.startswith("[^") else part for part in parts)
    return re.compile(named)


_PATH = re.compile(r"\.\*|\[\*\]|[^.\[]+|\.|\[")
