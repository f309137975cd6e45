"""URL hover: the other notes that cite the same resource, and the diagnostic for it."""

from __future__ import annotations

from collections import Counter
from datetime import date

from notes_lsp.config.settings import Config, Hover, Severity
from notes_lsp.dates.of_place import day_at
from notes_lsp.facts import Definition, Heading, Link, LinkKind, Property, Reference
from notes_lsp.ide.values import Card, Finding, in_order, is_silent
from notes_lsp.index.dependencies.keys import DependencyKey, DependencyKind
from notes_lsp.index.links import spelling
from notes_lsp.index.links.citations import Shared, shared_citations
from notes_lsp.index.mentions.find import asked_keys, is_asked_for
from notes_lsp.index.vault.vault import Mention, Note, Vault
from notes_lsp.links import names
from notes_lsp.similarity.shingles import is_template_note
from notes_lsp.text.cursor import innermost
from notes_lsp.text.excerpt import line_around
from notes_lsp.text.globs import matches
from notes_lsp.text.source import Source, Span
from notes_lsp.urls import canonical as urls

URL_CODE = "duplicate-url"
_MAX_NOTES = 8
"""What more other notes cite is known to everybody: the page of a program, a board, a form that is filled in weekly."""
_MAX_IN_COMMON = 5
"""Two notes that have more addresses in common are versions of one another, or draw on the same list."""
_LONGEST_LINE = 160


def url_citations(vault: Vault, note: Note, offset: int, settings: Hover) -> Card | None:
    """Who else cites the address at ``offset``, with the day and the line; ``None`` where nobody does."""
    found = _address_at(vault, note, offset)
    if found is None:
        return None
    link, span = found
    others = [mention for mention in vault.citing(urls.normalize_link(link)) if mention != (note, link)]
    if not others or settings.backlinks == 0:
        return None
    by_note: dict[int, list[Mention]] = {}
    for mention in others:
        by_note.setdefault(mention.source.id, []).append(mention)
    elsewhere = len(by_note.keys() - {note.id})
    lines = [
        f"**Also in {elsewhere} other {'note' if elsewhere == 1 else 'notes'}**" if elsewhere else "**Also here**",
        "",
    ]
    dated = sorted(by_note.values(), key=lambda mentions: _newest_first(vault, mentions[0]))
    lines += [_row(vault, mentions) for mentions in dated[: settings.backlinks]]
    if len(by_note) > settings.backlinks:
        lines.append(f"- … and {len(by_note) - settings.backlinks} more")
    return Card(span, "\n".join(lines))


def is_address(vault: Vault, note: Note, offset: int) -> bool:
    """Whether an address outside the vault stands at ``offset``, of which all notes together have something to say."""
    return _address_at(vault, note, offset) is not None


def resource_findings(vault: Vault, note: Note, config: Config) -> list[Finding]:
    """What is told at each address that a few other notes hold already, where the user will not know that anyway.

    Known to everybody is what many notes cite; known are notes that link to each other, versions of one text, and
    templates. Nothing is said while the vault is not read completely.
    """
    if not vault.complete or is_silent(note.path, config) or config.severity(URL_CODE) is Severity.OFF:
        return []
    found = shared_citations(vault, note, _MAX_NOTES)
    if not found or is_template_note(note.path, vault.text(note) or ""):
        return []
    known = _known_anyway(vault, note, found)
    links = vault.facts(Link, note)
    told: list[Finding] = []
    for key, number, citing in found:
        link = links[number]
        if matches(link.target, config.diagnostics.ignore):
            continue
        others = [
            mention for mention in citing if mention.source.id not in known and _is_same_place(link, mention.link)
        ]
        if others and _is_news(key, others):
            told.append(_finding(vault, note, link, others))
    return in_order(told, config)


