"""Names: what a note may be called, the key under which a name is found, and the keys a link asks for."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache
from posixpath import dirname, normpath
from typing import NamedTuple
from urllib.parse import unquote

from notes_lsp.facts import Facts, Link, LinkKind, NameKind
from notes_lsp.links.slugs import words_slug
from notes_lsp.text.source import Span

MARKDOWN_EXTENSIONS = (".md", ".markdown", ".mdown", ".mkd", ".mkdn", ".mdx", ".qmd", ".rmd")
"""Extensions that may be left out of a link, whether or not such files are configured to be notes."""

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:(?!%20|\s)")
_WIKI_EXTERNAL = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://|mailto:|//")
_SPACES = re.compile(r"\s+")
_HYPHENS = re.compile(r"[-_]+")
_PUNCTUATION_RUN = re.compile(r"[\W_]+")
_MARKDOWN_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_WIKI_ESCAPE = re.compile(r"\\([#|\[\]^\\])")
_DAY_PATH = re.compile(r"(?:^|/)((?:19|20)\d{2})(?:/(0[1-9]|1[0-2])[/-]|-(0[1-9]|1[0-2])/)(0[1-9]|[12]\d|3[01])$")
"""A path that is a day only as a whole, which people call by its date."""
_JOURNAL_PATH = re.compile(r"(?:^|/)((?:19|20)\d{2})_(0[1-9]|1[0-2])_(0[1-9]|[12]\d|3[01])$")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
HUB_STEMS = ("index", "readme", "_index")
"""Stems, folded, of the notes that stand for their folder."""
SITE_ROOTS = ("@site/", "@/")
"""What Docusaurus and Zola call the root of a site's sources."""
_SHORT = 100


class Name(NamedTuple):
    """One thing a note or a file may be called."""

    key: str
    kind: NameKind
    text: str
    """The name as written; for a path suffix the suffix with its case, without the Markdown extension."""
    whole: bool
    """A path name that is the whole path from the root, not just its end."""


@dataclass(frozen=True, slots=True)
class Address:
    """What a link asks for: pure text, before any vault is looked at.

    ``path`` is an exact path from the root (folded, extension stripped); ``key`` is a path suffix, a title or an
    alias. Either may be missing. ``here`` means the note the link stands in.
    """

    key: str | None = None
    path: str | None = None
    here: bool = False
    external: bool = False
    whole_key: str | None = None
    """The key of target and anchor together, for names that hold a ``#``."""
    page_key: str | None = None
    """The key of a Markdown link's target as the address of a page, see :func:`page_key`; asked for last.

    Of a wiki link with blanks and hyphens in its name, that name with blanks alone.
    """


def key(name: str) -> str:
    """The key of a name: percent-decoded, NFC, case-folded, white space collapsed. Equal keys mean the same name."""
    return _short_key(name) if len(name) <= _SHORT else _key(name)


def _key(name: str) -> str:
    if "%" in name:
        decoded = unquote(name)
        # A slash that was hidden in a name stays hidden: it never divides a path.
        name = decoded if decoded.count("/") == name.count("/") else name
    if name.isascii():
        folded = name.lower()
    else:
        folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
    return _SPACES.sub(" ", folded).strip()


# The same few names come again and again: those of properties in every note, those of popular notes in every link.
_short_key = lru_cache(maxsize=1 << 13)(_key)


def path_key(path: str) -> str:
    """The key of a path: of each of its segments, without a Markdown extension."""
    return "/".join(key(segment) for segment in strip_extension(path).split("/"))


def strip_extension(path: str) -> str:
    """The path without its Markdown extension; other endings belong to the name (``Node.js``, ``v1.2 plan``)."""
    bare, dot, extension = path.rpartition(".")
    if not bare or bare.endswith("/") or dot + extension.lower() not in MARKDOWN_EXTENSIONS:
        return path
    return bare


def stem(path: str) -> str:
    """The last segment of a path without its Markdown extension."""
    return strip_extension(path.rsplit("/", 1)[-1])


