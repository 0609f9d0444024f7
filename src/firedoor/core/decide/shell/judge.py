"""Commands → findings: each command is held against its specification, and so is what it runs in turn.

Control flow decides nothing: a command counts whether or not it would be reached. Variables do count:
a loop over known words is judged once for each, and what is not known could be anything.
"""

from dataclasses import dataclass
from enum import Enum

from firedoor.core.decide.shell import names, secrets_named
from firedoor.core.decide.shell.bounds import DEEPEST, refused_character, refused_size
from firedoor.core.decide.shell.findings import Findings
from firedoor.core.decide.shell.grammar import read_script
from firedoor.core.decide.shell.harm import effect_of
from firedoor.core.decide.shell.second_reading import agree, words_of
from firedoor.core.decide.shell.specification import Inner, Parsed, Specification, parse
from firedoor.core.decide.shell.specifications.table import specification_of
from firedoor.core.decide.shell.syntax import (
    Block,
    Chain,
    Condition,
    For,
    Node,
    PartKind,
    Pipeline,
    Redirect,
    Script,
    Simple,
    Unclear,
    Word,
)
from firedoor.core.decide.shell.tests_of_shell import refused_test
from firedoor.core.decide.shell.values import ANYTHING, Argument, Variables, arguments_of, known, value_of
from firedoor.model.shell import ShellEffect

_ASK_OF_FILES = frozenset({"test", "["})
"""They say whether a file is there, and never what it holds."""


_READ_FILES = frozenset({"diff", "comm", "cmp", "paste", "join", "cat", "wc"})
"""Whatever their operands hold, they print it or compare it, and never follow it: behind `grep -f`, `sort -o`
or `bash` the output of commands would be more than that.
"""


_OF_NAMES = frozenset({PartKind.VARIABLE, PartKind.CUT})


class Input(Enum):
    """Where a command reads from, as far as it matters to one that sends it on."""

    PLAIN = "plain"
    """Nothing, or a text that is written in the command line."""
    OTHER = "other"


