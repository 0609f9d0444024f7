"""What is raised where a text cannot be looked through. Such a text is withheld, never passed."""


class CannotMask(Exception):
    """A text that cannot be looked through. `args[0]` says why, for people."""