def names_of_path(path: str) -> list[Name]:
    """The names that a path alone gives: itself and each suffix, and its folder's where it is an index note.

    ``your-first-note.md`` is called ``your first note``, too, and the other way round; ``2024/06/07.md`` is called
    ``2024-06-07``, too. These are known from the walk, before the note is read. Attachments keep their extension.
    """
    bare = strip_extension(path)
    texts = bare.split("/")
    keys = [key(text) for text in texts]
    names = [
        Name("/".join(keys[first:]), NameKind.PATH, "/".join(texts[first:]), whole=first == 0)
        for first in range(len(texts))
    ]
    if len(texts) > 1 and bare != path and keys[-1] in HUB_STEMS:
        names += [
            Name("/".join(keys[first:-1]), NameKind.FOLDER, "/".join(texts[first:-1]), whole=first == 0)
            for first in range(len(texts) - 1)
        ]
    if bare != path:
        names += _slugs_of_stem(texts[-1], keys[-1])
    journal = _JOURNAL_PATH.search(bare) if bare != path else None
    if journal is not None:
        names += [Name(key(text), NameKind.FOLDER, text, whole=False) for text in _days(*map(int, journal.groups()))]
    day = _DAY_PATH.search(bare) if len(texts) > 1 and bare != path else None
    if day is not None:
        text = "-".join(filter(None, day.groups()))
        names.append(Name(text, NameKind.FOLDER, text, whole=False))
    return names


def _days(year: int, month: int, day: int) -> tuple[str, str]:
    """A day as Logseq calls its page, in the usual format and in that of ISO 8601."""
    ending = "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{_MONTHS[month - 1]} {day}{ending}, {year}", f"{year}-{month:02}-{day:02}"


def stem_slug(text: str) -> str:
    """What a file name is called where blanks are hyphens and hyphens blanks; empty where it has neither, or no word.

    ``your-first-note`` is ``your first note``; ``Your first note!`` is ``your-first-note``; and as Logseq keeps pages,
    ``A___B`` is ``A/B``.
    """
    if not any(char.isalpha() for char in text):
        return ""
    for divider in ("___", "%2F", "%2f"):
        if divider in text.strip("_"):
            return text.replace(divider, "/")
    found = words_slug(text) if " " in text.strip() else _HYPHENS.sub(" ", text).strip()
    return "" if found == text else found


def _slugs_of_stem(text: str, own: str) -> list[Name]:
    slug = stem_slug(text)
    other = path_key(slug)
    return [Name(other, NameKind.PATH_SLUG, slug, whole=False)] if other and other != own else []


def names_of_text(facts: Facts) -> list[Name]:
    """The names that a note's own text gives: its title where one is written, its aliases, and the title's slug."""
    names: dict[str, Name] = {}
    if facts.title_span.end > facts.title_span.start:
        names[key(facts.title)] = Name(key(facts.title), NameKind.TITLE, facts.title, whole=False)
    for alias, _ in facts.aliases:
        names.setdefault(key(alias), Name(key(alias), NameKind.ALIAS, alias, whole=False))
    own = stem(facts.path)
    slug = words_slug(facts.title) if facts.title != own and facts.title_span.end > facts.title_span.start else ""
    if slug and slug not in (facts.title.lower(), key(own), stem_slug(own)):
        names.setdefault(key(slug), Name(key(slug), NameKind.TITLE_SLUG, slug, whole=False))
    return [name for name in names.values() if name.key]


def is_external(target: str) -> bool:
    """Whether a target has a scheme, and so is never a note: ``https:``, ``mailto:``, ``zotero:``, also ``//host``.

    A single letter before the colon is a drive, which is not in any vault either.
    """
    return bool(_SCHEME.match(target)) or target.startswith("//")


def address(path: str, link: Link) -> Address:
    """What ``link``, standing in the note at ``path``, asks for."""
    if link.kind in (LinkKind.AUTOLINK, LinkKind.URL):
        return Address(external=True)
    if link.kind is LinkKind.WIKI:
        return wiki_address(path, unescape(link), anchor_text(link))
    return _markdown_address(path, link)


def label_first(link: Link) -> Link:
    """The link as the wikis of GitHub and GitLab read it, where the label comes first: ``[[label|target#anchor]]``."""
    if link.kind is not LinkKind.WIKI or link.embed or not link.label:
        return link
    target, mark, anchor = link.label.partition("#")
    start, end = link.label_span
    cut = min(start + len(target), end)
    return replace(
        link,
        target=target,
        target_span=Span(start, cut),
        anchor=anchor if mark else None,
        anchor_span=Span(cut, end if mark else cut),
        label=link.target if link.anchor is None else f"{link.target}#{link.anchor}",
        label_span=Span(link.target_span.start, link.anchor_span.end),
    )


def unescape(link: Link) -> str:
    """The target as meant: backslash escapes resolved as the link's syntax has them, percent-encoding decoded."""
    if link.kind is LinkKind.WIKI:
        target = _WIKI_ESCAPE.sub(r"\1", link.target)
    else:
        # A query belongs to web addresses; before a file name it could only be a mistake of the exporting tool.
        target = link.target.split("?", 1)[0]
        if link.kind is not LinkKind.HTML:
            target = _MARKDOWN_ESCAPE.sub(r"\1", target)
    return unquote(target) if "%" in target else target