@dataclass(slots=True)
class Judge:
    """Judges one command line."""

    findings: Findings
    depth: int = 0

    def text(self, text: str, given: Input = Input.PLAIN) -> None:
        """Judge a text that a shell would read.

        Raises:
            Unclear: it cannot be read with certainty.
        """
        refused = refused_size(text) or refused_character(text)
        if refused is not None:
            raise Unclear(refused)
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unclear(f"It runs commands within commands more than {DEEPEST} levels deep.")
        script = read_script(text, self.findings.steps)
        agree(text, script)
        self._script(script, {}, given)
        self.depth -= 1

    def command(self, arguments: tuple[Argument, ...], given: Input = Input.PLAIN) -> None:
        """Judge one command: its name and its arguments, as they would be run."""
        for argument in arguments:
            self.findings.steps.take_for(argument.text or argument.prefix)
        if not arguments:
            return
        name = arguments[0]
        if name.text is None:
            self.findings.refuse("Which command runs is known only when it runs; write its name.")
            return
        try:
            self._specified(name.text, arguments[1:], given)
        except Unclear as unclear:
            shown = tuple(argument.text or "" for argument in arguments)
            self.findings.refuse(unclear.reason, effect_of(shown))

    def _specified(self, name: str, arguments: tuple[Argument, ...], given: Input) -> None:
        specification = specification_of(name)
        if specification is None:
            raise Unclear(f"The command {name[:80]} is not specified, so it is not allowed.")
        is_test = specification.name in _ASK_OF_FILES
        for argument in arguments:
            if is_test:
                self.findings.note_places(argument)
            else:
                self._hold_places(argument)
        if specification.any_arguments:
            self.findings.ran((specification.name,))
            return
        self.findings.steps.take(specification.steps)
        last, parsed = parse(specification, arguments)
        self.findings.ran(parsed.path)
        self._hold_rules(last, parsed, arguments, given)
        if last.unwrap is not None:
            inner = last.unwrap(parsed)
            if isinstance(inner, str):
                raise Unclear(inner)
            self._inner(inner, given)

    def _hold_rules(
        self, last: Specification, parsed: Parsed, arguments: tuple[Argument, ...], given: Input
    ) -> None:
        if last.is_static and any(argument.text is None for argument in arguments):
            raise Unclear(
                f"{parsed.path[0]} goes out into the network; each of its arguments is written out."
            )
        if last.sends_input and given is not Input.PLAIN:
            raise Unclear(f"{' '.join(parsed.path)} would send what it reads to another machine.")
        refused = None if last.check is None else last.check(parsed)
        if refused is not None:
            raise Unclear(refused)

    def _inner(self, inner: Inner, given: Input) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unclear(f"It runs commands within commands more than {DEEPEST} levels deep.")
        for command in inner.commands:
            self.command(command, given)
        self.depth -= 1
        for text in inner.texts:
            if text.text is None:
                raise Unclear("The text of an inner shell is known only when it runs.")
            self.text(text.text, given)

    def _hold_places(self, argument: Argument) -> None:
        self.findings.note_places(argument)
        text = argument.text
        pattern = argument.pattern
        if text is not None:
            is_held = secrets_named.names_credentials(text)
        else:
            is_held = pattern is not None and secrets_named.may_match_credentials(pattern)
            is_held = is_held or secrets_named.may_spell_credentials(argument.spelling or "")
        if is_held:
            self.findings.refuse(f"{argument.shown} is known to hold credentials.", ShellEffect.READ)

    # --- scripts -------------------------------------------------------------------------------

    def _script(self, script: Script, variables: dict[str, Argument], given: Input) -> None:
        for chain in script.chains:
            self._chain(chain, variables, given)

    def _chain(self, chain: Chain, variables: dict[str, Argument], given: Input) -> None:
        self.findings.steps.take()
        certain: set[str] = set()
        for number, pipeline in enumerate(chain.pipelines):
            is_alternative = number > 0 and chain.operators[number - 1] == "||"
            if is_alternative:
                _forget(variables, _assigned_in(chain) - certain)
            self._pipeline(pipeline, variables, given)
            if number == 0:
                certain = _assigned_by(pipeline)
        _forget(variables, _assigned_in(chain) - certain)

    def _pipeline(self, pipeline: Pipeline, variables: dict[str, Argument], given: Input) -> None:
        if len(pipeline.nodes) == 1:
            self._node(pipeline.nodes[0], variables, given)
            return
        for node in pipeline.nodes:
            self._node(node, dict(variables), given)
            given = Input.PLAIN if _writes_plain(node) else Input.OTHER
        _forget(variables, _assigned_by(pipeline))

    def _node(self, node: Node, variables: dict[str, Argument], given: Input) -> None:
        for word in words_of(node):
            self._substitutions(word, variables)
        self.findings.steps.take(1 + len(node.redirects))
        for redirect in node.redirects:
            given = self._redirect(redirect, variables, given)
        if isinstance(node, Simple):
            self._simple(node, variables, given)
        elif isinstance(node, Condition):
            self._condition(node, variables)
        elif isinstance(node, For):
            self._for(node, variables, given)
        else:
            self._block(node, variables, given)

    def _substitutions(self, word: Word, variables: dict[str, Argument]) -> None:
        for part in word.parts:
            if part.script is not None:
                self._script(part.script, dict(variables), Input.OTHER)
            elif part.kind in _OF_NAMES and names.is_secret(part.text) and part.text not in variables:
                self.findings.refuse(f"The variable {part.text} is named like a secret.", ShellEffect.READ)

    def _redirect(self, redirect: Redirect, variables: Variables, given: Input) -> Input:
        if redirect.target is None or redirect.operator == "<<<":
            is_known = redirect.target is None or value_of(redirect.target, variables).text is not None
            return Input.PLAIN if is_known else Input.OTHER
        target = arguments_of(redirect.target, variables)
        text = target[0].text if len(target) == 1 else None
        if redirect.operator in {">&", "<&"} and text is not None and (text.isdigit() or text == "-"):
            return given
        if redirect.operator == "<":
            return self._read_from(target, given)
        if text == "/dev/null" and redirect.operator not in {"<>", "<&"}:
            return given
        shown = text if text is not None else "a file that is not known"
        if text is not None:
            self.findings.note_places(target[0])
        self.findings.refuse(
            f"It would write to {shown}; output may go only to /dev/null, 1 and 2.", ShellEffect.DESTRUCTIVE
        )
        return given

    def _read_from(self, target: tuple[Argument, ...], given: Input) -> Input:
        (source,) = target if len(target) == 1 else (ANYTHING,)
        begin = source.text if source.text is not None else source.prefix
        if begin == "/dev/null":
            return Input.PLAIN
        if begin.startswith("/dev/") or (source.text is None and "/dev/".startswith(begin[:5])):
            self.findings.refuse("Input from /dev/ may open a connection; it is read only from known files.")
        for argument in target:
            self._hold_places(argument)
        return Input.OTHER

    def _simple(self, node: Simple, variables: dict[str, Argument], given: Input) -> None:
        for assignment in node.assignments:
            value = value_of(assignment.value, variables)
            if not names.may_be_set(assignment.name, value.text):
                self.findings.refuse(f"The variable {assignment.name} may not be set to {value.shown}.")
            if not node.words:
                variables[assignment.name] = ANYTHING if assignment.is_added else value
        if not node.words:
            return
        arguments = self._expanded(node, variables)
        for name in _set_by_words(node):
            variables[name] = ANYTHING
        variables.update(_exported(arguments))
        if not arguments:
            self.findings.refuse("Which command runs is known only when it runs; write its name.")
            return
        self.command(tuple(arguments), given)

    def _expanded(self, node: Simple, variables: Variables) -> list[Argument]:
        if node.words[0].bare not in _READ_FILES and any(map(_is_output_as_file, node.words)):
            self.findings.refuse("Process substitution is read where files are compared or printed.")
        arguments: list[Argument] = []
        for word in node.words:
            arguments.extend(arguments_of(word, variables))
            self.findings.steps.take(len(word.parts))
        return arguments

    def _condition(self, node: Condition, variables: Variables) -> None:
        arguments = tuple(a for word in node.words for a in arguments_of(word, variables))
        refused = refused_test(arguments, is_double=True)
        if refused is not None:
            self.findings.refuse(refused)
        for argument in arguments:
            self.findings.note_places(argument)
        self.findings.ran(("[[",))

    def _block(self, node: Block, variables: dict[str, Argument], given: Input) -> None:
        inside = dict(variables)
        if node.is_loop:
            _forget(inside, _assigned_in_all(node.scripts))
        for script in node.scripts:
            self._script(script, inside, given)
        if not node.is_subshell:
            _forget(variables, _assigned_in_all(node.scripts))

    def _for(self, node: For, variables: dict[str, Argument], given: Input) -> None:
        if not names.may_be_set(node.name, None):
            self.findings.refuse(f"The variable {node.name} may not be set by a loop.")
        values = [a for word in node.words for a in _turns(word, variables)]
        self.findings.steps.take(len(values))
        _forget(variables, _assigned_in_all((node.body,)))
        for value in dict.fromkeys(values):
            self._script(node.body, {**variables, node.name: value}, given)
        if not values:
            self._script(node.body, {**variables, node.name: known("")}, given)
        variables[node.name] = ANYTHING


