"""Key ranges: between which two strings the keys sort that lie below a folder or begin with a prefix."""

from __future__ import annotations

WHOLE = ("", "\U0010ffff")
"""All keys: from the first there can be to one that no key reaches."""


def range_below(path: str) -> tuple[str, str]:
    """Between which two texts all paths below a folder are, and all tags below a tag.

    Below ``a`` that is ``a/`` and ``a0``, the character after the slash.
    """
    return f"{path}/", f"{path}0"


def range_beginning_with(prefix: str) -> tuple[str, str]:
    """From which text on, and before which, all are that begin with a prefix."""
    return prefix, f"{prefix}{WHOLE[1]}"
