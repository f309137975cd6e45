"""Diagnostics: what is wrong in a note, as its reader should be told; never a wrong warning."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from notes_lsp.config.settings import Config
from notes_lsp.facts import Block, Definition, Footnote, Link, LinkKind, Problem, Reference
from notes_lsp.ide.values import Finding, in_order, is_silent
from notes_lsp.index.vault.vault import Destination, Note, Vault
from notes_lsp.links import names
from notes_lsp.links.broken import MISSING_FILE, has_placeholder, is_missed, why_missing
from notes_lsp.links.dialects import seen_above
from notes_lsp.markdown.inline_grammar import label_key
from notes_lsp.text.globs import matches
from notes_lsp.text.source import Span

_NBSP_HEADING = re.compile(r"^ {0,3}#{1,6}(\u00a0)", re.MULTILINE)
_BLOCK_OPENED = re.compile(r"^[ \t>]*(%%|\$\$)(?!.*\1)", re.MULTILINE)
_COMMENT_LABELS = frozenset(("//", "comment", "#", "<!---", ">"))
_CHARACTER_CLASS = re.compile(r".-.|.*[^\w-].*")
_TEMPLATE_DEFINITION = re.compile(r"^ {0,3}\[([^\[\]\n]+)\]:[ \t]*\S*\{[{%]", re.MULTILINE)
"""A definition whose target a template fills in, which may hold blanks."""
_BLANK = re.compile(r"\s")
_MAX_RELATED = 10


def diagnostics(vault: Vault, note: Note, config: Config) -> list[Finding]:
    """All there is to tell about a note, in the order of its text.

    While the vault is not read completely, nothing is said that a note yet unread could make wrong.
    """
    if is_silent(note.path, config):
        return []
    return in_order((found for found in each_diagnostic(vault, note, config) if found is not None), config)


def each_diagnostic(vault: Vault, note: Note, config: Config) -> Iterator[Finding | None]:
    """What :func:`diagnostics` is made of, in no order and not yet as loud as the settings want it.

    ``None`` is nothing to tell, but a place to pause at: a few milliseconds of work lie between two of them, however
    much there is in a note. Whoever pauses gives up when the note has changed meanwhile.
    """
    if is_silent(note.path, config):
        return
    # Below a comment or formula that is just being begun nobody knows yet what will be text.
    end: int | None = None
    for finding in chain(_problems(vault, note), _links(vault, note, config), _labels(vault, note), _text(vault, note)):
        if finding is not None and end is None:
            end = _half_typed_block(vault, note)
        if finding is None or finding.span.start < (end or 0):
            yield finding


def _half_typed_block(vault: Vault, note: Note) -> int:
    """Where the first ``%%`` or ``$$`` at the beginning of a line stands that is never closed; else past the text."""
    text = vault.text(note) or ""
    opened = _BLOCK_OPENED.finditer(text) if "%%" in text or "$$" in text else iter(())
    return next((start for start, _ in _plain(vault, note, opened)), len(text) + 1)


def _plain(vault: Vault, note: Note, found: Iterator[re.Match[str]]) -> Iterator[tuple[int, int]]:
    """The spans of the first groups of some matches, in order, without those in what is no text, such as code."""
    opaque: Sequence[Span] | None = None
    at = 0
    for match in found:
        opaque = vault.whole(note).opaque if opaque is None else opaque
        start, end = match.span(1)
        while at < len(opaque) and opaque[at].end <= start:
            at += 1
        if at == len(opaque) or start < opaque[at].start:
            yield start, end


def _problems(vault: Vault, note: Note) -> Iterator[Finding]:
    for problem in vault.facts(Problem, note):
        yield Finding(problem.code, problem.span, problem.message)


def _links(vault: Vault, note: Note, config: Config) -> Iterator[Finding | None]:
    ignored = config.diagnostics.ignore
    links = [link for link in vault.facts(Link, note) if not (has_placeholder(link) or matches(link.target, ignored))]
    for some in vault.destinations_in_turn(note, links):
        for link, found in some:
            if found is None:
                yield from _nothing_there(vault, note, link)
                continue
            if found.anchor and found.place is None and not found.note.is_file:
                yield from _broken_anchor(vault, link, found)
            if vault.is_tie(note, found.rivals):
                yield _ambiguous(link, found)
        yield None


def _nothing_there(vault: Vault, note: Note, link: Link) -> Iterator[Finding]:
    # A note outside every vault has no neighbours that it could miss.
    if vault.root is None or not vault.complete:
        return
    target = names.unescape(link).strip()
    why = why_missing(note.path, link, vault.exists)
    if why is not None:
        what = "file" if why == MISSING_FILE else "note"
        yield Finding(why, link.target_span, f"There is no {what} “{target}”.", data={"target": target})


def _broken_anchor(vault: Vault, link: Link, found: Destination) -> Iterator[Finding]:
    anchor = found.anchor or ""
    if not is_missed(link, anchor, found.note.path) or vault.places(found.note).has_more:
        return
    what = "block" if anchor.startswith("^") else "heading"
    yield Finding(
        "broken-anchor",
        link.anchor_span,
        f"There is no {what} “{anchor.lstrip('^')}” in “{found.note.title}”.",
        data={"target": found.note.path, "anchor": anchor},
    )


def _ambiguous(link: Link, found: Destination) -> Finding:
    paths = [rival.path for rival in found.rivals]
    return Finding(
        "ambiguous-link",
        link.target_span,
        f"“{link.target}” may mean {len(paths)} notes; “{paths[0]}” is taken.",
        data={"candidates": paths[:_MAX_RELATED]},
        related=tuple((path, Span(0, 0), "taken" if path == paths[0] else "also possible") for path in paths),
    )


def _labels(vault: Vault, note: Note) -> Iterator[Finding]:
    definitions = vault.facts(Definition, note)
    references = vault.facts(Reference, note)
    footnotes = vault.facts(Footnote, note)
    notes = [footnote for footnote in footnotes if footnote.definition]
    marks = [footnote for footnote in footnotes if not footnote.definition]
    defined = {definition.key for definition in definitions}
    noted = {footnote.key for footnote in notes}
    text = vault.text(note) or "" if references or definitions else ""
    templates: set[str] | None = None
    makes_labels = False
    defines = any(one.key not in _COMMENT_LABELS for one in definitions) or bool(_TEMPLATE_DEFINITION.search(text))
    for reference in references:
        if (
            reference.explicit
            and reference.key not in defined
            and _is_meant(text, reference)
            and (defines or not _is_prose(text, reference))
        ):
            if templates is None:
                templates = {label_key(match[1]) for match in _TEMPLATE_DEFINITION.finditer(text)}
                seen = seen_above(note.path, vault.exists)
                makes_labels = seen is not None and seen.dialect.makes_labels
            if reference.key in templates or (makes_labels and not _BLANK.search(reference.key)):
                continue
            label = text[reference.label_span.start : reference.label_span.end]
            yield Finding("broken-reference", reference.label_span, f"No link is defined as [{label}].")
    for mark in marks:
        if mark.key not in noted and not _CHARACTER_CLASS.fullmatch(mark.key):
            yield Finding("broken-footnote", mark.label_span, f"There is no footnote [^{mark.key}].")
    yield from _doubles(note, definitions, "[{}] is defined above already; this one has no effect.")
    yield from _doubles(note, notes, "The footnote [^{}] stands above already.")
    # Tools that publish wiki links as plain Markdown define each target: ``[[a]]`` is then a shortcut in brackets.
    used = {reference.key for reference in references}
    used |= {label_key(text[link.span.start : link.span.end].strip("![]")) for link in _wiki(vault, note, definitions)}
    for definition in definitions:
        is_comment = definition.key in _COMMENT_LABELS or definition.target in ("", "#", "<>")
        # What plugins read, such as comments, may use it as well.
        if definition.key not in used and not is_comment and f"][{definition.label}]" not in text:
            yield Finding(
                "unused-definition", definition.span, f"[{definition.label}] is used nowhere.", unnecessary=True
            )
    referred = {mark.key for mark in marks}
    for footnote in notes:
        if footnote.key not in referred:
            yield Finding(
                "unused-definition", footnote.label_span, f"Nothing refers to [^{footnote.key}].", unnecessary=True
            )


def _wiki(vault: Vault, note: Note, definitions: list[Definition]) -> list[Link]:
    return [link for link in vault.facts(Link, note) if link.kind is LinkKind.WIKI] if definitions else []


def _is_meant(text: str, reference: Reference) -> bool:
    """Whether ``[a][b]`` without a definition is a link somebody meant, rather than ``list[i][j]`` or a citation."""
    before = text[reference.span.start - 1 : reference.span.start]
    return not (before.isalnum() or before in ("]", ")", "_", "\\")) and reference.key[:1] not in ("@", "^", "")


def _is_prose(text: str, reference: Reference) -> bool:
    """Whether ``[A][b]`` may be two words in brackets: ``[CTRL][U]``, ``[Map][str, int]``, ``[10][11]``."""
    shown = text[reference.span.start : reference.label_span.start].rstrip("[").removeprefix("[").removesuffix("]")
    return shown != "" and not _BLANK.search(shown) and (shown[0].isupper() or shown[0].isdigit())


def _doubles(note: Note, found: Iterable[Definition | Footnote], message: str) -> Iterator[Finding]:
    first: dict[str, Definition | Footnote] = {}
    for definition in found:
        earlier = first.setdefault(definition.key, definition)
        if earlier is not definition and definition.key not in _COMMENT_LABELS:
            yield Finding(
                "duplicate-definition",
                definition.label_span,
                message.format(definition.key),
                related=((note.path, earlier.label_span, "the first one"),),
            )


def _text(vault: Vault, note: Note) -> Iterator[Finding]:
    first: dict[str, Block] = {}
    for block in vault.facts(Block, note):
        earlier = first.setdefault(block.id.casefold(), block)
        if earlier is not block:
            yield Finding(
                "duplicate-block",
                block.span,
                f"^{block.id} names an earlier block already; links lead there.",
                related=((note.path, earlier.span, "the first one"),),
            )
    text = vault.text(note) or ""
    if "#\u00a0" in text:
        for start, end in _plain(vault, note, _NBSP_HEADING.finditer(text)):
            message = "This is no heading: a no-break space follows the hashes, where a space should."
            yield Finding("nbsp-heading", Span(start, end), message)
