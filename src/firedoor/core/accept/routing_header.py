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
        return value if value.isascii() and value.isprintable() else None
    given = value[len(_BEGIN) : -len(_END)]
    try:
        raw = binascii.a2b_base64(given, strict_mode=True)
        text = raw.decode("utf-8")
    except (binascii.Error, ValueError):
        return None
    # Padding bits that say nothing could still be read as a difference.
    return text if binascii.b2a_base64(raw, newline=False).decode() == given else None


def encoded(text: str) -> str:
    """The header value that stands for a text."""
    is_plain = text.isascii() and text.isprintable() and text == text.strip() and bool(text)
    if is_plain and not text.startswith(_BEGIN):
        return text
    return _BEGIN + binascii.b2a_base64(text.encode(), newline=False).decode() + _END
