"""What people wrote, as a sentence among others: it ends. Changes no word."""

ENDS = (".", "!", "?", "…", ":", ";")


def sentence(text: str) -> str:
    """Return the text with a full stop, where it has no end of its own."""
    said = text.rstrip()
    return text if not said or said.endswith(ENDS) else f"{text}."
