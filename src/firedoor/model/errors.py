"""The five exceptions, by who must act. Denials and refusals are values, never exceptions."""


class FiredoorError(Exception):
    """Cannot go on. `code` is stable and explained in the reference; `hint` says what to do."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        """Keep the stable code, what happened, and what to do about it."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """What happened and what to do, for a terminal."""
        return f"{self.message}\n  {self.hint}" if self.hint else self.message


class ClientError(FiredoorError):
    """The agent or its client sent what cannot be served."""


class UpstreamError(FiredoorError):
    """The upstream did not answer, or answered what MCP does not allow."""


class RecordError(FiredoorError):
    """The record cannot be written or read. Traffic stops."""


class SettingsError(FiredoorError):
    """The operator's settings or policy cannot be used."""


class IntegrityError(FiredoorError):
    """Stored evidence does not verify."""
