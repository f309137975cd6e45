"""Settings: every setting declared once, with its default, what may be written for it, and what it is for.

The fields of the tables are the declaration: reading, checking and the documentation follow from them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from enum import StrEnum
from typing import Any

from notes_lsp.config.queries import Query
from notes_lsp.schemas.select import Schemas
from notes_lsp.templates.rules import NewRules


class Profile(StrEnum):
    """The program whose rules of linking the notes are written for."""

    OBSIDIAN = "obsidian"
    GITHUB = "github"
    GITLAB = "gitlab"
    ZK = "zk"
    MARKSMAN = "marksman"


class LinkStyle(StrEnum):
    """How a new link is written."""

    WIKI = "wiki"
    MARKDOWN = "markdown"


class PathStyle(StrEnum):
    """How a new link names its note."""

    SHORTEST = "shortest"
    RELATIVE = "relative"
    ROOT = "root"
    SLUG = "slug"


class HeaderFormat(StrEnum):
    """A format of frontmatter."""

    YAML = "yaml"
    TOML = "toml"
    JSON = "json"


class Severity(StrEnum):
    """How loudly a diagnostic is shown."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"
    HINT = "hint"
    OFF = "off"


DIAGNOSTICS: Mapping[str, tuple[Severity, str]] = {
    "broken-link": (Severity.WARNING, "A link whose note does not exist."),
    "broken-anchor": (Severity.WARNING, "A link to a heading or block that its note does not have."),
    "frontmatter-syntax": (Severity.ERROR, "A frontmatter that cannot be read."),
    "frontmatter-limit": (Severity.WARNING, "A part of the frontmatter that is too large or too deep to be read."),
    "duplicate-key": (Severity.WARNING, "A frontmatter key that stands twice."),
    "broken-reference": (Severity.WARNING, "`[text][label]` without a definition of the label."),
    "broken-footnote": (Severity.WARNING, "`[^label]` without its footnote."),
    "missing-file": (Severity.WARNING, "A link to an image or other file that does not exist."),
    "ambiguous-link": (Severity.INFORMATION, "A link that several notes answer to equally well."),
    "duplicate-block": (Severity.WARNING, "A block id that stands twice in a note."),
    "duplicate-definition": (Severity.WARNING, "A link label or footnote that is defined twice in a note."),
    "unused-definition": (Severity.HINT, "A link label or footnote that is defined and never used."),
    "nbsp-heading": (Severity.WARNING, "Hashes followed by a no-break space, which make no heading."),
    "schema": (Severity.WARNING, "A frontmatter that is not what one of your schemas asks for."),
    "bad-tag": (Severity.INFORMATION, "A frontmatter value that can be no tag."),
    "bad-alias": (Severity.WARNING, "A frontmatter value that can be no alias."),
    "bad-date": (Severity.WARNING, "A frontmatter value that looks like a date, or should be one, and is none."),
    "duplicate-id": (Severity.WARNING, "An `id` that another note has, too."),
    "duplicate-alias": (Severity.INFORMATION, "An alias that is the alias or the title of another note, too."),
    "duplicate-title": (Severity.HINT, "A title in the frontmatter that another note has, too."),
    "near-duplicate": (Severity.INFORMATION, "A note most of whose own words also stand in another note."),
    "duplicate-url": (Severity.HINT, "A web address that a few other notes hold, too, however it is written there."),
    "property-type": (Severity.HINT, "A value of another type than the same key has in nearly all other notes."),
    "unknown-key": (Severity.HINT, "A key that looks like a slip of one that many notes have."),
    "not-utf8": (Severity.WARNING, "A file that is not UTF-8; what makes no sense is replaced."),
    "config": (Severity.WARNING, "A mistake in `.notes-lsp.toml` or in your own settings."),
}
"""The diagnostics that have a severity of their own: the default and what it is about, by code."""


