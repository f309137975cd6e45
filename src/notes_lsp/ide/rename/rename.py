"""Rename: what under the cursor has a name that can be changed, and all that changes with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from notes_lsp.facts import Anchor, Block, Definition, Facts, Footnote, Heading, Link, Reference, Tag
from notes_lsp.index.links.relink import relink, relink_moves
from notes_lsp.index.vault.resolve import Level
from notes_lsp.index.vault.vault import Destination, Note, Vault
from notes_lsp.links import names
from notes_lsp.links.changes import Change, NameRefusedError, Shift, is_word_of_headers, new_path, scalars
from notes_lsp.markdown.parse import parse
from notes_lsp.text.cursor import innermost
from notes_lsp.text.source import Edit, Span, apply_edits


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that has a name."""

    span: Span
    """Where the name stands under the cursor."""
    name: str
    """The name as it is now."""
    rename: Callable[[str], Change]
    """Gives all that changes with another name; raises :class:`NameRefusedError`."""


def subject(vault: Vault, note: Note, offset: int, extensions: Sequence[str]) -> Subject | None:
    """What can be renamed under the cursor, ``None`` where nothing can.

    Of a link, what it names: in the target the note's file, or its title or alias where the link found it by that; in
    the anchor the heading or block. Else a label, a footnote, a tag, a block id, an HTML id, a heading, an alias, the
    title. ``extensions`` are those of notes, without dots.
    """
    at = _At(vault, note, offset, tuple(extensions))
    link = innermost(vault.facts(Link, note), offset)
    if link is not None:
        return _of_link(at, link)
    return _of_label(at) or _of_footnote(at) or _of_tag(at) or _of_place(at) or _of_header(at)


@dataclass(frozen=True, slots=True)
class _At:
    vault: Vault
    note: Note
    offset: int
    extensions: tuple[str, ...]


def _of_link(at: _At, link: Link) -> Subject | None:
    found = at.vault.destination(at.note, link)
    if found is None:
        return None
    in_target = bool(link.target) and (link.target_span.contains(at.offset) or not _touches_anchor(link, at.offset))
    if found.anchor is None or in_target:
        return _of_target(at, link, found) if link.target else None
    place = found.place
    if place is None:
        return None
    last = link.anchor_span.end - len((link.anchor or "").rpartition("#")[2])
    span = Span(last, link.anchor_span.end)
    if place.heading is not None and place.anchor is None:
        return _heading(at, found.note, place.heading, span)
    if place.block is not None:
        return _block(at, found.note, place.block, Span(min(last + 1, span.end), span.end))
    return _html_id(at, found.note, place.anchor, span) if place.anchor is not None else None


def _touches_anchor(link: Link, offset: int) -> bool:
    return bool(link.anchor) and link.anchor_span.contains(offset)


def _of_target(at: _At, link: Link, found: Destination) -> Subject | None:
    level = found.rivals[0].level if found.rivals else Level.ROOT
    if level in (Level.TITLE, Level.TITLE_SLUG):
        return _title(at, found.note, link.target_span)
    if level is Level.ALIAS:
        key = names.key(found.rivals[0].text)
        aliases = at.vault.whole(found.note).aliases
        number = next((number for number, (alias, _) in enumerate(aliases) if names.key(alias) == key), None)
        return _alias(at, found.note, number, link.target_span) if number is not None else None
    if level is Level.FOLDER:
        # What the link names is a folder, or only the beginning of a name.
        return None
    return _file(at, found.note, link)


def _file(at: _At, target: Note, link: Link) -> Subject:
    def rename(wanted: str) -> Change:
        path = new_path(target.path, names.unescape(link).strip(), wanted, at.extensions)
        if path == target.path:
            return Change()
        same_but_for_case = path.casefold() == target.path.casefold()
        if at.vault.note(path) is not None or (at.vault.exists(path) and not same_but_for_case):
            raise NameRefusedError(f"“{path}” exists already.")
        return relink_moves(at.vault, [(target.path, path)], {target.path: path}, at.extensions)

    last = target.path.rpartition("/")[2]
    return Subject(link.target_span, last if target.is_file else names.stem(target.path), rename)


def _of_place(at: _At) -> Subject | None:
    block = innermost(at.vault.facts(Block, at.note), at.offset)
    if block is not None:
        return _block(at, at.note, block, Span(block.span.start + 1, block.span.end))
    anchor = innermost(at.vault.facts(Anchor, at.note), at.offset)
    if anchor is not None:
        return _html_id(at, at.note, anchor, anchor.span)
    heading = innermost(at.vault.facts(Heading, at.note), at.offset)
    return _heading(at, at.note, heading, heading.title_span) if heading is not None else None


