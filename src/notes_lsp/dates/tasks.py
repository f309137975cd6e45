"""Task dates: the days that a task says it is due, scheduled, begun or done, as the common plugins write them."""

from __future__ import annotations

import re
from datetime import date

_DAY = r"[ \t\ufe0f]*(?:\[\[)?(\d{4}-\d{2}-\d{2})(?!\d)"
_SIGNS = {
    "due": ("📅|📆|🗓", "due"),
    "scheduled": ("⏳|⌛", "scheduled"),
    "start": ("🛫", "start"),
    "completed": ("✅", "completion|completed|done"),
}
# ``📅 2026-03-01``, ``due:: 2026-03-01``, ``due:2026-03-01`` and ``@due(2026-03-01)``
_PATTERNS = {
    name: re.compile(rf"(?:(?:{signs})|(?<![\w-])(?:{words})::?|@(?:{words})\(){_DAY}", re.IGNORECASE)
    for name, (signs, words) in _SIGNS.items()
}


def task_day(text: str, which: str) -> str | None:
    """The last day that a task names as ``due``, ``scheduled``, ``start`` or ``completed``, in ISO 8601.

    ``None`` where it names none. What is no day, such as the 31st of June, is not one.
    """
    for found in reversed(_PATTERNS[which].findall(text)):
        try:
            return date.fromisoformat(found).isoformat()
        except ValueError:
            continue
    return None
