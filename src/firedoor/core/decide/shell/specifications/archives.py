"""tar and unzip: what is in an archive is listed. Nothing is taken out, and no other machine is asked."""

import re

from firedoor.core.decide.shell.specification import Parsed, Specification, Style

_LISTS = re.compile(r"-?(?=[a-zJ]*t)[tvzjJ]+f?")
"""One word of letters, with t among them."""
_FILTERS = frozenset(
    {"-z", "-j", "-J", "--gzip", "--bzip2", "--xz", "--zstd", "-v", "--verbose", "--wildcards"}
)


def _tar(parsed: Parsed) -> str | None:
    words = [operand.text for operand in parsed.operands]
    words = ["-tf", *words[2:]] if words[:2] in (["--list", "-f"], ["--list", "--file"]) else words
    if words == ["--version"]:
        return None
    if not words or words[0] is None or _LISTS.fullmatch(words[0]) is None or not words[0].endswith("f"):
        return "tar is allowed to list a file: tar -tzf FILE."
    if any(word is None or ":" in word for word in words[1:2]) or len(words) == 1:
        return "The file that tar lists is written out, and on this machine."
    for word in words[2:]:
        if word is None or (word.startswith("-") and word not in _FILTERS):
            return "tar -t is allowed with names and filters that are written out."
    return None


ARCHIVES = (
    Specification(name="tar", style=Style.RAW, check=_tar, note="lists: tar -tf FILE"),
    Specification(
        name="unzip",
        options="-l -v -Z -1 -q -t -p -c",
        needs=("-l", "-v", "-Z", "-p", "-c"),
        note="lists and prints; takes nothing out",
    ),
    Specification(name="zipinfo", options="-1 -l -s -m -v -h -t"),
)
