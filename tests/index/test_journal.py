"""Where days are kept: what is completed, what a quick fix creates and what `daily` makes are one note."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from indexing import the_note, vault_of
from notes_lsp.config.journal import Period, path_of
from notes_lsp.config.settings import Config, Daily
from notes_lsp.fuzzy.ranking_context import RankingContext
from notes_lsp.ide.completion.context import WikiTarget, prompt_at
from notes_lsp.ide.completion.items import ItemKind
from notes_lsp.ide.completion.notes import completion
from notes_lsp.index.vault.journal import journal_format, meant_period

TODAY = date(2024, 5, 12)


def completed(files: dict[str, str], config: Config) -> str:
    """What ``[[today`` becomes in ``n.md``."""
    vault = vault_of({**files, "n.md": "[[today"})
    note = the_note(vault, "n.md")
    prompt = prompt_at(vault.whole(note), "[[today", 7)
    assert isinstance(prompt, WikiTarget)
    items = completion(vault, note, prompt, config, RankingContext(TODAY)).items
    return next(item.insert.removesuffix("]]") for item in items if item.kind is ItemKind.DAY)


@pytest.mark.parametrize(
    "files, daily, link, path",
    [
        ({}, Daily(), "2024-05-12", "2024-05-12.md"),
        ({"log/2023.01.02.md": ""}, Daily(), "2024.05.12", "log/2024.05.12.md"),
        ({"log/2023/2023-01-02.md": ""}, Daily(), "2024-05-12", "log/2024/2024-05-12.md"),
        ({"log/2023.01.02.md": ""}, Daily(folder="j", format="DD.MM.YYYY"), "12.05.2024", "j/12.05.2024.md"),
        ({}, Daily(folder="j", format="YYYY/MM/DD"), "j/2024/05/12", "j/2024/05/12.md"),
        ({"log/2023.01.02.md": ""}, Daily(folder="/"), "2024.05.12", "2024.05.12.md"),
    ],
)
def test_a_completed_day_is_the_daily_note(files: dict[str, str], daily: Daily, link: str, path: str) -> None:
    """By the settings, or by the days that there are already, folders included."""
    config = Config(daily=daily)
    assert completed(files, config) == link
    vault = vault_of(files or {"a.md": ""})
    found = meant_period(vault, config, link)
    assert found is not None
    assert found[1] == TODAY
    assert path_of(found[0], datetime(2024, 5, 12)) == path  # noqa: DTZ001  (a day has no zone)
    assert journal_format(vault, config, Period.DAY) == found[0]
