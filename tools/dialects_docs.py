"""Writes docs/dialects.md from the table of dialects, or with ``--check`` says whether it is current."""

from __future__ import annotations

import sys

from generated import ROOT, keep
from notes_lsp.links.dialects import DIALECTS, ROOTS, Dialect

_PAGE = """\
# Dialects

Which programs a folder's notes may be written for, and by what it is seen. The nearest folder above a note in which
one of them left something decides, so that a vault may hold folders of several; where several left something in one
folder, the first of this table. `notes-lsp doctor` says what was found. This page is made from the table in
`src/notes_lsp/links/dialects.py` by `make docs`.

| program | is seen by | profile | what follows for links |
| --- | --- | --- | --- |
{rows}

The *profile* is that of the [links](links.md#profiles), which `links.profile` overrides; it is that of the vault's
root.

*Makes pages*: a Markdown link that begins with `/`, or that has no extension, and that no note answers to, may lead
to a page that the program makes, so nothing is said of it. Links to notes (`.md`) and pictures are looked at as
everywhere; what `/` leads to is looked for below {roots} of each folder above the note.

*Makes labels*: `[text][name]` may mean a place of any page, or of code, so a label without blanks is not missed.

*Pages on demand*: a wiki link is all that a page needs, so none is broken.

What the program keeps there that is no note is left out, as if `files.exclude` named it.
"""


def _row(dialect: Dialect) -> str:
    markers = ", ".join(" with ".join(f"`{path}`" for path in marker) for marker in dialect.markers)
    effects = (
        ["makes pages"] * dialect.makes_pages
        + ["pages on demand"] * dialect.on_demand
        + ["makes labels"] * dialect.makes_labels
    )
    effects += [f"leaves out `{line}`" for line in dialect.hidden]
    profile = f"`{dialect.profile}`" if dialect.profile else ""
    return f"| {dialect.title} | {markers} | {profile} | {', '.join(effects)} |"


def page() -> str:
    """The page as it should be."""
    roots = ", ".join(f"`{root}`" for root in ROOTS if root)
    return _PAGE.format(rows="\n".join(map(_row, DIALECTS)), roots=roots)


if __name__ == "__main__":
    sys.exit(keep({ROOT / "docs" / "dialects.md": page()}, sys.argv[1:]))
