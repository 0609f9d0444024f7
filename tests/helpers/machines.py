"""The machines of approvals and permits, as tests look at them and as pages show them."""

from collections.abc import Mapping
from enum import Enum


def ends_of(table: Mapping[tuple[Enum, Enum], Enum]) -> set[Enum]:
    """The states from which nothing leads, of those that the table names."""
    return {*table.values()} - {state for state, _ in table}


def diagram(begins: str, start: Enum, table: Mapping[tuple[Enum, Enum], Enum]) -> str:
    """A machine as Mermaid. `begins`: what brings something into its first state."""
    ends = ends_of(table)
    lines = ["stateDiagram-v2", f"    [*] --> {start.value}: {begins}"]
    lines += [f"    {state.value} --> {to.value}: {turn.value}" for (state, turn), to in table.items()]
    lines += [f"    {state.value} --> [*]" for state in type(start) if state in ends]
    return "\n".join(lines)
