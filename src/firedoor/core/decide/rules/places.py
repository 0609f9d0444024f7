"""URLs and paths in arguments, as conditions see them. Opens nothing, resolves no name."""

import re
from collections.abc import Iterable

from firedoor.core.decide.places.paths import path_facts
from firedoor.core.decide.places.urls import url_facts
from firedoor.model.json import Json

MOST = 256
"""URLs, and paths, of one message that are looked at. More stops the decision: `PlacesFloodError`."""
LONGEST = 8_192
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]{0,30}:[/\\]{2}[^\s\"'<>`]+")
_PATH = re.compile(r"[~./\\]|[A-Za-z]:[\\/]|[^\s:]{1,255}[/\\]|%2[eEfF]|%5[cC]")


class PlacesFloodError(ValueError):
    """There are more places than a decision may cost."""


def urls_in(texts: Iterable[str]) -> list[Json]:
    """Every URL in the texts, whole or within.

    Raises:
        ValueError: there are too many.
    """
    found = dict.fromkeys(
        url for text in texts for url in ((text,) if _is_whole(text) else _URL.findall(text))
    )
    return [_url(url) for url in _bounded(list(found))]


def paths_in(texts: Iterable[str]) -> list[Json]:
    """Every text that may be a path.

    Raises:
        ValueError: there are too many.
    """
    found = [text for text in dict.fromkeys(texts) if _PATH.match(text) and not _is_whole(text)]
    return [_path(text) for text in _bounded(found)]


def _is_whole(text: str) -> bool:
    return url_facts(text) is not None and ("://" in text or text[:5].lower() == "data:")


def _bounded(found: list[str]) -> list[str]:
    if len(found) > MOST or any(len(text) > LONGEST for text in found):
        raise PlacesFloodError(f"more than {MOST} places, or one longer than {LONGEST} characters")
    return found


def _url(text: str) -> Json:
    facts = url_facts(text)
    if facts is None:
        # It looks like one and cannot be read: the worst is true.
        return {
            "url": text, "scheme": "", "host": "", "port": 0, "path": "", "private": True, "metadata": True,
            "userinfo": True, "traversal": True, "odd": True,
        }  # fmt: skip
    return {
        "url": facts.normalised,
        "scheme": facts.scheme,
        "host": facts.host,
        "port": facts.port or 0,
        "path": facts.path,
        "private": facts.is_private,
        "metadata": facts.is_metadata,
        "userinfo": facts.has_userinfo,
        "traversal": facts.has_traversal,
        "odd": facts.is_odd,
    }


def _path(text: str) -> Json:
    facts = path_facts(text)
    return {
        "path": facts.normalised,
        "absolute": facts.is_absolute,
        "home": facts.is_home,
        "traversal": facts.has_traversal,
        "outside": facts.leaves_root,
        "encoded": facts.is_encoded,
        "control": facts.has_control,
    }
