"""Policies: files to a policy that may be used, each rule with the line it stands in.

A policy is made from documents: the text of each file and of each pack that one includes. Documents are what
the store keeps, so that a version means the same for ever. Whatever is wrong is refused with file and line:
a rule that does less than it says is worse than none. Never decides a call.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from firedoor.app.policy.keys import LATER, IncludeKeys, PolicyKeys
from firedoor.app.policy.rules import (
    Written,
    bound,
    confirmed_of,
    names,
    pattern_problems,
    problems_in,
    rule_of,
    test_of,
)
from firedoor.app.settings.yaml import Place, Problem, YamlFile, parse, read_text, suggestion, yaml_of
from firedoor.core.accept.revisions import REVISIONS
from firedoor.core.decide.evaluate import DESCRIBING
from firedoor.core.decide.rules.conditions import Condition, compile_condition
from firedoor.core.decide.rules.load_checks import Known, faults_of, shadows, upstreams_of
from firedoor.core.decide.rules.patterns import pattern
from firedoor.core.decide.rules.targets import REVERSE
from firedoor.core.decide.self_test import NONE, RuleTest, said_by, silent_guards
from firedoor.model.errors import SettingsError
from firedoor.model.policy import Confirmed, Policy, Rule
from firedoor.model.upstream import Upstream
from firedoor.model.verdict import Effect

CODE = "policy_invalid"
PACKS = Path(__file__).with_name("packs")
_REQUESTS = {request for revision in REVISIONS.values() for request in revision.requests}
# Members of a rule that versions made before them did not have. They count where they say something.
_CAME_LATER = frozenset({"permits"})
METHODS = frozenset((_REQUESTS - DESCRIBING) | REVERSE | {"subscriptions/listen"})
"""What rules can be about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """All that a policy is made from."""

    files: tuple[tuple[str, str], ...]
    """Path and text, in order."""
    packs: Mapping[str, str] = field(default_factory=dict[str, str])
    """The text of each pack that one of them includes."""


@dataclass(frozen=True, slots=True)
class _Guard:
    """What stands in where no rule looks at what a kind of upstream carries. It only ever denies."""

    fact: str
    when: str
    reason: str


_GUARDS: Mapping[str, _Guard] = {
    "sql": _Guard(
        "sql",
        '!(sql.effect in ["none", "read"])',
        "No rule of the policy is about SQL, so that only reading is let through.",
    ),
    "shell": _Guard(
        "shell",
        'shell.effect != "none" && !shell.allowed',
        "No rule of the policy is about shell, so that only specified reads are let through.",
    ),
    "http": _Guard(
        "urls",
        "urls.exists(u, u.private || u.metadata || u.userinfo || u.odd)",
        "No rule of the policy is about URLs, so that only plain public addresses are let through.",
    ),
}


@dataclass(slots=True)
class _Reading:
    """What has been read so far."""

    written: list[Written] = field(default_factory=list[Written])
    confirmed: list[Confirmed] = field(default_factory=list[Confirmed])
    taken: dict[str, str] = field(default_factory=dict[str, str])
    """Where each id stands."""
    packs: dict[str, str] = field(default_factory=dict[str, str])


def read_documents(paths: Sequence[Path]) -> Documents:
    """Read the files, and the packs that they include.

    Raises:
        SettingsError: a file cannot be read.
    """
    files = tuple((str(path), read_text(path, CODE)) for path in _files(paths))
    packs: dict[str, str] = {}
    for path, text in files:
        file = yaml_of(Path(path), text, CODE)
        for include in parse(file, PolicyKeys, LATER).include:
            if include.pack in pack_names():
                packs[include.pack] = read_text(PACKS / f"{include.pack}.yaml", CODE)
    return Documents(files=files, packs=packs)


def pack_names() -> list[str]:
    """The packs that come with Firedoor."""
    return sorted(path.stem for path in PACKS.glob("*.yaml"))


