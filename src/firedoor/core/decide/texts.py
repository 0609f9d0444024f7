"""Which texts of a message a guard has to understand. Only finds them."""

from firedoor.core.decide.sql.arguments import possible_statements_in
from firedoor.model.facts import Facts

_NAMED = frozenset({"tools/call", "prompts/get"})


def sql_texts(facts: Facts) -> tuple[str, ...]:
    """The texts that may be SQL, each once; none unless the upstream's settings say that it takes SQL."""
    if facts.upstream.kind != "sql":
        return ()
    params = facts.message.params
    sent = params.get("arguments") if facts.message.method in _NAMED else params
    arguments = sent if isinstance(sent, dict) else {"": sent}
    return tuple(dict.fromkeys(text for _, text in possible_statements_in(arguments)))
