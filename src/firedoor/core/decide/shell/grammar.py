"""Words → commands: lists, pipelines, groups, if, while, until, for, `[[`. Nothing else is read.

Functions, case, select, coproc, arrays, arithmetic commands, background and process substitution other than
`<(…)` are `Unclear`: no read needs them, and each of them hides what runs.
"""

import re

from firedoor.core.decide.shell.bounds import Steps
from firedoor.core.decide.shell.lexer import BETWEEN_WORDS, Cursor, read_word
from firedoor.core.decide.shell.syntax import (
    Assignment,
    Block,
    Chain,
    Condition,
    For,
    Node,
    Part,
    PartKind,
    Pipeline,
    Redirect,
    Script,
    Simple,
    Unclear,
    Word,
)

_RESERVED = re.compile(
    r"(if|then|elif|else|fi|for|do|done|while|until|case|esac|in|function|select|coproc|\{|\}|!|\[\[)"
    r"(?=[\s;&|<>()]|$)"
)
_NOT_READ = frozenset({"case", "esac", "function", "select", "coproc"})
_ASSIGNED = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(\+?)=")
_NUMBERED = re.compile(r"[0-9]{1,3}(?=[<>])")
_OPERATORS = ("&>>", "<<<", "<<-", "&>", ">>", ">|", ">&", "<&", "<>", "<<", ">", "<")
_DELIMITER = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_EXPANDS = re.compile(r"[$`\\]")


def read_script(text: str, steps: Steps | None = None) -> Script:
    """Read a whole text. `steps` counts on where other texts of the same line have been read.

    Raises:
        Unclear: it cannot be read with certainty.
    """
    cursor = Cursor(text=text, steps=steps or Steps())
    script = _script(cursor, frozenset())
    if cursor.sign:
        raise Unclear(f"The sign {cursor.sign!r} at {cursor.at} has no place there.")
    if cursor.owed:
        raise Unclear("A here-document has no body.")
    return script


def _script(cursor: Cursor, closers: frozenset[str]) -> Script:
    chains: list[Chain] = []
    while True:
        _lines(cursor)
        if not cursor.sign or cursor.sign == ")" or _reserved(cursor) in closers:
            break
        chains.append(_chain(cursor))
        cursor.skip_blanks()
        if cursor.sign == "&":
            raise Unclear("Commands in the background are not allowed; leave out the &.")
        if cursor.starts(";;"):
            raise Unclear("The sign ;; has no place here.")
        if cursor.sign == ";":
            cursor.at += 1
        elif cursor.sign not in {"\n", ")", ""}:
            raise Unclear(f"The sign {cursor.sign!r} at {cursor.at} has no place there.")
    return Script(chains=tuple(chains))


def _lines(cursor: Cursor) -> None:
    """Go past blanks and line ends; the bodies of here-documents begin at a line end."""
    cursor.skip_blanks()
    while cursor.sign == "\n":
        cursor.at += 1
        while cursor.owed:
            _skip_body(cursor)
        cursor.skip_blanks()


def _skip_body(cursor: Cursor) -> None:
    delimiter, is_stripped, is_verbatim = cursor.owed.pop(0)
    while cursor.sign:
        end = cursor.text.find("\n", cursor.at)
        end = len(cursor.text) if end < 0 else end
        line = cursor.text[cursor.at : end]
        cursor.at = min(end + 1, len(cursor.text))
        if (line.lstrip("\t") if is_stripped else line) == delimiter:
            return
        if not is_verbatim and _EXPANDS.search(line):
            raise Unclear("A here-document with expansions is not read; quote its delimiter: << 'EOF'.")
    raise Unclear("A here-document is not closed.")


def _reserved(cursor: Cursor) -> str:
    found = _RESERVED.match(cursor.text, cursor.at)
    return "" if found is None else found[1]


def _chain(cursor: Cursor) -> Chain:
    pipelines = [_pipeline(cursor)]
    operators: list[str] = []
    cursor.skip_blanks()
    while cursor.starts("&&") or cursor.starts("||"):
        operators.append(cursor.text[cursor.at : cursor.at + 2])
        cursor.at += 2
        _lines(cursor)
        pipelines.append(_pipeline(cursor))
        cursor.skip_blanks()
    return Chain(pipelines=tuple(pipelines), operators=tuple(operators))


