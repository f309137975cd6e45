"""Ranking context: what the session knows and the notes do not, for the order of candidates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class RankingContext:
    """Today, and the notes that are open."""

    today: date
    opened: Sequence[str] = ()
    """The paths of the notes that are open, the one opened last at the end."""
