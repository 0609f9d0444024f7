"""Which texts of a message a guard has to understand; and of command lines, what they mean."""

import re
from collections.abc import Iterator

import jiter

from firedoor.core.decide.encoded import decoded
from firedoor.core.decide.shell.arguments import Command, commands_in
from firedoor.core.decide.shell.bounds import LONGEST_TEXT
from firedoor.core.decide.shell.understand import too_long_together, understand_argv, understand_shell
from firedoor.core.decide.sql.arguments import possible_statements_in
from firedoor.model.facts import Facts
from firedoor.model.json import Json, JsonObject
from firedoor.model.shell import ShellFacts

_NAMED = frozenset({"tools/call", "prompts/get"})
_IGNORED = re.compile(r"[_\-\s.]+")
_MOST = 65
"""One more than are decided: then the call is denied without a look at the rest."""


_SAYS_MORE = re.compile(r"[\s;|&$`<>(){}]")
_NO_COMMAND = frozenset({"description", "reason", "comment", "explanation"})
"""Names of arguments that say what a command is for."""
_PLACES = frozenset({"cwd", "workdir", "workingdir", "workingdirectory", "directory", "dir", "path", "file"})
"""Names of arguments that say where it runs: blanks are of names there, other signs are of a shell."""
_SAYS_MORE_OF_A_PLACE = re.compile(r"[;|&$`<>\n\r]")
_PLAIN = re.compile(r"[A-Za-z0-9 /._-]")
_MOSTLY = 0.6
"""A word of eight letters is base64 of six bytes, which are signs by chance now and then."""
_HARMFUL_WORDS = frozenset({"reboot", "halt", "poweroff", "shutdown", "telinit"})
"""Words that do harm alone, under whatever name."""


def shell_facts(facts: Facts) -> tuple[ShellFacts, ...]:
    """What each command line would do; none unless the upstream's settings say that it takes commands.

    A text under a name that is not known to carry a command is read as one if a shell would read more than
    a word in it: a name that we do not know must not be a way around.
    """
    if facts.upstream.kind != "shell":
        return ()
    arguments = _arguments(facts)
    found: dict[Command, None] = dict.fromkeys(command for _, command in commands_in(arguments))
    known = {text for command in found for text in (command if isinstance(command, tuple) else (command,))}
    for name, value in _texts_of(arguments):
        if value not in known and _may_be_a_command(name, value):
            found[value] = None
        if name not in _NO_COMMAND:
            found.update(dict.fromkeys(inner for inner in decoded(value) if _is_a_line(inner)))
    return tuple(_understood(list(found)[:_MOST]))


def _understood(commands: list[Command]) -> Iterator[ShellFacts]:
    """Judged where all others wait: together they may be as long as one alone."""
    room = LONGEST_TEXT
    for command in commands:
        room -= len(command) if isinstance(command, str) else sum(map(len, command))
        if room < 0 and len(commands) > 1:
            yield too_long_together()
        else:
            yield understand_shell(command) if isinstance(command, str) else understand_argv(command)


def _is_a_line(text: str) -> bool:
    """Whether what was decoded could be meant for a shell; JSON, as in cursors, and chance are not."""
    if len(_PLAIN.findall(text)) < len(text) * _MOSTLY:
        return False
    return _SAYS_MORE.search(text) is not None and not _is_json(text)


def _is_json(text: str) -> bool:
    # By its first sign alone it could be a group of commands, `{ rm x; }`, or a test, `[ -d x ] && rm x`.
    if not text.lstrip().startswith(("{", "[")):
        return False
    try:
        jiter.from_json(text.encode())
    except ValueError:
        return False
    return True


def _may_be_a_command(name: str, value: str) -> bool:
    if name in _NO_COMMAND:
        return False
    signs = _SAYS_MORE_OF_A_PLACE if name in _PLACES else _SAYS_MORE
    return signs.search(value) is not None or value.lower() in _HARMFUL_WORDS


def _texts_of(arguments: JsonObject) -> Iterator[tuple[str, str]]:
    """Every text, with the name it stands under. Words of a list stand under the name of the list."""
    left: list[tuple[str, Json]] = list(arguments.items())
    while left:
        name, value = left.pop()
        if isinstance(value, str):
            yield _IGNORED.sub("", name).lower(), value
        elif isinstance(value, dict):
            left += value.items()
        elif isinstance(value, list):
            left += [(name, item) for item in value]


def sql_texts(facts: Facts) -> tuple[str, ...]:
    """The texts that may be SQL, each once; none unless the upstream's settings say that it takes SQL."""
    if facts.upstream.kind != "sql":
        return ()
    return tuple(dict.fromkeys(text for _, text in possible_statements_in(_arguments(facts))))


def _arguments(facts: Facts) -> JsonObject:
    """What is sent to be acted upon. Of a call that was asked something back, the answers as well."""
    params = facts.message.params
    if facts.message.method not in _NAMED:
        return params
    sent = params.get("arguments")
    arguments = sent if isinstance(sent, dict) else {"": sent}
    answers = params.get("inputResponses")
    return arguments if answers is None else {**arguments, "inputResponses": _contents(answers)}


def _contents(answers: Json) -> Json:
    """Answers without what the protocol puts around them: `accept` is no statement."""
    if not isinstance(answers, dict):
        return answers
    return [
        answer.get("content") if isinstance(answer, dict) and "action" in answer else answer
        for answer in answers.values()
    ]