def policy_of(
    documents: Documents, upstreams: Sequence[Upstream] | None = None, masks: Collection[str] = ()
) -> Policy:
    """Make a policy, with the guards that the upstreams' kinds name, and prove that its rules fire.

    Raises:
        SettingsError: a rule cannot be used; names `file:line`.
    """
    known = Known(methods=METHODS, describing=DESCRIBING, upstreams=upstreams, masks=masks)
    reading = _Reading()
    for path, text in documents.files:
        _read(yaml_of(Path(path), text, CODE), reading, documents, known)
    _refuse_shadows([written.rule for written in reading.written])
    if silent := list(silent_guards(upstreams or ())):
        raise SettingsError("guard_silent", "; ".join(silent), "The guard must not be trusted: see `doctor`.")
    rules = [written.rule for written in reading.written]
    rules += guards(upstreams or (), rules)
    confirmed = tuple(reading.confirmed)
    return Policy(version=version_of(rules, confirmed), rules=tuple(rules), confirmed=confirmed)


def counted_tests(documents: Documents) -> dict[str, int]:
    """How many tests each rule has, by its id."""
    found: dict[str, int] = {}
    for path, text in documents.files:
        keys = parse(yaml_of(Path(path), text, CODE), PolicyKeys, LATER)
        found |= {rule.id: len(rule.tests) for rule in keys.rules}
    for pack, text in documents.packs.items():
        keys = parse(yaml_of(PACKS / f"{pack}.yaml", text, CODE), PolicyKeys, LATER)
        found |= {f"{pack}.{rule.id}": len(rule.tests) for rule in keys.rules}
    return found


def version_of(rules: Sequence[Rule], confirmed: Sequence[Confirmed] = ()) -> str:
    """Content hash. The same rules in the same order have the same version, wherever they stand.

    Also after an update: recordings name versions, and approvals are bound to them.
    """
    content = [_counted(rule) for rule in rules], [asdict(known) for known in confirmed]
    canonical = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=sorted)
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


def _counted(rule: Rule) -> dict[str, object]:
    members = asdict(replace(rule, source=""))
    return {name: said for name, said in members.items() if name not in _CAME_LATER or said is not None}


def guards(upstreams: Sequence[Upstream], rules: Sequence[Rule]) -> Iterator[Rule]:
    """The rule that stands where an upstream's kind names a guard and no rule looks at what it sees."""
    for upstream in upstreams:
        guard = _GUARDS.get(upstream.kind)
        if guard is None or any(_looks_at(guard.fact, rule, upstream) for rule in rules):
            continue
        yield Rule(
            id=f"guard.{upstream.kind}.{upstream.name}",
            effect=Effect.DENY,
            upstreams=(upstream.name,),
            when=guard.when,
            reason=guard.reason,
            source=f"kind: {upstream.kind} of the upstream {upstream.name}",
        )


def _looks_at(fact: str, rule: Rule, upstream: Upstream) -> bool:
    condition = compile_condition(rule.when) if rule.when and upstreams_of(rule, [upstream]) else None
    return isinstance(condition, Condition) and fact in condition.facts


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


def _read(file: YamlFile, reading: _Reading, documents: Documents, known: Known) -> None:
    keys = parse(file, PolicyKeys, LATER)
    problems: list[Problem] = []
    if not (keys.include or keys.rules or keys.tools):
        problems.append(Problem(what="the file has no rule", hint="Write `rules:`, or `include:` a pack."))
    for index, include in enumerate(keys.include):
        problems += _included(include, ("include", index), reading, documents, known)
    for index, entry in enumerate(keys.tools):
        place: Place = ("tools", index)
        problems += pattern_problems(entry, place)
        reading.confirmed.append(confirmed_of(entry))
    written = _rules_of(file, keys, problems)
    if not problems:
        problems += _unusable(written, reading, known)
    if problems:
        raise file.error(problems)
    reading.written += written