def _about(explanation: str, least: int = 0, most: int = 0) -> dict[str, object]:
    return {"explanation": explanation, "least": least, "most": most}


def _patterns(explanation: str) -> dict[str, object]:
    """About a list of which each element is a pattern as in ``.gitignore``."""
    return {"explanation": explanation, "are_patterns": True}


@dataclass(frozen=True, slots=True)
class Files:
    """Which files of the folder are notes."""

    extensions: tuple[str, ...] = field(
        default=("md", "markdown"), metadata=_about("Files with these extensions are notes.")
    )
    exclude: tuple[str, ...] = field(
        default=(),
        metadata=_patterns("What to leave out: patterns as in `.gitignore`, for paths relative to the vault's root."),
    )
    include_hidden: bool = field(
        default=False, metadata=_about("Read files and folders whose name begins with a dot, too.")
    )
    respect_gitignore: bool = field(default=True, metadata=_about("Leave out what `.gitignore` files leave out."))
    max_files: int = field(
        default=200_000, metadata=_about("Stop looking for files after this many, and say so.", 1, 10_000_000)
    )
    new_notes: str = field(
        default="",
        metadata=_about(
            'The folder for notes made from a link that names none; `""` is the root, `"."` the folder of the note.'
        ),
    )
    follow_outside: bool = field(
        default=False,
        metadata=_about(
            "Let `export`, `mcp` and `rename` go where links of the file system lead out of the vault; "
            "for your own settings, not a vault's."
        ),
    )
    max_note_size: int = field(
        default=10_485_760,
        metadata=_about("Notes of more bytes than this are listed by name but not read.", 1, 1_073_741_824),
    )


@dataclass(frozen=True, slots=True)
class Links:
    """How links are understood, and how new ones are written."""

    profile: Profile = field(
        default=Profile.OBSIDIAN, metadata=_about("The program whose rules for links and anchors come first.")
    )
    style: LinkStyle = field(
        default=LinkStyle.WIKI,
        metadata=_about("How a link is inserted where you have typed none of it yet: `[[wiki]]` or `[markdown](..)`."),
    )
    path: PathStyle = field(
        default=PathStyle.SHORTEST,
        metadata=_about(
            "How an inserted link names its note: as briefly as is clear, from this note, from the root, or by its "
            "title's slug."
        ),
    )
    extension: bool = field(default=False, metadata=_about("Write `.md` in inserted wiki links."))
    markdown_extension: bool = field(default=True, metadata=_about("Write `.md` in inserted Markdown links."))
    schemes: tuple[str, ...] = field(
        default=(),
        metadata=_about(
            'Schemes that a click may open besides the usual, such as `"vscode"`; not of a vault, but your own.'
        ),
    )


@dataclass(frozen=True, slots=True)
class Completion:
    """What is offered while you type."""

    limit: int = field(default=50, metadata=_about("Offer at most this many things at once.", 1, 500))


@dataclass(frozen=True, slots=True)
class Hover:
    """What is shown about the link under the cursor."""

    lines: int = field(default=25, metadata=_about("Show this many lines of the note.", 1, 200))
    backlinks: int = field(default=10, metadata=_about("List this many of the links to the note.", 0, 100))


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """What is reported as odd, and how loudly."""

    enabled: bool = field(default=True, metadata=_about("Report anything at all."))
    ignore: tuple[str, ...] = field(
        default=(), metadata=_patterns("Never report links whose target matches one of these patterns.")
    )
    ignore_in: tuple[str, ...] = field(
        default=(),
        metadata=_patterns(
            'Report nothing in notes whose path matches one of these patterns, such as `"templates/**"`.'
        ),
    )
    severities: Mapping[str, Severity] = field(
        default_factory=lambda: {code: severity for code, (severity, _) in DIAGNOSTICS.items()}, hash=False
    )
    """The severity by code, each a setting of its own in this table."""