def _pipeline(cursor: Cursor) -> Pipeline:
    cursor.steps.take()
    cursor.skip_blanks()
    while _reserved(cursor) == "!":
        cursor.at += 1
        cursor.skip_blanks()
    nodes = [_node(cursor)]
    cursor.skip_blanks()
    while cursor.sign == "|" and not cursor.starts("||"):
        cursor.at += 2 if cursor.starts("|&") else 1
        _lines(cursor)
        nodes.append(_node(cursor))
        cursor.skip_blanks()
    return Pipeline(nodes=tuple(nodes))


def _node(cursor: Cursor) -> Node:
    cursor.skip_blanks()
    if cursor.starts("(("):
        raise Unclear("Arithmetic commands are not read.")
    word = "(" if cursor.sign == "(" else _reserved(cursor)
    if word in _NOT_READ:
        raise Unclear(f"The form {word} … is not read.")
    reader = _BLOCKS.get(word)
    if reader is None:
        return _simple(cursor)
    cursor.at += len(word)
    cursor.enter()
    node = reader(cursor)
    cursor.depth -= 1
    return node


def _subshell(cursor: Cursor) -> Block:
    script = _commands(cursor)
    return Block(scripts=(script,), is_subshell=True, redirects=_redirects(cursor))


def _commands(cursor: Cursor) -> Script:
    before = len(cursor.owed)
    cursor.parentheses += 1
    script = _script(cursor, frozenset())
    cursor.parentheses -= 1
    if cursor.sign != ")":
        raise Unclear("A parenthesis is not closed.")
    if len(cursor.owed) != before:
        raise Unclear("A here-document reaches over a parenthesis.")
    cursor.at += 1
    return script


def _group(cursor: Cursor) -> Block:
    script = _until(cursor, "}")
    return Block(scripts=(script,), redirects=_redirects(cursor))


def _if(cursor: Cursor) -> Block:
    scripts = [_until(cursor, "then")]
    while True:
        scripts.append(_script(cursor, frozenset({"elif", "else", "fi"})))
        closer = _reserved(cursor)
        cursor.at += len(closer)
        if closer == "elif":
            scripts.append(_until(cursor, "then"))
        elif closer == "else":
            scripts.append(_until(cursor, "fi"))
            break
        elif closer == "fi":
            break
        else:
            raise Unclear("An if is not closed.")
    return Block(scripts=tuple(scripts), redirects=_redirects(cursor))


def _while(cursor: Cursor) -> Block:
    scripts = (_until(cursor, "do"), _until(cursor, "done"))
    return Block(scripts=scripts, is_loop=True, redirects=_redirects(cursor))


def _until(cursor: Cursor, closer: str) -> Script:
    script = _script(cursor, frozenset({closer}))
    if _reserved(cursor) != closer:
        raise Unclear(f"The word {closer} is missing.")
    cursor.at += len(closer)
    return script


def _for(cursor: Cursor) -> For:
    cursor.skip_blanks()
    name = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?=[ \t\n])").match(cursor.text, cursor.at)
    if name is None:
        raise Unclear("Of for loops only `for NAME in WORDS` is read.")
    cursor.at = name.end()
    cursor.skip_blanks()
    if _reserved(cursor) != "in":
        raise Unclear("Of for loops only `for NAME in WORDS` is read.")
    cursor.at += 2
    words = _words(cursor)
    if cursor.sign == ";":
        cursor.at += 1
    _lines(cursor)
    if _reserved(cursor) != "do":
        raise Unclear("The word do is missing.")
    cursor.at += 2
    body = _until(cursor, "done")
    return For(name=name[0], words=words, body=body, redirects=_redirects(cursor))


def _words(cursor: Cursor) -> tuple[Word, ...]:
    words: list[Word] = []
    cursor.skip_blanks()
    while cursor.sign and cursor.sign not in BETWEEN_WORDS:
        words.append(read_word(cursor, _commands))
        cursor.skip_blanks()
    return tuple(words)


def _condition(cursor: Cursor) -> Condition:
    words = _words(cursor)
    if not words or words[-1].bare != "]]":
        raise Unclear("Of [[ … ]] only plain comparisons are read; join them outside: [[ a ]] && [[ b ]].")
    return Condition(words=words[:-1], redirects=_redirects(cursor))


