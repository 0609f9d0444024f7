"""The value codec of the routing headers. Strict: one text has one encoding.

Plain visible ASCII stands for itself; anything else is `=?base64?…?=` (case-sensitive, canonical).
Source: MCP 2026-07-28, Streamable HTTP, "Header value encoding".
"""

import binascii

_BEGIN = "=?base64?"
_END = "?="


def decoded(value: str) -> str | None:
    """The text that a header value stands for; None if it is malformed."""
    if not (value.startswith(_BEGIN) and value.endswith(_END)):
        return value
    try:
        raw = binascii.a2b_base64(value[len(_BEGIN) : -len(_END)], strict_mode=True)
        text = raw.decode("utf-8")
    except (binascii.Error, ValueError):
        return None
    return text


def encoded(text: str) -> str:
    """The header value that stands for a text."""
    is_plain = text.isascii() and text.isprintable() and text == text.strip() and bool(text)
    if is_plain and not text.startswith(_BEGIN):
        return text
    return _BEGIN + binascii.b2a_base64(text.encode(), newline=False).decode() + _END
