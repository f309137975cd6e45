"""Keeping: where a vault has its notes of days, weeks and months, by its settings and by the names that there are."""

from __future__ import annotations

import datetime as dt
from typing import cast

from notes_lsp.config.journal import Keeping, Period, format_of_period, kept_already, parse_period
from notes_lsp.config.settings import Config
from notes_lsp.index.vault.vault import Vault

_MEMORY = "journal"


def journal_format(vault: Vault, config: Config, period: Period) -> Keeping:
    """How the notes of a period are kept; worked out once until a name changes."""
    memory = vault.catalog.memory
    if _MEMORY not in memory:
        # Notes are in the catalog without their extension, other files with it.
        memory[_MEMORY] = kept_already(
            f"{entry.text}.md" for entry in vault.catalog.entries if entry.kind == "path" and entry.whole
        )
    return format_of_period(config, period, cast("tuple[str, str] | None", memory[_MEMORY]))


def meant_period(vault: Vault, config: Config, target: str) -> tuple[Keeping, dt.date] | None:
    """The period whose note a link's target names, with how its notes are kept; ``None`` where it names none.

    Weeks and months are meant only where the settings speak of them; ``2024-05`` may be anything.
    """
    for period in Period:
        how = journal_format(vault, config, period)
        day = parse_period(how, target) if how.used or period is Period.DAY else None
        if day is not None:
            return how, day
    return None