def _turns(word: Word, variables: Variables) -> tuple[Argument, ...]:
    """What the variable of a loop holds in turn."""
    single = word.parts[0] if len(word.parts) == 1 else None
    if single is not None and single.kind is PartKind.VARIABLE and not single.is_quoted:
        value = variables.get(single.text, ANYTHING).text
        if value is not None and not any(sign in value for sign in "*?[\\"):
            return (*map(known, value.split()), known(value))  # zsh does not split
    return tuple(
        Argument(text=None, prefix=a.prefix, is_operand=a.is_operand, pattern=a.pattern)
        if a.text is None
        else a
        for a in arguments_of(word, variables)
    )


def _is_output_as_file(word: Word) -> bool:
    return any(part.kind is PartKind.READ_AS_FILE for part in word.parts)


def _writes_plain(node: Node) -> bool:
    """Whether what a command writes stands in the command line: `echo Q | …`."""
    if not isinstance(node, Simple) or not node.words or node.redirects:
        return False
    kinds = {part.kind for word in node.words for part in word.parts}
    return node.words[0].bare in {"echo", "printf", "true", ":"} and kinds <= {
        PartKind.LITERAL,
        PartKind.QUOTED,
    }


def _exported(arguments: list[Argument]) -> dict[str, Argument]:
    """`export NAME=value` with values that are known."""
    if not arguments or arguments[0].text != "export":
        return {}
    pairs = (argument.text.partition("=") for argument in arguments[1:] if argument.text is not None)
    return {name: known(value) for name, equals, value in pairs if equals}


def _forget(variables: dict[str, Argument], assigned: set[str]) -> None:
    for name in assigned:
        variables[name] = ANYTHING


_SETS = frozenset({"export", "declare", "typeset", "local", "readonly", "read", "unset", "printf"})


def _set_by_words(node: Simple) -> set[str]:
    """Names that a command sets by its words: `read x`, `export x=1`."""
    if not node.words or node.words[0].bare not in _SETS:
        return set()
    texts = ("".join(part.text for part in word.parts) for word in node.words[1:])
    return {text.partition("=")[0] for text in texts}


def _assigned_in_all(scripts: tuple[Script, ...]) -> set[str]:
    return {name for script in scripts for chain in script.chains for name in _assigned_in(chain)}


def _assigned_in(chain: Chain) -> set[str]:
    return {name for pipeline in chain.pipelines for name in _assigned_by(pipeline)}


def _assigned_by(pipeline: Pipeline) -> set[str]:
    found: set[str] = set()
    for node in pipeline.nodes:
        if isinstance(node, Simple):
            found |= {assignment.name for assignment in node.assignments} | _set_by_words(node)
        elif isinstance(node, Block):
            found |= _assigned_in_all(node.scripts)
        elif isinstance(node, For):
            found |= {node.name} | _assigned_in_all((node.body,))
    return found
