"""Commands about the policy: check, test, diff, apply, show, rollback, replay."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from firedoor.cli.settings_option import PLAINLY, Printing, SettingsFile

if TYPE_CHECKING:
    from firedoor.model.policy import Rule
    from firedoor.operations.replay_policy import Tried

Note = Annotated[
    str, Parameter(name=["--note", "--reason"], help="Why, for the record and for `policy show --all`.")
]
SHOWN = 19
"""Characters of a version that are shown: `sha256:` and twelve digits."""


def check(*files: Path, settings: SettingsFile = None) -> int:
    """Check policy files, and run the tests of their rules. Without files: those of the settings."""
    from firedoor.app.inspect import settings_for_people
    from firedoor.app.policy.in_force import draft_of

    _, policy = draft_of(settings_for_people(settings), files)
    print(f"{len(policy.rules)} rules, version {policy.version[:SHOWN]}")
    return 0


def test(*files: Path, printing: Printing = PLAINLY) -> int:
    """Run the tests of rules, and list how many each rule has. Exit code 1 if a rule has none."""
    from firedoor.app.inspect import settings_for_people
    from firedoor.app.policy.file import counted_tests
    from firedoor.app.policy.in_force import draft_of
    from firedoor.cli.output import clean, print_json, print_table

    found = settings_for_people(printing.settings)
    documents, policy = draft_of(found, files)
    counted = counted_tests(documents)
    rows = [(rule.id, rule.effect.value, counted.get(rule.id, 0)) for rule in policy.rules]
    rows = [row for row in rows if not row[0].startswith("guard.")]
    if printing.as_json:
        for name, effect, number in rows:
            print_json({"rule": name, "effect": effect, "tests": number})
    else:
        print_table(("RULE", "EFFECT", "TESTS"), rows, empty="No rules.")
    untested = [name for name, _, number in rows if not number]
    if untested and not printing.as_json:
        print(f"All tests pass. Rules without a test: {', '.join(clean(name) for name in untested)}")
    return 1 if untested else 0


def diff(*files: Path, printing: Printing = PLAINLY) -> int:
    """Show what files would change in the policy in force. Exit code 1 if they would."""
    from firedoor.app.inspect import open_store, settings_for_people
    from firedoor.app.policy.in_force import draft_of, in_force
    from firedoor.cli.output import clean, print_json
    from firedoor.operations.apply_policy import differences

    found = settings_for_people(printing.settings)
    _, policy = draft_of(found, files)
    with open_store(found) as store:
        before = in_force(found, store.policies)
    changed = list(differences(before.rules if before is not None else (), policy.rules))
    for change in changed:
        if printing.as_json:
            print_json({"rule": change.rule, "what": change.what})
            continue
        print(f"{change.what:8} {clean(change.rule)}")
        for mark, rule in (("-", change.before), ("+", change.after)):
            for line in described(rule):
                print(f"  {mark} {clean(line)}")
    if not changed and not printing.as_json:
        print("No rule differs from the policy in force.")
    return 1 if changed else 0


def apply(*files: Path, note: Note = "", settings: SettingsFile = None) -> int:
    """Bring files into force, from the next call on. Without files: those of the settings."""
    from firedoor.app.acts import RecordedActs, this_operator
    from firedoor.app.inspect import now_us, open_store, settings_for_people
    from firedoor.app.policy.file import read_documents
    from firedoor.app.policy.in_force import draft_of, drafts_of, made_of
    from firedoor.operations.apply_policy import apply_policy

    found = settings_for_people(settings)
    documents, policy = draft_of(found, files)
    drafts = drafts_of(read_documents(found.policies))
    with open_store(found) as store:
        newest = store.policies.newest()
        if newest is not None and newest.version == policy.version and newest.drafts == drafts:
            print(f"{policy.version[:SHOWN]} is in force already.")
            return 0
        made = made_of(documents, policy, by=this_operator().name, note=note, at_us=now_us())
        kept = apply_policy(
            policy,
            made.seen_with(drafts),
            store.policies,
            RecordedActs(found),
            expected=newest.number if newest is not None else 0,
        )
    print(f"Version {kept.number} is in force: {len(policy.rules)} rules, {policy.version[:SHOWN]}")
    return 0


def rollback(number: int | None = None, /, *, note: Note = "", settings: SettingsFile = None) -> int:
    """Bring an earlier version into force again: the one of this number, else the one before."""
    from firedoor.app.acts import RecordedActs, this_operator
    from firedoor.app.inspect import now_us, open_store, settings_for_people
    from firedoor.app.policy.file import read_documents
    from firedoor.app.policy.in_force import drafts_of, ground_of, made_of, policy_on, unpacked
    from firedoor.operations.apply_policy import apply_policy, earlier

    found = settings_for_people(settings)
    drafts = drafts_of(read_documents(found.policies))
    with open_store(found) as store:
        back = earlier(store.policies, number)
        documents = unpacked(back.documents)
        policy = policy_on(ground_of(found), documents)
        why = note or f"back to version {back.number}"
        made = made_of(documents, policy, by=this_operator().name, note=why, at_us=now_us())
        kept = apply_policy(policy, made.seen_with(drafts), store.policies, RecordedActs(found))
    print(
        f"Version {kept.number} is in force, which is version {back.number} again: {policy.version[:SHOWN]}"
    )
    return 0


def show(
    number: int | None = None,
    /,
    *,
    every: Annotated[bool, Parameter(name="--all", negative="", help="List the versions.")] = False,
    text: Annotated[bool, Parameter(negative="", help="The files as they were applied.")] = False,
    printing: Printing = PLAINLY,
) -> int:
    """Show the policy in force, or an earlier version of it."""
    from firedoor.app.inspect import open_store, settings_for_people
    from firedoor.app.policy.in_force import ground_of, policy_on, unpacked
    from firedoor.cli.output import clean, print_json
    from firedoor.model.errors import ClientError

    found = settings_for_people(printing.settings)
    with open_store(found) as store:
        if every:
            return _list(store.policies.list(), as_json=printing.as_json)
        kept = store.policies.newest() if number is None else store.policies.find(number)
    if kept is None:
        hint = "Start the gateway once, or apply one."
        raise ClientError("policy_unknown", "There is no such version of the policy.", hint)
    documents = unpacked(kept.documents)
    if text:
        for path, content in documents.files:
            print(f"# {clean(path)}\n{content}")
        return 0
    for rule in policy_on(ground_of(found), documents).rules:
        if printing.as_json:
            print_json({"rule": rule.id, "effect": rule.effect.value, "source": rule.source})
        else:
            print("\n".join(clean(line) for line in described(rule)))
    return 0


def _list(versions: "tuple[object, ...]", *, as_json: bool) -> int:
    from firedoor.cli.output import instant, print_json, print_table
    from firedoor.ports.policy_versions import PolicyVersion

    kept = [version for version in versions if isinstance(version, PolicyVersion)]
    if as_json:
        for v in kept:
            about = {"number": v.number, "version": v.version, "by": v.by, "note": v.note}
            print_json({**about, "applied_at": instant(v.at_us)})
        return 0
    rows = [(v.number, v.version[:SHOWN], instant(v.at_us), v.by, v.note) for v in kept]
    print_table(("NUMBER", "VERSION", "APPLIED", "BY", "NOTE"), rows, empty="No policy was applied yet.")
    return 0


def replay(
    *files: Path,
    since: Annotated[str, Parameter(help="How far back: 1h, 7d, or 2026-11-23T10:00Z.")] = "7d",
    every: Annotated[
        bool, Parameter(name="--all", negative="", help="Calls that stay the same too.")
    ] = False,
    printing: Printing = PLAINLY,
) -> int:
    """Try policy files on recorded calls. Exit code 1 if a call would have ended otherwise."""
    from firedoor.app.inspect import settings_for_people, since_us
    from firedoor.app.policy.in_force import draft_of
    from firedoor.app.policy.trial import tried_on_recordings

    found = settings_for_people(printing.settings)
    _, policy = draft_of(found, files)
    trial, results = tried_on_recordings(found, policy, since_us(since) or 0)
    calls = changed = 0
    for tried in results:
        calls += 1
        changed += tried.is_changed
        if tried.is_changed or every:
            _tell(tried, as_json=printing.as_json)
    if not printing.as_json:
        untried = f"; {trial.unknown} could not be tried" if trial.unknown else ""
        print(f"{calls} calls, {changed} would have ended otherwise{untried}.")
    return 1 if changed else 0


def _tell(tried: "Tried", *, as_json: bool) -> None:
    from firedoor.cli.output import clean, instant, print_json

    call = f"{tried.session}.{tried.sequence}"
    if as_json:
        print_json(
            {
                "call": call,
                "at": instant(tried.at_us),
                "principal": tried.principal,
                "upstream": tried.upstream,
                "method": tried.method,
                "name": tried.name,
                "before": tried.before,
                "rules_before": list(tried.rules_before),
                "after": tried.after,
                "rules": list(tried.rules),
                "reasons": list(tried.reasons),
            }
        )
        return
    who = f"{tried.principal} {tried.upstream} {tried.method} {tried.name}".rstrip()
    because = ", ".join(tried.rules) or "no rule"
    print(clean(f"{call} {instant(tried.at_us)} {who}: {tried.before} → {tried.after} ({because})"))


def described(rule: "Rule | None") -> list[str]:
    """Write a rule out, a line for each thing that it says."""
    if rule is None:
        return []
    matches = {
        "upstream": rule.upstreams, "tool": rule.tools, "resource": rule.resources, "prompt": rule.prompts,
        "method": rule.methods, "principal": rule.principals, "group": rule.groups, "agent": rule.agents,
        "network": rule.networks,
    }  # fmt: skip
    lines = [f"{rule.id}: {rule.effect.value}"]
    lines += [f"  {key}: {', '.join(names)}" for key, names in matches.items() if names]
    lines += [f"  time: {len(rule.times)} stretches of the week"] if rule.times else []
    lines += [f"  when: {rule.when}"] if rule.when else []
    lines += [f"  risk: {rule.risk.value}"] if rule.risk is not None else []
    duty = rule.obligations
    lines += [f"  mask: {', '.join(duty.masks)}"] if duty.masks else []
    lines += [f"  drop: {', '.join(duty.drops)}"] if duty.drops else []
    lines += [f"  rows: {duty.rows}"] if duty.rows is not None else []
    lines += [f"  rate: {rate.calls} in {rate.span_us // 1_000_000} s by {rate.by}" for rate in duty.rates]
    return lines + ([f"  reason: {rule.reason}"] if rule.reason else [])


GROUP: dict[str, Callable[..., int | None]] = {
    "check": check,
    "test": test,
    "diff": diff,
    "apply": apply,
    "show": show,
    "rollback": rollback,
    "replay": replay,
}
