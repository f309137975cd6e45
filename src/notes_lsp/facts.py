"""Facts: what one note says, as plain values with exact spans; a pure function of its path and text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from notes_lsp.text.source import Span


class LinkKind(StrEnum):
    """How a link is written."""

    WIKI = "wiki"
    """``[[target#anchor|label]]``, also ``![[...]]``."""
    INLINE = "inline"
    """``[label](target#anchor "title")``, also ``![...](...)``."""
    DEFINITION = "definition"
    """The destination in ``[label]: target#anchor "title"``."""
    AUTOLINK = "autolink"
    """``<https://...>`` or ``<me@example.org>``."""
    URL = "url"
    """A bare ``https://...`` in the text or in the frontmatter, or the number of a paper, ``doi:10.1000/182``."""
    HTML = "html"
    """A quoted ``href`` or ``src`` of an HTML tag, or one that leads out of the vault."""


class PropertyType(StrEnum):
    """The type of one frontmatter value."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    LINK = "link"
    NULL = "null"
    LIST = "list"
    """Stands for a whole list; its elements follow as properties of their own with ``index`` set."""
    OBJECT = "object"
    """Stands for a whole mapping; its entries follow under dotted keys."""


class NameKind(StrEnum):
    """Where one of a note's names comes from."""

    PATH = "path"
    """The path and each of its suffixes, without the extension."""
    TITLE = "title"
    ALIAS = "alias"
    FOLDER = "folder"
    """The folder of an ``index.md`` or ``README.md``."""
    PATH_SLUG = "path-slug"
    """The stem with blanks in the place of its hyphens, or as a slug where it has blanks."""
    TITLE_SLUG = "title-slug"
    """The slug of the title, by which marksman links."""


@dataclass(frozen=True, slots=True)
class Heading:
    """An ATX or setext heading."""

    level: int
    span: Span
    """From the first marker to the last character, underline included, line end excluded."""
    title_span: Span
    """The title as written: no hashes, no underline."""
    title: str
    """The title as read: markup stripped, white space collapsed."""
    slug: str
    """The GitHub slug, made unique in the note by ``-1``, ``-2``, ..."""
    section: Span
    """The heading and all below it, up to the next heading of the same or a higher rank."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link as written. Where it leads is not a fact of this note alone."""

    kind: LinkKind
    embed: bool
    """``![[...]]`` or ``![...](...)``."""
    span: Span
    target: str
    """The text between the brackets up to the anchor, as written but for table escapes; may be empty."""
    target_span: Span
    anchor: str | None
    """What follows the first ``#``, without it; ``None`` where there is no ``#``."""
    anchor_span: Span
    """The anchor with its ``#``; empty at the target's end where there is none."""
    label: str | None
    label_span: Span
    """What the reader sees: the text after ``|``, or between the first brackets; empty at the end without one."""
    angle: bool = False
    """The destination stands in ``<...>``."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A use of a label: ``[text][label]``, ``[label][]`` or ``[label]``, whether or not the label is defined."""

    span: Span
    key: str
    """The label, case-folded with white space collapsed (CommonMark 0.31, "matches")."""
    label_span: Span
    explicit: bool
    """Full or collapsed. A shortcut is only recorded where its label is defined."""


@dataclass(frozen=True, slots=True)
class Definition:
    """``[label]: target``; its destination is a link of kind ``DEFINITION``."""

    span: Span
    label: str
    key: str
    label_span: Span
    target: str
    """The destination whole, anchor included, as written."""


@dataclass(frozen=True, slots=True)
class Footnote:
    """``[^label]`` or the beginning of ``[^label]: text``."""

    span: Span
    """The brackets with what is between them; of a definition, its whole text."""
    key: str
    label_span: Span
    definition: bool


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag in the text or in the frontmatter."""

    name: str
    """Without ``#``, as written."""
    span: Span
    """In the text with its ``#``; in the frontmatter the bare word."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block with an id, ``^id``."""

    id: str
    span: Span
    """The ``^id``."""
    block: Span
    """The paragraph, item, table, quote or heading that it names."""


ANY_ID = "*"
"""Stands for all the ids of a file that is included at a place."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """The ``id`` or ``name`` of an HTML tag, or an id in an attribute list, ``{#id}``."""

    id: str
    span: Span


@dataclass(frozen=True, slots=True)
class Task:
    """A list item that begins with ``[ ]``."""

    state: str
    """The one character between the brackets."""
    text: str
    span: Span
    """From the opening bracket to the end of the item's first line."""


@dataclass(frozen=True, slots=True)
class Property:
    """One entry of the frontmatter, nested ones under dotted keys."""

    key: str
    """The path of the entry, as written, joined by dots: ``author.name``."""
    key_span: Span
    """The key in the text; of a list element the element itself."""
    value: str
    """As text: numbers as written, dates in ISO 8601, booleans as ``true`` or ``false``, containers empty."""
    value_span: Span
    type: PropertyType
    index: int | None = None
    """The place in the list, counted from 0; ``None`` outside lists."""


class BlockKind(StrEnum):
    """The blocks that folding and selection speak of."""

    FRONTMATTER = "frontmatter"
    FENCE = "fence"
    CODE = "code"
    LIST = "list"
    ITEM = "item"
    QUOTE = "quote"
    TABLE = "table"
    HTML = "html"
    COMMENT = "comment"
    MATH = "math"
    PARAGRAPH = "paragraph"


@dataclass(frozen=True, slots=True)
class Region:
    """A block of the text: whole lines, in the order they begin, nested ones after the one they are in."""

    kind: BlockKind
    span: Span


@dataclass(frozen=True, slots=True)
class Problem:
    """Something odd in a note's own text."""

    code: str
    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Frontmatter:
    """The header of a note, read."""

    format: str
    """``yaml``, ``toml`` or ``json``."""
    span: Span
    """From the first fence to the end of the last one, line end excluded."""
    body: Span
    """What stands between the fences; of JSON the object itself."""
    properties: tuple[Property, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """All that one note says. Every sequence is in the order of the text."""

    path: str
    """Relative to the vault's root, with ``/``."""
    title: str
    """Frontmatter title, else first H1, else the stem."""
    title_span: Span
    """Where the title stands; empty at 0 where it is the stem."""
    aliases: tuple[tuple[str, Span], ...] = ()
    frontmatter: Frontmatter | None = None
    headings: tuple[Heading, ...] = ()
    links: tuple[Link, ...] = ()
    references: tuple[Reference, ...] = ()
    definitions: tuple[Definition, ...] = ()
    footnotes: tuple[Footnote, ...] = ()
    tags: tuple[Tag, ...] = ()
    blocks: tuple[Block, ...] = ()
    anchors: tuple[Anchor, ...] = ()
    tasks: tuple[Task, ...] = ()
    regions: tuple[Region, ...] = ()
    opaque: tuple[Span, ...] = ()
    """Where nothing is a link or a tag: code, comments, math, URLs, cells too many; in order, not overlapping."""
    problems: tuple[Problem, ...] = ()
    words: int = 0
    """Words of the body, as :func:`notes_lsp.text.words.count` counts them."""

    @property
    def properties(self) -> tuple[Property, ...]:
        """The properties of the frontmatter, none where there is none."""
        return self.frontmatter.properties if self.frontmatter else ()