@dataclass(frozen=True, slots=True)
class Similar:
    """Notes that are about the same: in hovers, as actions, and where they are linked."""

    enabled: bool = field(default=True, metadata=_about("Show similar notes in hovers, and offer to link them."))
    limit: int = field(default=5, metadata=_about("Show this many of them.", 1, 50))
    heading: str = field(
        default="See also",
        metadata=_about("The heading below which they are linked where the note has none of that sense."),
    )


@dataclass(frozen=True, slots=True)
class Duplicates:
    """When a note is told to be nearly the same as another one."""

    threshold: int = field(
        default=65,
        metadata=_about("Percent of a note's own words that stand in the other one; templates do not count.", 30, 100),
    )
    min_words: int = field(
        default=40, metadata=_about("Notes with fewer words of their own are compared with none.", 10, 10_000)
    )


@dataclass(frozen=True, slots=True)
class Mentions:
    """Names of notes that stand in the text as plain words."""

    actions: bool = field(default=True, metadata=_about("Offer to link the mention under the cursor."))
    hints: bool = field(
        default=False,
        metadata=_about("Show behind each mention the note that it could be linked to, as an inlay hint."),
    )
    ignore: tuple[str, ...] = field(
        default=(), metadata=_about("Names that are never taken for a mention, whatever their case.")
    )


@dataclass(frozen=True, slots=True)
class New:
    """What new notes begin with; `[new.NAME]` is a rule for one kind of them."""

    templates: str = field(default=".notes-lsp/templates", metadata=_about("The folder of the templates."))
    template: str = field(
        default="", metadata=_about('The template of notes that no rule speaks of; `""` is a heading with the title.')
    )
    filename: str = field(
        default="{{title}}",
        metadata=_about("What the files are called, without extension, such as `{{date}}-{{slug}}` or `{{id}}`."),
    )
    id: str = field(
        default="YYYYMMDDHHmm",
        metadata=_about(
            "How `{{id}}` is written, by its time; where two notes would share one, the later waits its turn."
        ),
    )
    date: str = field(default="YYYY-MM-DD", metadata=_about("How `{{date}}` is written, as Moment.js has it."))
    time: str = field(default="HH:mm", metadata=_about("How `{{time}}` is written."))
    frontmatter: HeaderFormat = field(
        default=HeaderFormat.YAML,
        metadata=_about("The format of the frontmatter, where there are properties and the template has none."),
    )


@dataclass(frozen=True, slots=True)
class Daily:
    """The notes of days: `notes-lsp daily`, and the days that completion offers."""

    folder: str = field(
        default="", metadata=_about('Their folder; `""` is where notes of days are already, `"/"` the root.')
    )
    format: str = field(
        default="",
        metadata=_about(
            'Their names, as Moment.js has them, with folders; `""` is what they are called by now, or `YYYY-MM-DD`.'
        ),
    )
    template: str = field(default="", metadata=_about("Their template."))


@dataclass(frozen=True, slots=True)
class Weekly:
    """The notes of weeks: `notes-lsp daily --weekly`. Weeks are those of ISO 8601 and begin on Monday."""

    folder: str = field(default="", metadata=_about('Their folder; `""` is that of the days, `"/"` the root.'))
    format: str = field(default="GGGG-[W]WW", metadata=_about("Their names, as those of days."))
    template: str = field(default="", metadata=_about("Their template."))


@dataclass(frozen=True, slots=True)
class Monthly:
    """The notes of months: `notes-lsp daily --monthly`."""

    folder: str = field(default="", metadata=_about('Their folder; `""` is that of the days, `"/"` the root.'))
    format: str = field(default="YYYY-MM", metadata=_about("Their names, as those of days."))
    template: str = field(default="", metadata=_about("Their template."))


@dataclass(frozen=True, slots=True)
class Export:
    """What is given to programs that read notes: `notes-lsp export` and `notes-lsp mcp`."""

    private: tuple[str, ...] = field(
        default=("private",), metadata=_about("Notes with one of these properties set are left out, whole.")
    )
    exclude: tuple[str, ...] = field(
        default=(), metadata=_about("Notes whose path matches one of these patterns are left out as well.")
    )