_BLOCKS = {
    "(": _subshell,
    "{": _group,
    "if": _if,
    "while": _while,
    "until": _while,
    "for": _for,
    "[[": _condition,
}


def _simple(cursor: Cursor) -> Simple:
    assignments: list[Assignment] = []
    words: list[Word] = []
    redirects: list[Redirect] = []
    start = cursor.at
    while True:
        cursor.skip_blanks()
        output = _output_as_file(cursor)
        redirect = _redirect(cursor) if output is None else None
        if output is not None:
            words.append(output)
        elif redirect is not None:
            redirects.append(redirect)
        elif not cursor.sign or cursor.sign in BETWEEN_WORDS:
            break
        elif not words and (assigned := _ASSIGNED.match(cursor.text, cursor.at)):
            assignments.append(_assignment(cursor, assigned))
        else:
            words.append(_command_word(cursor))
    if cursor.sign == "(":
        raise Unclear("Functions, arrays and patterns in parentheses are not read.")
    if cursor.at == start:
        raise Unclear(f"A command is missing at {cursor.at}.")
    return Simple(assignments=tuple(assignments), words=tuple(words), redirects=tuple(redirects))


def _command_word(cursor: Cursor) -> Word:
    word = read_word(cursor, _commands)
    if cursor.sign in {"<", ">"} and cursor.text.startswith("{", word.start):
        raise Unclear("A redirection into a named descriptor is not read.")
    return word


def _output_as_file(cursor: Cursor) -> Word | None:
    """`<(…)` as a word of its own; nothing may touch it, since that would be of its name."""
    if not cursor.starts("<("):
        return None
    start = cursor.at
    if cursor.text[start - 1 : start] not in {" ", "\t"}:
        raise Unclear("Process substitution is read as a word of its own; put a blank before it.")
    cursor.at += len("<(")
    cursor.enter()
    script = _commands(cursor)
    cursor.depth -= 1
    if cursor.sign and cursor.sign not in {" ", "\t", "\n", ";", "|", ")"}:
        raise Unclear("Process substitution is read as a word of its own; put a blank behind it.")
    part = Part(kind=PartKind.READ_AS_FILE, script=script)
    return Word(parts=(part,), start=start, end=cursor.at)


def _assignment(cursor: Cursor, found: re.Match[str]) -> Assignment:
    cursor.at = found.end()
    if cursor.sign == "(":
        raise Unclear("Arrays are not read.")
    value = read_word(cursor, _commands)
    return Assignment(name=found[1], value=value, is_added=bool(found[2]))


def _redirects(cursor: Cursor) -> tuple[Redirect, ...]:
    found: list[Redirect] = []
    cursor.skip_blanks()
    while (redirect := _redirect(cursor)) is not None:
        found.append(redirect)
        cursor.skip_blanks()
    return tuple(found)


def _redirect(cursor: Cursor) -> Redirect | None:
    numbered = _NUMBERED.match(cursor.text, cursor.at)
    at = cursor.at if numbered is None else numbered.end()
    operator = next((o for o in _OPERATORS if cursor.text.startswith(o, at)), None)
    if operator is None:
        return None
    cursor.at = at + len(operator)
    if cursor.sign == "(":
        raise Unclear("Process substitution is not read.")
    cursor.skip_blanks()
    if not cursor.sign or cursor.sign in BETWEEN_WORDS:
        raise Unclear("A redirection has no target.")
    target = read_word(cursor, _commands)
    if operator in {"<<", "<<-"}:
        return _here_document(cursor, operator, target)
    return Redirect(operator=operator, target=target)


def _here_document(cursor: Cursor, operator: str, target: Word) -> Redirect:
    delimiter = "".join(part.text for part in target.parts)
    plain = all(part.kind in {PartKind.LITERAL, PartKind.QUOTED} for part in target.parts)
    if not plain or _DELIMITER.fullmatch(delimiter) is None:
        raise Unclear("The delimiter of a here-document is one plain word.")
    if cursor.parentheses:
        raise Unclear("A here-document inside parentheses is not read.")
    is_verbatim = any(part.is_quoted for part in target.parts)
    cursor.owed.append((delimiter, operator == "<<-", is_verbatim))
    return Redirect(operator=operator)
