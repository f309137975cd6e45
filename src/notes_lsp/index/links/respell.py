"""Respell: the candidate texts by which a link can say where it leads, in its own style, best first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from posixpath import dirname, relpath
from urllib.parse import quote

from notes_lsp.facts import Heading, Link, LinkKind
from notes_lsp.index.links import spelling
from notes_lsp.index.vault.resolve import Level
from notes_lsp.links import anchors, names, pages
from notes_lsp.links.anchors import NoteAnchors

_ENCODED_BEYOND_ASCII = re.compile(r"%[89A-Fa-f][0-9A-Fa-f]")
_QUOTED_IN_HEADERS = re.compile(r"[^\w /.()%-]", re.ASCII)
_FURTHER_SPECIAL = re.compile(r"[!-$&-,:-@\[-^`{-~]")


@dataclass(frozen=True, slots=True)
class Aim:
    """Where a link led, and where that is now."""

    source: str
    """The path, afterwards, of the note the link stands in."""
    now: str
    """The path, afterwards, of what it leads to."""
    before: str
    """The path, before, of what it leads to."""
    is_file: bool
    level: Level
    """How the link found it before."""
    name: str = ""
    """The title, alias or slug, as it is afterwards, that the link used."""
    relative: bool = False
    """A Markdown link that was relative to its note."""
    stood: str = ""
    """The path, before, of the note the link stands in."""
    in_header: bool = False
    """The link stands in the frontmatter."""


def candidate_targets(link: Link, aim: Aim) -> Iterator[str]:
    """What may stand in the place of a link's target; whether it leads there has to be asked.

    Kept are ``./`` and ``/``, how many folders are named, whether the extension is, angle brackets and encoding.
    """
    if link.kind is LinkKind.WIKI:
        texts = list(dict.fromkeys(_wiki_targets(names.unescape(link).strip(), aim)))
        if aim.in_header:
            yield from (_for_header(spelling.escape(text)) for text in texts)
        else:
            yield from map(spelling.escape, texts)
            yield from (_further(spelling.escape(text)) for text in texts)
        return
    written = names.unescape(link)
    if written.startswith("[[") and written.endswith("]]"):
        # Logseq writes a page so even as the target of a Markdown link.
        yield from (f"[[{spelling.escape(text)}]]" for text in dict.fromkeys(_wiki_targets(written[2:-2], aim)))
        return
    for text in dict.fromkeys(_markdown_targets(written, aim)):
        yield _destination(link, text)


def heading_anchors(
    link: Link, before: NoteAnchors, after: NoteAnchors, number: int, *, in_header: bool
) -> Iterator[str]:
    """What may stand behind the ``#`` of a link to the heading of that number; whether it leads there has to be asked.

    A slug stays a slug and a text a text, and of a path of headings each step stays what it was.
    """
    wiki = link.kind is LinkKind.WIKI
    whole = names.anchor_text(link) or ""
    # What only leads there without the range after it keeps that range.
    written = whole if anchors.heading_of(whole, before, ranges=False) is not None else anchors.without_range(whole)
    extent = whole[len(written) :]
    steps = [step for step in written.split("#") if step.strip()]
    texts: list[str] = []
    if len(steps) > 1:
        texts.append("#".join(_step(steps[: at + 1], before, after, wiki=wiki) for at in range(len(steps))))
    old, new = before.headings[number], after.headings[number]
    texts.append(_heading_text(written, old, new, wiki=wiki))
    texts += [names.heading_text(new.title)] if wiki else [new.slug]
    texts += [f"{names.heading_text(other.title)}#{names.heading_text(new.title)}" for other in _above(new, after)]
    texts.append(new.slug)
    for text in dict.fromkeys(text for text in texts if text.strip()):
        yield anchor(link, text, in_header=in_header) + extent


def anchor(link: Link, text: str, *, in_header: bool) -> str:
    """An anchor, as meant, as it is written in a link of that kind."""
    if link.kind is not LinkKind.WIKI:
        return "#".join(spelling.encode(part) for part in text.split("#"))
    parts = [spelling.escape(part) for part in text.removeprefix("^").split("#")]
    return ("^" if text.startswith("^") else "") + "#".join(map(_for_header, parts) if in_header else parts)


def _wiki_targets(written: str, aim: Aim) -> Iterator[str]:
    says_extension = names.strip_extension(written) != written
    bare = aim.now if aim.is_file or says_extension else names.strip_extension(aim.now)
    if aim.name and aim.level in (Level.TITLE, Level.ALIAS, Level.PATH_SLUG, Level.TITLE_SLUG):
        yield aim.name
    if written.startswith("/"):
        yield f"/{bare}"
    elif written.startswith(("./", "../")):
        relative = relpath(bare, dirname(aim.source) or ".")
        yield relative if relative.startswith("../") else f"./{relative}"
    named = written.strip("/").count("/") + 1
    if aim.level is Level.FOLDER and dirname(aim.now):
        yield from _suffixes(dirname(aim.now), named)
    if aim.level is Level.ROOT and named > 1:
        yield bare
    yield from _suffixes(bare, named)
    yield aim.now
    yield f"/{bare}"
    yield f"/{aim.now}"


def _markdown_targets(written: str, aim: Aim) -> Iterator[str]:
    if aim.level is Level.PAGE:
        yield from pages.respelled(aim.stood, aim.source, written, aim.before, aim.now)
    relative = relpath(aim.now, dirname(aim.source) or ".")
    if written.startswith("./") and not relative.startswith("../"):
        relative = f"./{relative}"
    whole: list[str] = []
    if aim.level is Level.FOLDER and dirname(aim.now):
        folder = dirname(aim.now)
        slash = "/" if written.endswith("/") else ""
        whole.append((f"/{folder}" if written.startswith("/") else relpath(folder, dirname(aim.source) or ".")) + slash)
    if written.startswith("/"):
        whole.append(f"/{aim.now}")
    elif not aim.relative:
        whole += _suffixes(aim.now, written.count("/") + 1)
    whole += [relative, f"/{aim.now}"]
    if not aim.is_file and aim.level is not Level.FOLDER and names.strip_extension(written) == written:
        yield from map(names.strip_extension, whole)
    yield from whole


def _suffixes(path: str, least: int) -> Iterator[str]:
    """The ends of a path with at least so many segments, or as many as it has; shortest first."""
    segments = path.split("/")
    for count in range(min(least, len(segments)), len(segments) + 1):
        yield "/".join(segments[-count:])


def _destination(link: Link, text: str) -> str:
    encoded = spelling.encode_angle(text) if link.angle else spelling.encode(text)
    if names.is_external(encoded):
        encoded = encoded.replace(":", "%3A")
    if _ENCODED_BEYOND_ASCII.search(link.target):
        encoded = "".join(char if char.isascii() else quote(char) for char in encoded)
    query = link.target.find("?")
    return encoded if query < 0 else encoded + link.target[query:]


def _for_header(text: str) -> str:
    """A target that neither quotes nor a list of a header can stumble over."""
    return _QUOTED_IN_HEADERS.sub(lambda match: quote(match[0]) if match[0].isascii() else match[0], text)


def _further(text: str) -> str:
    """A target with all signs encoded, for where one of them would begin something with what stands behind the link."""
    return _FURTHER_SPECIAL.sub(lambda match: quote(match[0]), text)


def _step(steps: Sequence[str], before: NoteAnchors, after: NoteAnchors, *, wiki: bool) -> str:
    """The last of some steps down a path of headings, as it is called now."""
    heading = anchors.heading_of("#".join(steps), before)
    if heading is None:
        return steps[-1]
    new = after.headings[list(before.headings).index(heading)]
    if heading.title == new.title and heading.slug == new.slug:
        return steps[-1]
    return _heading_text(steps[-1], heading, new, wiki=wiki)


def _heading_text(written: str, old: Heading, new: Heading, *, wiki: bool) -> str:
    folded = names.key(written)
    is_slug, is_text = folded == old.slug, folded == names.key(old.title)
    by_slug = is_slug if is_slug != is_text else not wiki
    return new.slug if by_slug else names.heading_text(new.title)


def _above(heading: Heading, places: NoteAnchors) -> list[Heading]:
    """The headings that a heading stands below, nearest first."""
    return [
        other
        for other in reversed(places.headings)
        if other.span.start < heading.span.start and other.section.end >= heading.section.end
    ]