@dataclass(frozen=True, slots=True)
class Index:
    """How notes are read at the start."""

    workers: int = field(
        default=0,
        metadata=_about("Processes that read notes; 0 means one less than there are cores, and at most 4.", 0, 16),
    )


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """How much a question in SQL may take."""

    seconds: int = field(default=5, metadata=_about("Stop a query after this many seconds.", 1, 3_600))
    rows: int = field(default=100_000, metadata=_about("Give no more rows than this, and say so.", 1, 10_000_000))


@dataclass(frozen=True, slots=True)
class Config:
    """All settings; ``Config()`` has the defaults. A field is a table, its fields are the keys."""

    files: Files = field(default_factory=Files)
    links: Links = field(default_factory=Links)
    completion: Completion = field(default_factory=Completion)
    hover: Hover = field(default_factory=Hover)
    diagnostics: Diagnostics = field(default_factory=Diagnostics)
    similar: Similar = field(default_factory=Similar)
    duplicates: Duplicates = field(default_factory=Duplicates)
    mentions: Mentions = field(default_factory=Mentions)
    new: New = field(default_factory=New)
    daily: Daily = field(default_factory=Daily)
    weekly: Weekly = field(default_factory=Weekly)
    monthly: Monthly = field(default_factory=Monthly)
    export: Export = field(default_factory=Export)
    index: Index = field(default_factory=Index)
    query: QueryLimits = field(default_factory=QueryLimits)
    schemas: Schemas = field(default_factory=Schemas)
    """What the frontmatter of notes shall be; no table of settings but a table of schemas, read elsewhere."""
    queries: Mapping[str, Query] = field(default_factory=dict[str, Query], hash=False)
    """Questions with names; a table of queries, read elsewhere."""
    new_rules: NewRules = field(default_factory=NewRules)
    """The tables in ``[new]``, one for each kind of note to be made; read elsewhere, too."""

    def severity(self, code: str) -> Severity:
        """How loudly to show a diagnostic: ``OFF`` for all where they are disabled; unknown codes are warnings."""
        if not self.diagnostics.enabled:
            return Severity.OFF
        return self.diagnostics.severities.get(code, Severity.WARNING)


SettingValue = bool | int | str | tuple[str, ...]
"""What a setting can be."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One key of one table. What may be written for it follows from its default and its range."""

    table: str
    key: str
    default: SettingValue
    explanation: str
    least: int = 0
    most: int = 0
    are_patterns: bool = False

    @property
    def choices(self) -> tuple[str, ...]:
        """The words to choose from; none where any value of the default's type is good."""
        return tuple(type(self.default)) if isinstance(self.default, StrEnum) else ()

    @property
    def expected(self) -> str:
        """What may be written, in words."""
        if isinstance(self.default, bool):
            return "true or false"
        if isinstance(self.default, int):
            return f"a whole number from {self.least} to {self.most}"
        if self.choices:
            return "one of " + ", ".join(f'"{choice}"' for choice in self.choices)
        return "a text" if isinstance(self.default, str) else "a list of texts"


def _declared() -> Iterator[Setting]:
    for name, table in SETTING_TABLES.items():
        for entry in fields(table):
            if entry.default is not MISSING:
                yield Setting(name, entry.name, entry.default, **entry.metadata)
        if table is Diagnostics:
            for code, (severity, explanation) in DIAGNOSTICS.items():
                yield Setting(name, code, severity, explanation)


SETTING_TABLES: dict[str, Any] = {
    entry.name: entry.default_factory
    for entry in fields(Config)
    if entry.name not in ("schemas", "queries", "new_rules")
}
"""The class of each table, by the table's name."""
SETTINGS: tuple[Setting, ...] = tuple(_declared())
"""Every setting, table by table."""
