"""Facts → the values that conditions see, by the names of `schema`. Never computes a fact."""

from collections.abc import Callable, Mapping

from firedoor.core.decide.rules.patterns import pattern
from firedoor.core.decide.rules.places import paths_in, urls_in
from firedoor.core.decide.rules.targets import moment
from firedoor.model.facts import Facts
from firedoor.model.frozen import frozen
from firedoor.model.json import Json
from firedoor.model.policy import Confirmed, Policy
from firedoor.model.shell import ShellFacts
from firedoor.model.sql import SqlFacts


@frozen()
class Sight:
    """One way to look at a message: with one of its texts of SQL, and one of its command lines."""

    policy: Policy
    facts: Facts
    sql: SqlFacts | None
    shell: ShellFacts | None = None


def value_of(name: str, sight: Sight) -> Json:
    """The value of a fact.

    Raises:
        LookupError: there is no such fact.
    """
    return _VALUES[name](sight)


_ARGUED = frozenset({"tools/call", "prompts/get"})


def _args(sight: Sight) -> Json:
    message = sight.facts.message
    if message.method in _ARGUED:
        return message.params.get("arguments", {})
    return {name: value for name, value in message.params.items() if name != "_meta"}


def _texts(sight: Sight) -> Json:
    return _all_texts(sight)


def _all_texts(sight: Sight) -> list[str]:
    found: list[str] = []
    waiting: list[Json] = [_args(sight)]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, Mapping):
            waiting += reversed(list(value.values()))
        elif isinstance(value, list | tuple):
            waiting += reversed(value)
    return found


def _inputs(sight: Sight) -> Json:
    return sight.facts.message.params.get("inputResponses", {})


def _sql(sight: Sight) -> Json:
    sql = sight.sql
    return {
        "effect": "none" if sql is None else sql.effect.value,
        "dialect": "" if sql is None else sql.dialect,
        "statements": () if sql is None else sql.statements,
        "tables": () if sql is None else sql.tables,
        "columns": () if sql is None else sql.columns,
        "functions": () if sql is None else sql.functions,
        "bounded": sql is not None and sql.is_bounded,
    }


def _shell(sight: Sight) -> Json:
    shell = sight.shell
    return {
        "effect": "none" if shell is None else shell.effect.value,
        "allowed": shell is not None and shell.allowed,
        "commands": () if shell is None else shell.commands,
        "paths": () if shell is None else shell.paths,
        "urls": () if shell is None else shell.urls,
    }


def _urls(sight: Sight) -> Json:
    message = sight.facts.message
    named = (message.name,) if message.method.startswith("resources/") else ()
    return urls_in((*named, *_all_texts(sight)))


def _paths(sight: Sight) -> Json:
    return paths_in(_all_texts(sight))


def _principal(sight: Sight) -> Json:
    who = sight.facts.principal
    return {"name": who.name, "kind": who.kind.value, "groups": sorted(who.groups)}


def _agent(sight: Sight) -> Json:
    chain = [actor.name for actor in sight.facts.principal.actors]
    return {"name": chain[-1] if chain else "", "chain": chain}


def _tool(sight: Sight) -> Json:
    message = sight.facts.message
    name = message.name if message.method == "tools/call" else ""
    known = confirmed_of(sight.policy, sight.facts.upstream.name, name)
    return {
        "name": name,
        "read_only": known.is_read_only,
        "destructive": known.is_destructive,
        "idempotent": known.is_idempotent,
        "open_world": known.is_open_world,
    }


_NOTHING_CONFIRMED = Confirmed()


def confirmed_of(policy: Policy, upstream: str, tool: str) -> Confirmed:
    """What is confirmed of a tool; the first that fits counts."""
    for known in policy.confirmed:
        is_there = not known.upstreams or any(pattern(p).matches(upstream) for p in known.upstreams)
        if is_there and any(pattern(p).matches(tool) for p in known.tools):
            return known
    return _NOTHING_CONFIRMED


def _session(sight: Sight) -> Json:
    counts = sight.facts.session
    if counts is None:
        raise LookupError("session")
    age_s = max(0, sight.facts.at_us - counts.opened_at_us) // 1_000_000
    return {"calls": counts.calls, "denied": counts.denied, "age_s": age_s}


def _time(sight: Sight) -> Json:
    at = moment(sight.facts.at_us)
    return {
        "hour": at.hour,
        "minute": at.minute,
        "weekday": at.isoweekday(),
        "date": at.date().isoformat(),
        "unix_s": sight.facts.at_us // 1_000_000,
    }


def _message(sight: Sight) -> Json:
    message = sight.facts.message
    return {"method": message.method, "name": message.name, "era": message.era.value}


def _upstream(sight: Sight) -> Json:
    return {"name": sight.facts.upstream.name, "kind": sight.facts.upstream.kind}


def _network(sight: Sight) -> Json:
    return {"address": sight.facts.peer}


_VALUES: Mapping[str, Callable[[Sight], Json]] = {
    "args": _args,
    "texts": _texts,
    "inputs": _inputs,
    "sql": _sql,
    "shell": _shell,
    "urls": _urls,
    "paths": _paths,
    "principal": _principal,
    "agent": _agent,
    "tool": _tool,
    "session": _session,
    "time": _time,
    "message": _message,
    "upstream": _upstream,
    "network": _network,
}
