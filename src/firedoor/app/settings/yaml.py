"""YAML files with the line of every value, and a validator that names `file:line`.

YAML 1.2, so that `no` is a word and not false. Never takes a duplicate key, a merge key, a tag or an
anchor: each lets a file say something else than it shows. Never puts a scalar's text into a message
unless the caller's model lists the words that may stand there: the text may be a credential.
"""

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast, get_args

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from firedoor.model.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"
Place: TypeAlias = "tuple[str | int, ...]"
"""The way to a value: keys and indices from the top of the file."""

Fault: TypeAlias = "Mapping[str, Any]"
"""What pydantic says of one mistake."""

ModelT = TypeVar("ModelT", bound=BaseModel)

# A file of settings or rules that is larger was not written by hand; it is some other file.
LARGEST_FILE = 1024 * 1024
DEEPEST = 32

_SCALARS: "Mapping[str, Callable[[str], Plain]]" = {
    "tag:yaml.org,2002:str": str,
    "tag:yaml.org,2002:null": lambda _: None,
    "tag:yaml.org,2002:bool": lambda text: text.lower() == "true",
    "tag:yaml.org,2002:int": lambda text: int(text.replace("_", ""), 10 if text.lstrip("+-0") else 0),
    "tag:yaml.org,2002:float": lambda text: float(
        text.replace("_", "").replace(".inf", "inf").replace(".nan", "nan")
    ),
    # YAML 1.2's core schema has no dates: they are text.
    "tag:yaml.org,2002:timestamp": str,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something wrong with a file, and what to do about it."""

    place: "Place" = ()
    what: str
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class YamlFile:
    """What a file says, and where."""

    path: "Path"
    content: "Plain"
    lines: "Mapping[Place, int]"
    """Line of each key or item, from 1."""
    code: str
    """Code of the errors about this file."""

    def line_of(self, place: "Place") -> int:
        """Line of the value, or of what it would stand in."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def error(self, problems: "Sequence[Problem]") -> SettingsError:
        """All problems as one error, in the order of the file."""
        ordered = sorted(problems, key=lambda problem: self.line_of(problem.place))
        said = [f"{self.path}:{self.line_of(p.place)}: {p.what}" for p in ordered]
        if len(ordered) == 1:
            return SettingsError(self.code, said[0], ordered[0].hint)
        return SettingsError(
            self.code,
            "\n".join(
                f"{text}\n  {problem.hint}" if problem.hint else text
                for text, problem in zip(said, ordered, strict=True)
            ),
        )


def read_yaml(path: "Path", code: str) -> YamlFile:
    """Read one YAML document.

    Raises:
        SettingsError: unreadable, too large, not YAML 1.2, or with duplicate keys, anchors or tags.
    """
    return yaml_of(path, read_text(path, code), code)


def yaml_of(path: "Path", text: str, code: str) -> YamlFile:
    """Understand one YAML document that was read from `path`.

    Raises:
        SettingsError: not YAML 1.2, or with duplicate keys, anchors or tags.
    """
    try:
        root = cast("Any", YAML(typ="safe", pure=True)).compose(text)
    except MarkedYAMLError as error:
        line, said = _syntax_fault(cast("Any", error))
        raise SettingsError(code, f"{path}:{line}: {said}", "Check the indentation and the quotes.") from None
    except YAMLError:
        raise SettingsError(code, f"{path}:1: not YAML: it has characters that YAML does not allow") from None
    reading = _Reading(path, code)
    content = reading.value_of(root, ()) if root is not None else None
    return YamlFile(path=path, content=content, lines=reading.lines, code=code)


def _syntax_fault(error: Any) -> tuple[int, str]:  # noqa: ANN401 the library tells no types
    mark = error.problem_mark or error.context_mark
    return (int(mark.line) + 1 if mark else 1), str(error.problem or error.context or "not YAML")


def read_text(path: "Path", code: str) -> str:
    """Read a file of UTF-8 text that a person wrote."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise SettingsError(code, f"{path}: cannot be read: {error.strerror}") from None
    if len(content) > LARGEST_FILE:
        raise SettingsError(code, f"{path}: larger than {LARGEST_FILE} bytes")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise SettingsError(code, f"{path}:{line}: not UTF-8 text") from None


class _Reading:
    """One walk over the nodes of a document. Anchors are refused, so the nodes are a tree."""

    def __init__(self, path: "Path", code: str) -> None:
        self.path = path
        self.code = code
        self.lines: dict[Place, int] = {}

    def value_of(self, node: object, place: "Place") -> "Plain":
        line = cast("Any", node).start_mark.line + 1
        self.lines.setdefault(place, line)
        if cast("Any", node).anchor is not None:
            raise self._refusal(line, "anchors and aliases are not taken", "Write the value out.")
        if len(place) > DEEPEST:
            raise self._refusal(line, f"nested more than {DEEPEST} levels deep")
        if isinstance(node, MappingNode):
            return self._mapping(node, place)
        if isinstance(node, SequenceNode):
            items = cast("list[object]", cast("Any", node).value)
            return [self.value_of(item, (*place, index)) for index, item in enumerate(items)]
        return self._scalar(node, line)

    def _mapping(self, node: object, place: "Place") -> "Plain":
        found: dict[str, Plain] = {}
        for key_node, value_node in cast("list[tuple[object, object]]", cast("Any", node).value):
            line = cast("Any", key_node).start_mark.line + 1
            key = self.value_of(key_node, (*place, "\0key")) if isinstance(key_node, ScalarNode) else None
            self.lines.pop((*place, "\0key"), None)
            if not isinstance(key, str):
                raise self._refusal(line, "a key must be text", "Put it in quotes.")
            if key in found:
                first = self.lines[(*place, key)]
                raise self._refusal(line, f'duplicate key "{key}"', f"It stands in line {first} already.")
            self.lines[(*place, key)] = line
            found[key] = self.value_of(value_node, (*place, key))
        return found

    def _scalar(self, node: object, line: int) -> "Plain":
        tag, text = str(cast("Any", node).tag), str(cast("Any", node).value)
        if tag not in _SCALARS:
            raise self._refusal(line, "tags and merge keys are not taken", "Write a plain value.")
        try:
            return _SCALARS[tag](text)
        except ValueError:
            raise self._refusal(line, "not a number that YAML 1.2 knows", "Put it in quotes.") from None

    def _refusal(self, line: int, what: str, hint: str = "") -> SettingsError:
        return SettingsError(self.code, f"{self.path}:{line}: {what}", hint)


def parse(file: YamlFile, model: type[ModelT], later: "Mapping[str, str]") -> ModelT:
    """Check the file against a pydantic model. `later`: keys to come, and the sentence for each.

    Raises:
        SettingsError: names every problem with `file:line` and a suggestion.
    """
    if not isinstance(file.content, dict):
        what = (
            "empty" if file.content is None else "must be keys with values, such as `listen: 127.0.0.1:8484`"
        )
        raise file.error([Problem(what=what)])
    try:
        return model.model_validate(file.content, strict=True)
    except ValidationError as error:
        problems = [
            _problem(details, model, later)
            for details in error.errors(include_url=False, include_context=True, include_input=True)
        ]
        raise file.error(problems) from None


def _problem(details: "Fault", model: type[BaseModel], later: "Mapping[str, str]") -> Problem:
    kind, place = details["type"], _place(details)
    name = str(place[-1]) if place else ""
    if kind == "extra_forbidden":
        if name in later:
            return Problem(place=place, what=f'"{name}" is not available yet', hint=later[name])
        return Problem(
            place=place, what=f'unknown key "{name}"', hint=suggestion(name, _keys_at(model, place[:-1]))
        )
    if kind == "missing":
        return Problem(place=place, what=f'"{name}" is missing')
    if kind == "value_error":
        return Problem(place=place, what=details["msg"].removeprefix("Value error, "))
    if kind == "literal_error":
        words = str(details.get("ctx", {}).get("expected", ""))
        allowed = [word.strip("'") for part in words.split(", ") for word in part.split(" or ")]
        given = details["input"]
        shown = f'"{given}"' if isinstance(given, str) else f"{_kind_of(given)}"
        hint = suggestion(given, allowed) if isinstance(given, str) else f"One of: {', '.join(allowed)}."
        return Problem(place=place, what=f'"{name}" cannot be {shown}', hint=hint)
    return _wrong_type(kind, place, details)


def _wrong_type(kind: str, place: "Place", details: "Fault") -> Problem:
    wanted = {
        "string_type": "text",
        "int_type": "a whole number",
        "list_type": "a list",
        "tuple_type": "a list",
        "dict_type": "keys with values",
        "model_type": "keys with values",
        "bool_type": "true or false",
    }.get(kind)
    label = (
        f'"{place[-1]}"'
        if place and isinstance(place[-1], str)
        else f"item {int(place[-1]) + 1}"
        if place
        else "it"
    )
    for bound, than in (("ge", "more"), ("le", "less")):
        if (limit := details.get("ctx", {}).get(bound)) is not None:
            return Problem(place=place, what=f"{label} must be {limit} or {than}")
    if wanted is None:
        return Problem(place=place, what=f"{label}: {details['msg']}")
    hint = "Put it in quotes." if wanted == "text" and isinstance(details["input"], int | float) else ""
    return Problem(place=place, what=f"{label} must be {wanted}, not {_kind_of(details['input'])}", hint=hint)


def _place(details: "Fault") -> "Place":
    """Pydantic adds the names of union members and of mapping keys to the way; they stand in no file."""
    return tuple(part for part in details["loc"] if part not in {"[key]", "str", "tuple[str, ...]"})


def _kind_of(value: object) -> str:
    names: dict[type, str] = {
        bool: "true or false",
        int: "a number",
        float: "a number",
        str: "text",
        list: "a list",
        type(None): "nothing",
    }
    return names.get(type(value), "keys with values")


def _keys_at(model: type[BaseModel], place: "Place") -> list[str]:
    """List the keys that a model knows at a place, through mappings of models."""
    here: type[BaseModel] | None = model
    for part in place:
        if here is None:
            return []
        if isinstance(part, str) and part in here.model_fields:
            here = _model_in(here.model_fields[part].annotation)
    return list(here.model_fields) if here else []


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in get_args(annotation):
        found = _model_in(inner)
        if found is not None:
            return found
    return None


def suggestion(word: str, known: "Sequence[str]") -> str:
    """Say what the writer may have meant, or else all there is."""
    close = get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    return f'Did you mean "{close[0]}"?' if close else f"One of: {', '.join(known)}."
