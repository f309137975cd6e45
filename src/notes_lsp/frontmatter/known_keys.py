"""Known keys: the frontmatter keys that mean "created" and "modified", in six languages."""

from __future__ import annotations

from notes_lsp.links.names import key as folded

CREATED = (
    *("created", "date created", "created at", "creation date", "created on", "createdat", "date"),
    *("erstellt", "creado", "créé", "дата создания", "作成日", "创建日期"),
)
"""The first that is there counts; each as :func:`plain_key` has it."""
MODIFIED = (
    *("modified", "updated", "date modified", "last modified", "modified at", "updated at", "last updated", "lastmod"),
    *("modified on", "updated on", "updatedat", "modification date", "geändert", "aktualisiert", "modificado"),
    *("actualizado", "modifié", "дата изменения", "更新日", "修改日期", "更新日期"),
)


def plain_key(key: str) -> str:
    """A key as the tables here have it: folded, with blanks for underscores and hyphens."""
    return folded(key.replace("_", " ").replace("-", " "))


def spellings(keys: tuple[str, ...]) -> tuple[str, ...]:
    """The keys of a table in their order, each folded, with blanks, underscores and hyphens between its words."""
    found = (key.replace(" ", between) for key in keys for between in (" ", "_", "-"))
    return tuple(dict.fromkeys(found))