def _heading(at: _At, note: Note, heading: Heading, span: Span) -> Subject | None:
    text = _slice(at, note, heading.title_span)
    number = [other.span for other in at.vault.facts(Heading, note)].index(heading.span)

    def rename(wanted: str) -> Change:
        wanted = wanted.strip()
        if wanted == text:
            return Change()
        edits = [Edit(heading.title_span, wanted)]
        read, after = _read(at, note, edits)
        before = at.vault.whole(note).headings
        levels = [one.level for one in read.headings] == [one.level for one in before]
        if not (wanted and levels and _text(after, read.headings[number].title_span) == wanted):
            raise NameRefusedError(f"“{wanted}” cannot be a heading here.")
        return _complete(at, note, edits)

    return Subject(span, text, rename) if text else None


def _block(at: _At, note: Note, block: Block, span: Span) -> Subject:
    blocks = at.vault.facts(Block, note)

    def rename(wanted: str) -> Change:
        wanted = wanted.strip().removeprefix("^")
        if wanted == block.id:
            return Change()
        if any(other.id.casefold() == wanted.casefold() for other in blocks if other.span != block.span):
            raise NameRefusedError(f"The note has a block “{wanted}” already.")
        edits = [Edit(block.span, f"^{wanted}")]
        read, _ = _read(at, note, edits)
        if [other.id for other in read.blocks] != [wanted if one == block else one.id for one in blocks]:
            raise NameRefusedError("A block's id has letters, digits and hyphens.")
        return _complete(at, note, edits)

    return Subject(span, block.id, rename)


def _html_id(at: _At, note: Note, anchor: Anchor, span: Span) -> Subject:
    anchors = at.vault.facts(Anchor, note)

    def rename(wanted: str) -> Change:
        if wanted == anchor.id:
            return Change()
        if any(other.id == wanted for other in anchors):
            raise NameRefusedError(f"The note has an id “{wanted}” already.")
        edits = [Edit(anchor.span, wanted)]
        read, _ = _read(at, note, edits)
        if [other.id for other in read.anchors] != [wanted if one == anchor else one.id for one in anchors]:
            raise NameRefusedError(f"“{wanted}” cannot be an id.")
        return _complete(at, note, edits)

    return Subject(span, anchor.id, rename)


def _of_tag(at: _At) -> Subject | None:
    tag = innermost(at.vault.facts(Tag, at.note), at.offset)
    if tag is None:
        return None
    depth = tag.name.count("/") + 1

    def rename(wanted: str) -> Change:
        wanted = wanted.strip().removeprefix("#")
        if wanted == tag.name:
            return Change()
        if [found.name for found in parse("", f"#{wanted}").tags] != [wanted]:
            raise NameRefusedError(f"“{wanted}” cannot be a tag: it has no blanks, and not only digits.")
        edits: dict[str, list[Edit]] = {}
        for note, used in at.vault.tagged(names.key(tag.name)):
            if is_word_of_headers(wanted) and used.span.start < at.vault.body_start(note):
                raise NameRefusedError(f"“{wanted}” means something else in a header.")
            edit = _tag_edit(used, depth, wanted, _slice(at, note, used.span))
            if edit is not None:
                edits.setdefault(note.path, []).append(edit)
        return relink(at.vault, Change(edits), at.extensions)

    return Subject(Span(tag.span.end - len(tag.name), tag.span.end), tag.name, rename)


def _tag_edit(tag: Tag, depth: int, wanted: str, written: str) -> Edit | None:
    """What changes of one use, ``None`` where nothing does; of a tag below the one renamed only the beginning."""
    old = "/".join(tag.name.split("/")[:depth])
    start = tag.span.end - len(tag.name)
    if old == wanted or not written.endswith(tag.name):
        return None
    return Edit(Span(start, start + len(old)), wanted)


def _of_label(at: _At) -> Subject | None:
    definitions = at.vault.facts(Definition, at.note)
    every: list[Reference | Definition] = [*at.vault.facts(Reference, at.note), *definitions]
    found = innermost(at.vault.facts(Reference, at.note), at.offset) or next(
        (one for one in definitions if one.label_span.contains(at.offset)), None
    )
    if found is None or all(one.key != found.key for one in definitions):
        return None
    spans = sorted({one.label_span for one in every if one.key == found.key})
    name = _slice(at, at.note, found.label_span)

    def rename(wanted: str) -> Change:
        wanted = " ".join(wanted.split())
        if wanted == name:
            return Change()
        edits = [Edit(span, wanted) for span in spans]
        read, after = _read(at, at.note, edits)
        labels: list[Reference | Definition] = [*read.references, *read.definitions]
        ours = [one for one in labels if _text(after, one.label_span) == wanted]
        key = ours[0].key if ours else ""
        if key != found.key and any(one.key == key for one in every):
            raise NameRefusedError(f"The note has a label “{wanted}” already.")
        if not _all_stand(edits, [one.label_span for one in labels if one.key == key]):
            raise NameRefusedError(f"“{wanted}” cannot be a label.")
        return _complete(at, at.note, edits)

    return Subject(found.label_span, name, rename)