def anchor_text(link: Link) -> str | None:
    """The anchor as meant, decoded; ``None`` where the link has none."""
    if link.anchor is None:
        return None
    anchor = _WIKI_ESCAPE.sub(r"\1", link.anchor)
    return unquote(anchor) if "%" in anchor else anchor


def heading_text(title: str) -> str:
    """A heading's title as it can stand behind ``#`` in a wiki link: what would end or divide the link becomes a space.

    This is how Obsidian writes it, and :func:`loose_key` finds the heading again.
    """
    for special in ("[[", "]]", "|", "#", "^"):
        title = title.replace(special, " ")
    return " ".join(title.split())


def loose_key(text: str) -> str:
    """The folded text with every run of punctuation, marks and white space as one space.

    That is how Obsidian compares headings, and what makes ``Q & A``, ``q--a`` and ``q-a`` meet.
    """
    return _PUNCTUATION_RUN.sub(" ", key(text)).strip()


def wiki_address(path: str, target: str, anchor: str | None = None) -> Address:
    """What ``[[target#anchor]]``, both as meant (decoded, that is), asks for in the note at ``path``."""
    target = _SPACES.sub(" ", target).strip()
    if _WIKI_EXTERNAL.match(target):
        return Address(external=True)
    whole_key = path_key(f"{target}#{anchor}") if anchor else None
    if not target:
        return Address(here=True, whole_key=whole_key)
    if target.startswith("/"):
        return Address(path=_joined_key("", target[1:]), whole_key=whole_key)
    if target.startswith(("./", "../")) or target in (".", ".."):
        return Address(path=_joined_key(dirname(path), target), whole_key=whole_key)
    name = path_key(_tidy(target))
    mixed = " ".join(name.replace("-", " ").split()) if "-" in name and " " in name else None
    return Address(key=name, whole_key=whole_key, page_key=mixed)


def _markdown_address(path: str, link: Link) -> Address:
    if is_external(link.target):
        return Address(external=True)
    target = unescape(link)
    if not target:
        return Address(here=True)
    if target.startswith("[[") and target.endswith("]]"):
        return wiki_address(path, target[2:-2])
    page = page_key(target)
    rest = next((target[len(mark) :] for mark in (*SITE_ROOTS, "/") if target.startswith(mark)), None)
    if rest is not None:
        return Address(path=_joined_key("", rest), page_key=page)
    exact = _joined_key(dirname(path), target)
    if target.startswith(("./", "../")) or target in (".", ".."):
        return Address(path=exact, page_key=page)
    suffix = path_key(_tidy(target))
    return Address(path=exact, key=suffix, page_key=None if page == suffix else page)


def page_key(target: str) -> str | None:
    """The key under which a note is found whose page has the address ``target``; ``None`` where it is none of a page.

    It is the end of the note's path, without ``..``, extension and ``index``. Rooted targets (``/x``, ``@/x``) are
    addresses whatever they end in; others only without an extension, with ``.html``, or with a ``/`` at the end.
    """
    is_rooted = target.startswith(("/", *SITE_ROOTS))
    rest = next((target[len(mark) :] for mark in SITE_ROOTS if target.startswith(mark)), target)
    bare = without_html(rest)
    if not is_rooted and bare == rest and "." in rest.rsplit("/", 1)[-1].strip("."):
        return None
    segments = [segment for segment in bare.split("/") if segment not in ("", ".", "..")]
    if len(segments) > 1 and strip_extension(segments[-1]).lower() in HUB_STEMS:
        segments.pop()
    return path_key("/".join(segments)) or None


def without_html(target: str) -> str:
    """A target without ``.html`` or ``.htm`` at its end."""
    bare, dot, extension = target.rpartition(".")
    return bare if bare and dot and extension.lower() in ("html", "htm") and not bare.endswith("/") else target


def join_path(folder: str, path: str) -> str | None:
    """The path below the root that a path means in a folder: empty for the root, ``None`` where it leads out of it."""
    found = normpath(f"{folder}/{path}" if folder else path)
    if found == ".." or found.startswith("../"):
        return None
    return "" if found == "." else found


def _joined_key(folder: str, target: str) -> str | None:
    path = join_path(folder, target)
    return path if path is None else path_key(path or ".")


def _tidy(target: str) -> str:
    return "/".join(segment for segment in target.split("/") if segment not in ("", "."))
