"""The settings of pinned definitions: what may change in them without anybody being asked."""

from collections.abc import Iterator, Mapping, Sequence

from firedoor.app.settings.yaml import Place, Problem
from firedoor.model.definition import Unpinned

NAME = "name"


def unpinned_of(written: Mapping[str, Sequence[str]]) -> tuple[Unpinned, ...]:
    """What the settings leave out of pins."""
    return tuple(
        Unpinned(names=names, paths=tuple(tuple(path.split(".")) for path in paths))
        for names, paths in written.items()
    )


def unpinned_problems(written: Mapping[str, Sequence[str]], place: Place) -> Iterator[Problem]:
    """What cannot be left out, or has no effect."""
    for names, paths in written.items():
        at = (*place, "unpinned", names)
        if not names:
            yield Problem(place=at, what="the name of a tool is empty", hint="Write a name, or *.")
        if not paths:
            yield Problem(
                place=at, what=f'"{names}" leaves nothing out', hint="Name members, or take it out."
            )
        for index, path in enumerate(paths):
            if not path or "" in path.split("."):
                hint = (
                    "Write members with dots between them: description, inputSchema.properties.date.default."
                )
                yield Problem(place=(*at, index), what=f'"{path}" is no way to a member', hint=hint)
            elif path.split(".")[0] in (NAME, "*"):
                what = f'"{path}" would leave out the name, by which a definition is known'
                yield Problem(place=(*at, index), what=what, hint="Name another member.")
