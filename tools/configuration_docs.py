"""Keep the generated parts of docs/configuration.md equal to the declared settings.

Without arguments rewrites what stands between the markers; with ``--check`` only says whether it is current.
"""

from __future__ import annotations

import json
import sys
from itertools import groupby

from generated import ROOT, between, keep

sys.path.insert(0, str(ROOT / "src"))  # so that it also runs where the package is not installed

from notes_lsp.config.settings import SETTING_TABLES, SETTINGS, Setting, SettingValue

PAGE = ROOT / "docs" / "configuration.md"


def with_settings(page: str) -> str:
    """The page with its two generated parts made anew."""
    page = between(page, "defaults", f"```toml\n{default_toml()}```\n")
    return between(page, "settings", f"\n{settings_tables()}\n")


def default_toml() -> str:
    """The whole of a ``.notes-lsp.toml`` in which every setting has its default, with a comment on each."""
    parts: list[str] = []
    for table, settings in groupby(SETTINGS, key=lambda setting: setting.table):
        entries = [f"{_comment(setting)}{setting.key} = {_as_toml(setting.default)}\n" for setting in settings]
        parts.append(f"# {_purpose(table)}\n[{table}]\n{''.join(entries)}")
    return "\n".join(parts)


def settings_tables() -> str:
    """For each table of settings a Markdown table with what may be written, the default and the explanation."""
    parts: list[str] = []
    for table, settings in groupby(SETTINGS, key=lambda setting: setting.table):
        rows = [
            ("setting", "may be", "default", "what it does"),
            ("---", "---", "---", "---"),
            *(
                (f"`{one.key}`", _allowed(one), f"`{_as_toml(one.default)}`", _cell(one.explanation))
                for one in settings
            ),
        ]
        lines = "".join(f"| {' | '.join(row)} |\n" for row in rows)
        parts.append(f"### `[{table}]`\n\n{_purpose(table)}\n\n{lines}")
    return "\n".join(parts)


def _purpose(table: str) -> str:
    return (SETTING_TABLES[table].__doc__ or "").partition("\n")[0]


def _comment(setting: Setting) -> str:
    comment = f"# {setting.explanation}"
    if setting.most:
        comment += f" From {setting.least} to {setting.most}."
    elif setting.choices and setting.key not in _severities():
        comment += " " + " | ".join(json.dumps(choice) for choice in setting.choices)
    return comment + "\n"


def _severities() -> set[str]:
    """The settings that all have the same choices, which the page's prose names once."""
    return {setting.key for setting in SETTINGS if "off" in setting.choices}


def _allowed(setting: Setting) -> str:
    if setting.key in _severities():
        return "a severity"
    if setting.choices:
        return ", ".join(f"`{json.dumps(choice)}`" for choice in setting.choices)
    return setting.expected


def _as_toml(value: SettingValue) -> str:
    return json.dumps(value, ensure_ascii=False)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(keep({PAGE: with_settings(PAGE.read_text(encoding="utf-8"))}, sys.argv[1:]))
