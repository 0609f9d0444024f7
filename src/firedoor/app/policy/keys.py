"""The keys of a policy file, as they are written. What they mean: `rules`."""

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, JsonValue

Names: TypeAlias = str | list[str]


class _Keys(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class TimeKeys(_Keys):
    """An entry of `match.time`."""

    days: Names = []
    start: Annotated[str, Field(alias="from")] = "00:00"
    until: str = "24:00"


class MatchKeys(_Keys):
    """The entry `match` of a rule."""

    upstream: Names = []
    tool: Names = []
    resource: Names = []
    prompt: Names = []
    method: Names = []
    principal: Names = []
    group: Names = []
    agent: Names = []
    network: Names = []
    time: list[TimeKeys] = []


class RateKeys(_Keys):
    """The entry `rate` of a rule."""

    calls: Annotated[int, Field(ge=1, le=10_000)]
    per: str
    by: Literal["principal", "grant", "session", "all"] = "principal"


class ApproverKeys(_Keys):
    """The entry `approvers` of a rule."""

    quorum: Annotated[int, Field(ge=1, le=9)] = 1
    role: Names = "approver"
    group: Names = []
    within: str = ""


class SessionKeys(_Keys):
    """The entry `session` of a test."""

    calls: int = 0
    denied: int = 0
    age_s: int = 0


class TestKeys(_Keys):
    """An entry of `tests` of a rule."""

    expect: Literal["allow", "deny", "hold", "none"]
    args: dict[str, JsonValue] = {}
    inputs: dict[str, JsonValue] = {}
    upstream: str = ""
    method: str = ""
    tool: str = ""
    read_only: bool = False
    resource: str = ""
    prompt: str = ""
    principal: str = ""
    group: Names | None = None
    agent: str | None = None
    address: str = ""
    at: str = ""
    session: SessionKeys = SessionKeys()


class RuleKeys(_Keys):
    """An entry of `rules`."""

    id: str
    match: MatchKeys = MatchKeys()
    when: str = ""
    effect: Literal["allow", "deny", "hold"]
    risk: Literal["low", "medium", "high", "critical"] | None = None
    reason: str = ""
    approvers: ApproverKeys | None = None
    permits: bool | None = None
    mask: Names = []
    drop: Names = []
    rows: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    rate: RateKeys | None = None
    tests: list[TestKeys] = []


class IncludeKeys(_Keys):
    """An entry of `include`."""

    pack: str
    upstream: Names = []


class ConfirmedKeys(_Keys):
    """An entry of `tools`."""

    upstream: Names = []
    tool: Names
    read_only: bool = False
    destructive: bool = True
    idempotent: bool = False
    open_world: bool = True


class PolicyKeys(_Keys):
    """A policy file as it is written."""

    include: list[IncludeKeys] = []
    tools: list[ConfirmedKeys] = []
    rules: list[RuleKeys] = []


LATER: dict[str, str] = {}
"""Keys that will mean something."""