def _address_at(vault: Vault, note: Note, offset: int) -> tuple[Link, Span] | None:
    """The link out of the vault that the cursor touches, or that the label it touches stands for, and what to mark."""
    links = vault.facts(Link, note)
    link = innermost(links, offset)
    if link is not None:
        return (link, link.span) if names.address(note.path, link).external else None
    reference = innermost(vault.facts(Reference, note), offset)
    if reference is None:
        return None
    definition = next((found for found in vault.facts(Definition, note) if found.key == reference.key), None)
    if definition is None:
        return None
    for link in links:
        inside = definition.span.start <= link.span.start < definition.span.end
        if inside and link.kind is LinkKind.DEFINITION and names.address(note.path, link).external:
            return link, reference.span
    return None


def _known_anyway(vault: Vault, note: Note, found: list[Shared]) -> set[int]:
    """The notes of which nothing is told, since whoever writes this one has them before their eyes."""
    common = Counter(number for one in found for number in {mention.source.id for mention in one.others})
    sources = {mention.source.id: mention.source for one in found for mention in one.others}
    linking = {mention.source.id for mention in vault.mentions(note)}
    asked = asked_keys(vault, note)
    return {
        number
        for number, other in sources.items()
        if common[number] > _MAX_IN_COMMON
        or number in linking
        or is_asked_for(vault, other, asked)
        or is_template_note(other.path, vault.text(other) or "")
    }


def _is_same_place(one: Link, other: Link) -> bool:
    """Whether two links to one page may mean the same place in it."""
    mine, theirs = urls.fragment_of(urls.normalize_link(one)), urls.fragment_of(urls.normalize_link(other))
    return not mine or not theirs or mine == theirs


def _is_news(key: str, others: list[Mention]) -> bool:
    """Whether it tells anything that others cite a thing: the start page of a site may well stand in several notes."""
    if key.startswith("mailto:"):
        return False
    return urls.has_path(key) or len({mention.source.id for mention in others}) == 1


def _finding(vault: Vault, note: Note, link: Link, others: list[Mention]) -> Finding:
    others = sorted(others, key=lambda mention: _newest_first(vault, mention))
    first = others[0].source
    when = _day(vault, others[0])
    more = len({mention.source.id for mention in others}) - 1
    said = f"Also in [[{spelling.wiki(vault, note.path, first)}]]" + (f", {when:%B %Y}" if when else "")
    said += f", and in {more} other {'note' if more == 1 else 'notes'}." if more else "."
    related = tuple((mention.source.path, mention.link.span, _line(vault, mention)) for mention in others)
    # What it takes to lead there depends on who else is called so.
    spelled = tuple(DependencyKey(DependencyKind.NAME, name.key) for name in names.names_of_path(first.path))
    return Finding(URL_CODE, link.target_span, said, data={"url": link.target}, related=related, depends=spelled)


def _row(vault: Vault, mentions: list[Mention]) -> str:
    source, link = mentions[0]
    day = _day(vault, mentions[0])
    number = Source(vault.text(source) or "").line_of(link.span.start) + 1
    more = f" (+{len(mentions) - 1})" if len(mentions) > 1 else ""
    return f"- **{source.title}**{more}{f' · {day}' if day else ''} · line {number}: {_line(vault, mentions[0])}"


def _line(vault: Vault, mention: Mention) -> str:
    return line_around(vault.text(mention.source) or "", mention.link.span.start, _LONGEST_LINE)


def _newest_first(vault: Vault, mention: Mention) -> tuple[int, str, Span]:
    day = _day(vault, mention)
    return -day.toordinal() if day else 0, mention.source.path, mention.link.span


def _day(vault: Vault, mention: Mention) -> date | None:
    source, link = mention
    text = vault.text(source) or ""
    start = text.rfind("\n", 0, link.span.start) + 1
    end = text.find("\n", link.span.end)
    # The address itself may hold a day, which is the day of the page and not of the note.
    line = text[start : link.span.start] + " " + text[link.span.end : end if end >= 0 else len(text)]
    headings, properties = vault.facts(Heading, source), vault.facts(Property, source)
    return day_at(line, link.span.start, headings, source.path, properties)
