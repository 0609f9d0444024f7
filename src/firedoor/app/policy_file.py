"""Policy files: YAML to rules, each with the line it stands in.

For now a rule matches by upstream and tool name. What the policy language will add is refused with the
line, never ignored: a rule that does less than it says is worse than none. Never decides a call.
"""

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

from firedoor.app.settings_yaml import Place, Problem, YamlFile, parse, read_yaml
from firedoor.model.errors import SettingsError
from firedoor.model.policy import Policy, Rule
from firedoor.model.verdict import Effect

CODE = "policy_invalid"

_COMES = "It comes with the policy language. Take it out until then."
LATER: dict[str, str] = dict.fromkeys(
    ("when", "tests", "risk", "mask", "drop", "approvers", "quorum", "rate", "principal", "agent"), _COMES
)

_RULE_ID = re.compile(r"[a-z0-9][a-z0-9_.-]{0,99}")
# `*` and `?` are patterns; `[` belongs to patterns of other programs, and would be taken literally here.
_PATTERN = re.compile(r"[^\s\[\]{}]{1,256}")

Names: TypeAlias = str | list[str]


class _Keys(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class _Match(_Keys):
    upstream: Names = []
    tool: Names = []


class _Rule(_Keys):
    id: str
    match: _Match = _Match()
    effect: Literal["allow", "deny", "hold"]
    reason: str = ""


class _File(_Keys):
    rules: list[_Rule]


def load_policies(paths: Sequence[Path], upstreams: Collection[str] | None = None) -> Policy:
    """Read policy files, and the `*.yaml` and `*.yml` files of folders in the order of their names.

    `upstreams`: the names there are; a rule that can match none of them is refused.

    Raises:
        SettingsError: a file cannot be read or a rule cannot be used; names `file:line`.
    """
    rules: list[Rule] = []
    for path in _files(paths):
        rules += _rules_of(path, upstreams, {rule.id: rule.source for rule in rules})
    return Policy(version=version_of(rules), rules=tuple(rules))


def version_of(rules: Sequence[Rule]) -> str:
    """Content hash. The same rules in the same order have the same version, wherever they stand."""
    content = [[r.id, r.effect.value, list(r.upstreams), list(r.tools), r.reason] for r in rules]
    canonical = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


def _files(paths: Sequence[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.suffix in {".yaml", ".yml"} and p.is_file())
            if not inside:
                hint = "Put a .yaml file there, or take the folder out of the settings."
                raise SettingsError(CODE, f"{path}: the folder has no policy file", hint)
            found += inside
        elif path.is_file():
            found.append(path)
        else:
            raise SettingsError(CODE, f"{path}: there is no such policy file or folder")
    return found


def _rules_of(path: Path, upstreams: Collection[str] | None, taken: dict[str, str]) -> list[Rule]:
    file = read_yaml(path, CODE)
    written = parse(file, _File, LATER).rules
    problems: list[Problem] = []
    rules: list[Rule] = []
    for index, rule in enumerate(written):
        place: Place = ("rules", index)
        source = f"{path}:{file.line_of(place)}"
        problems += _problems(file, rule, place, upstreams)
        if rule.id in taken:
            hint = f"It is the id of the rule at {taken[rule.id]}."
            problems.append(Problem(place=(*place, "id"), what=f'duplicate rule id "{rule.id}"', hint=hint))
        taken[rule.id] = source
        rules.append(
            Rule(
                id=rule.id,
                effect=Effect(rule.effect),
                upstreams=_names(rule.match.upstream),
                tools=_names(rule.match.tool),
                reason=rule.reason,
                source=source,
            )
        )
    if problems:
        raise file.error(problems)
    return rules


def _problems(
    file: YamlFile, rule: _Rule, place: Place, upstreams: Collection[str] | None
) -> Iterator[Problem]:
    if not _RULE_ID.fullmatch(rule.id):
        hint = "Lower-case letters, digits, and - _ . between them."
        yield Problem(place=(*place, "id"), what="not an id of a rule", hint=hint)
    if rule.effect == "hold":
        yield Problem(place=(*place, "effect"), what='"hold" is not available yet', hint=_COMES)
    for key, written in (("upstream", rule.match.upstream), ("tool", rule.match.tool)):
        at = (*place, "match", key)
        names = _names(written)
        if not names and key in rule.match.model_fields_set:
            what = f'"{key}" is empty'
            yield Problem(place=at, what=what, hint="Take it out to match all.")
        for name in names:
            if not _PATTERN.fullmatch(name):
                yield Problem(place=at, what="not a name or a pattern", hint="Patterns take * and ?.")
    known = upstreams is None or any(matches(n, u) for n in _names(rule.match.upstream) for u in upstreams)
    if rule.match.upstream and not known:
        hint = f"There are: {', '.join(sorted(upstreams or ()))}."
        yield Problem(
            place=(*place, "match", "upstream"), what="matches no upstream of the settings", hint=hint
        )


def matches(pattern: str, name: str) -> bool:
    """Whether a pattern of `*` and `?` is about a name. For checks of settings, not for calls."""
    parts = {"*": ".*", "?": "."}
    return re.fullmatch("".join(parts.get(c, re.escape(c)) for c in pattern), name, re.DOTALL) is not None


def _names(written: Names) -> tuple[str, ...]:
    return (written,) if isinstance(written, str) else tuple(written)