def _of_footnote(at: _At) -> Subject | None:
    footnotes = at.vault.facts(Footnote, at.note)
    found = next((one for one in footnotes if one.label_span.contains(at.offset)), None)
    if found is None:
        return None
    name = _slice(at, at.note, found.label_span)

    def rename(wanted: str) -> Change:
        wanted = wanted.strip().removeprefix("^")
        if wanted == name:
            return Change()
        edits = [Edit(one.label_span, wanted) for one in footnotes if one.key == found.key]
        read, after = _read(at, at.note, edits)
        ours = [one for one in read.footnotes if _text(after, one.label_span) == wanted]
        if ours and any(one.key == ours[0].key != found.key for one in footnotes):
            raise NameRefusedError(f"The note has a footnote “{wanted}” already.")
        if not _all_stand(edits, [one.label_span for one in ours]):
            raise NameRefusedError(f"“{wanted}” cannot be a footnote's label.")
        return _complete(at, at.note, edits)

    return Subject(found.label_span, name, rename)


def _of_header(at: _At) -> Subject | None:
    if at.offset > at.vault.body_start(at.note):
        return None
    for number, (_, span) in enumerate(at.vault.whole(at.note).aliases):
        if span.contains(at.offset):
            return _alias(at, at.note, number, _within_quotes(at, span))
    if at.note.title_span.contains(at.offset):
        return _title(at, at.note, _within_quotes(at, at.note.title_span))
    return None


def _alias(at: _At, note: Note, number: int, under: Span) -> Subject:
    aliases = at.vault.whole(note).aliases
    name, span = aliases[number]
    expected = [alias for alias, _ in aliases]

    def rename(wanted: str) -> Change:
        expected[number] = wanted.strip()
        return _in_header(at, note, span, wanted.strip(), lambda read: [alias for alias, _ in read.aliases] == expected)

    return Subject(under, name, rename)


def _title(at: _At, note: Note, under: Span) -> Subject | None:
    span = note.title_span
    heading = next((one for one in at.vault.facts(Heading, note) if one.title_span == span), None)
    if heading is not None:
        return _heading(at, note, heading, under)

    def rename(wanted: str) -> Change:
        return _in_header(at, note, span, wanted.strip(), lambda read: read.title == wanted.strip())

    return Subject(under, note.title, rename) if span.end > span.start else None


def _in_header(at: _At, note: Note, span: Span, wanted: str, is_right: Callable[[Facts], bool]) -> Change:
    """Change a value of the frontmatter, in the first way of writing it that reads as it should."""
    before = at.vault.whole(note)
    if is_right(before):
        return Change()
    for text in scalars(_slice(at, note, span), wanted) if wanted else ():
        edits = [Edit(span, text)]
        read, _ = _read(at, note, edits)
        same_keys = [one.key for one in read.properties] == [one.key for one in before.properties]
        if is_right(read) and same_keys and len(read.problems) <= len(before.problems):
            return _complete(at, note, edits)
    raise NameRefusedError(f"“{wanted}” cannot stand here.")


def _complete(at: _At, note: Note, edits: list[Edit]) -> Change:
    return relink(at.vault, Change({note.path: edits}), at.extensions)


def _read(at: _At, note: Note, edits: list[Edit]) -> tuple[Facts, str]:
    """What a note says after some edits, and its text."""
    after = apply_edits(at.vault.text(note) or "", edits)
    return parse(note.path, after), after


def _all_stand(edits: list[Edit], spans: list[Span]) -> bool:
    """Whether each edit's text stands as one of the spans of the text afterwards."""
    shift = Shift(edits)
    starts = {span.start for span in spans}
    return bool(starts) and all(shift(edit.span.start) in starts for edit in edits)


def _slice(at: _At, note: Note, span: Span) -> str:
    return _text(at.vault.text(note) or "", span)


def _text(text: str, span: Span) -> str:
    return text[span.start : span.end]


def _within_quotes(at: _At, span: Span) -> Span:
    text = _slice(at, at.note, span)
    return Span(span.start + 1, span.end - 1) if len(text) > 1 and text[0] in "\"'" and text[-1] == text[0] else span
