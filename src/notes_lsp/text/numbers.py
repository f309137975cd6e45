"""Numbers: numeric literals of YAML, TOML and JSON, parsed without a heavy import, since every query may meet some."""

from __future__ import annotations


def parse_number(written: str) -> int | float | str:
    """A number of any of the three formats; what Python cannot read as one stays a text."""
    bare = written.replace("_", "")
    if len(bare) > 400:
        return written
    for read in (lambda: int(bare, 0), lambda: int(bare), lambda: float(bare), lambda: float(bare.replace(".", "", 1))):
        try:
            return read()
        except ValueError:
            continue
    return written