def _rules_of(file: YamlFile, keys: PolicyKeys, problems: list[Problem]) -> list[Written]:
    found: list[Written] = []
    for index, rule in enumerate(keys.rules):
        place: Place = ("rules", index)
        problems += problems_in(rule, place)
        tests: list[RuleTest] = []
        for number, test in enumerate(rule.tests):
            made = test_of(test)
            if isinstance(made, str):
                problems.append(Problem(place=(*place, "tests", number), what=made))
            else:
                tests.append(made)
        source = f"{file.path}:{file.line_of(place)}"
        found.append(Written(rule=rule_of(rule, source), tests=tuple(tests), place=place))
    return found


def _included(
    include: IncludeKeys, place: Place, reading: _Reading, documents: Documents, known: Known
) -> Iterator[Problem]:
    text = documents.packs.get(include.pack)
    if text is None:
        hint = suggestion(include.pack, pack_names())
        yield Problem(place=(*place, "pack"), what=f'there is no pack "{include.pack}"', hint=hint)
        return
    if include.pack in reading.packs:
        hint = f"It stands at {reading.packs[include.pack]}; name all upstreams there."
        yield Problem(place=(*place, "pack"), what=f'"{include.pack}" is included twice', hint=hint)
        return
    reading.packs[include.pack] = "another place"
    file = yaml_of(PACKS / f"{include.pack}.yaml", text, CODE)
    keys = parse(file, PolicyKeys, LATER)
    problems: list[Problem] = []
    written = [bound(w, include.pack, names(include.upstream)) for w in _rules_of(file, keys, problems)]
    if about := [name for name in names(include.upstream) if not _is_known(name, known)]:
        hint = f"There are: {', '.join(sorted(u.name for u in known.upstreams or ()))}."
        yield Problem(
            place=(*place, "upstream"), what=f'"{about[0]}" matches no upstream of the settings', hint=hint
        )
        return
    problems += _unusable(written, reading, known)
    reading.written += written
    for problem in problems:
        what = f"pack {include.pack}, line {file.line_of(problem.place)}: {problem.what}"
        yield Problem(place=place, what=what, hint=problem.hint)


def _is_known(text: str, known: Known) -> bool:
    return known.upstreams is None or any(pattern(text).matches(u.name) for u in known.upstreams)


def _unusable(written: Sequence[Written], reading: _Reading, known: Known) -> Iterator[Problem]:
    """Rules that cannot be used, and tests that fail."""
    for one in written:
        rule, place = one.rule, one.place
        if rule.id in reading.taken:
            hint = f"It is the id of the rule at {reading.taken[rule.id]}."
            yield Problem(place=(*place, "id"), what=f'duplicate rule id "{rule.id}"', hint=hint)
        reading.taken[rule.id] = rule.source
        faults = list(faults_of(rule, known))
        for fault in faults:
            yield Problem(place=(*place, *fault.key), what=fault.what, hint=fault.hint)
        if not faults:
            yield from _failed_tests(one, tuple(reading.confirmed), known)


def _failed_tests(one: Written, confirmed: tuple[Confirmed, ...], known: Known) -> Iterator[Problem]:
    if not one.tests:
        return
    for number, test in enumerate(one.tests):
        said = said_by(one.rule, test, known.upstreams or (), confirmed)
        if said != test.expect:
            what = f"the test expects {test.expect}, and the rule says: {said}"
            yield Problem(place=(*one.place, "tests", number), what=what)
    if all(test.expect == NONE for test in one.tests):
        what = "no test shows that the rule ever fires"
        hint = f"Add one with `expect: {one.rule.effect.value}`."
        yield Problem(place=(*one.place, "tests"), what=what, hint=hint)


def _refuse_shadows(rules: Sequence[Rule]) -> None:
    said = [
        f'{rules[place].source}: rule "{rules[place].id}" never decides: rule "{rules[other].id}" at '
        f"{rules[other].source} always matches too and says {rules[other].effect.value}"
        for place, other in shadows(rules)
    ]
    if said:
        raise SettingsError(CODE, "\n".join(said), "Take one of them out, or give the worse one a condition.")
