"""Draft: a new note before it is written: its path and text, from a request and the settings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from posixpath import dirname
from typing import TYPE_CHECKING, Any

from notes_lsp.config.journal import Keeping, path_of
from notes_lsp.config.settings import Config
from notes_lsp.dates.formats import format_date
from notes_lsp.links import names
from notes_lsp.templates.render import TemplateFaultError, evaluate, render, render_path, variables_in
from notes_lsp.templates.rules import NewRule, TemplateMissingError
from notes_lsp.text.filenames import UNTITLED, safe_name, slug

if TYPE_CHECKING:
    from notes_lsp.frontmatter.formats.write import HeaderValue

_MAX_BYTES = 255
_PLAIN = "# {{title}}\n"
# A word that is written as it is in every frontmatter, and that nobody writes.
_CURSOR = "cursor0b7f4d9e2a"
_FENCES = ("---", "+++")
_TEXT_NAMES = frozenset({"text", "selection", "clipboard"})


class DraftRefusedError(ValueError):
    """There can be no such note; the message says why, to the person who wished for it."""


@dataclass(frozen=True, slots=True)
class NewNoteRequest:
    """What was asked for. Whatever is ``None`` or empty is left to the rules."""

    title: str = ""
    text: str = ""
    """What the note shall hold besides: a selection, or what came from a pipe."""
    rule: str | None = None
    template: str | None = None
    folder: str | None = None
    """Below the root, empty for the root."""
    path: str | None = None
    """The path below the root, where a link says it."""
    here: str = ""
    """The path of the note from which it was asked."""
    properties: Mapping[str, HeaderValue] = field(default_factory=dict[str, "HeaderValue"])
    """What the frontmatter shall say, whatever the template says."""


@dataclass(frozen=True, slots=True)
class NewNoteContext:
    """What a draft needs to know that no note says."""

    now: dt.datetime
    vault: str
    """The name of the vault."""
    new_id: Callable[[], str]
    """An id that nobody else gets; called only where one is asked for."""


def with_one_id(moment: NewNoteContext) -> NewNoteContext:
    """The moment with an id that is asked for once, however often a note is drafted."""
    return replace(moment, new_id=cache(moment.new_id))


@dataclass(frozen=True, slots=True)
class NewNote:
    """A note to be made."""

    path: str
    title: str
    text: str
    cursor: int | None = None
    """Where its template says to go on writing, an offset in the text."""


def draft(config: Config, wish: NewNoteRequest, moment: NewNoteContext) -> NewNote:
    """The note that a wish and the rules make together.

    Raises:
        DraftRefusedError: the rules cannot make it: the template is wrong, the folder outside, the kind unknown.
    """
    rule = _rule(config, wish)
    defaults = {**config.new_rules.properties, **rule.properties}
    pattern = "" if wish.path is not None else rule.filename or config.new.filename
    values = _values(config, wish, moment)
    try:
        template = _template(config, wish, rule)
        asked = (template, pattern, rule.folder or "", *(one for one in defaults.values() if isinstance(one, str)))
        if "id" not in values and any("id" in text and "id" in variables_in(text) for text in asked):
            values["id"] = moment.new_id()
        path = wish.path if wish.path is not None else _path(config, wish, rule, pattern, values)
        check_path(path)
        values["folder"] = dirname(path)
        values["title"] = title = wish.title or names.stem(path)
        values["slug"] = slug(title)
        filled = _rendered(config, wish, rule, template, {**values, "cursor": _CURSOR})
        if _CURSOR in filled[: _header_end(filled)]:
            filled = _rendered(config, wish, rule, template, values)
        text = _with_text(filled.replace(_CURSOR, ""), template, wish)
        # What is put into the frontmatter from now on stands before it.
        from_end = len(text) - min(filled.find(_CURSOR), len(text)) if _CURSOR in filled else None
        text = _with_properties(config, text, _evaluated(defaults, values), wish)
    except (TemplateFaultError, TemplateMissingError) as error:
        raise DraftRefusedError(str(error)) from None
    text = _entitled(config, path, text, wish, title)
    return NewNote(path, title, text, max(0, len(text) - from_end) if from_end is not None else None)


def periodic(config: Config, kept: Keeping, start: dt.date, moment: NewNoteContext, wish: NewNoteRequest) -> NewNote:
    """The note of the period that begins on a day, the title being its name; refused as :func:`draft` is."""
    moment = replace(moment, now=dt.datetime.combine(start, moment.now.timetz()))
    path = path_of(kept, moment.now, extension(config))
    wish = replace(wish, title=names.stem(path), path=path, template=wish.template or kept.template or None)
    return draft(config, wish, moment)


def check_path(path: str) -> None:
    """Refuse a path that no note of a vault can have.

    Raises:
        DraftRefusedError: it is outside, hidden or too long.
    """
    for segment in path.split("/"):
        if segment in ("", ".", "..") or "\\" in segment or any(ord(char) < 32 for char in segment):
            raise DraftRefusedError(f"“{path}” is no path in this vault")
        if segment.startswith("."):
            raise DraftRefusedError(f"“{segment}” would be hidden")
        if len(segment.encode(errors="replace")) > _MAX_BYTES:
            raise DraftRefusedError("a file's name has at most 255 bytes")


def can_be(path: str) -> bool:
    """Whether a note of a vault can have a path."""
    try:
        check_path(path)
    except DraftRefusedError:
        return False
    return True


def folder_below_root(folder: str) -> str:
    """A folder as the user wrote it, as a path below the root, empty for the root; refused where it is outside."""
    found = names.join_path("", folder.replace("\\", "/").strip().strip("/"))
    if found is None:
        raise DraftRefusedError(f"“{folder}” is outside the vault")
    return found


def _rule(config: Config, wish: NewNoteRequest) -> NewRule:
    rules = config.new_rules
    if wish.rule:
        rule = rules.named(wish.rule)
        if rule is not None:
            return rule
        typed = next(
            (kind for one in config.schemas.rules for kind in one.types if kind.casefold() == wish.rule.casefold()),
            None,
        )
        if typed is not None:
            return NewRule(typed, properties={"type": typed})
        kinds = [*(one.name for one in rules.rules), *(kind for one in config.schemas.rules for kind in one.types)]
        known = ", ".join(dict.fromkeys(kinds)) or "none yet"
        raise DraftRefusedError(f"there is no rule [new.{wish.rule}] in .notes-lsp.toml; there are: {known}")
    folder = (
        dirname(wish.path)
        if wish.path is not None
        else folder_below_root(wish.folder)
        if wish.folder is not None
        else None
    )
    return (rules.for_folder(folder) if folder else None) or NewRule("")


def _values(config: Config, wish: NewNoteRequest, moment: NewNoteContext) -> dict[str, Any]:
    new = config.new
    day = moment.now.date()
    values: dict[str, Any] = {
        "title": wish.title,
        "slug": slug(wish.title),
        "now": moment.now,
        "date": day,
        "time": format_date(new.time or "HH:mm", moment.now),
        "date_format": new.date or "YYYY-MM-DD",
        "time_format": new.time or "HH:mm",
        "yesterday": _day(day, -1),
        "tomorrow": _day(day, 1),
        "vault": moment.vault,
        "folder": "",
        "cursor": "",
        "properties": dict(wish.properties),
        **dict.fromkeys(_TEXT_NAMES, wish.text.strip("\r\n")),
    }
    return {**{key: value for key, value in wish.properties.items() if key not in values}, **values}


def _day(day: dt.date, days: int) -> dt.date:
    try:
        return day + dt.timedelta(days=days)
    except OverflowError:
        return day


def _template(config: Config, wish: NewNoteRequest, rule: NewRule) -> str:
    name = _template_name(config, wish, rule)
    return config.new_rules.load(name) if name else _PLAIN


def _template_name(config: Config, wish: NewNoteRequest, rule: NewRule) -> str:
    return wish.template or rule.template or config.new.template


def _rendered(config: Config, wish: NewNoteRequest, rule: NewRule, template: str, values: dict[str, Any]) -> str:
    try:
        return render(template, values)
    except TemplateFaultError as error:
        raise DraftRefusedError(f"template “{_template_name(config, wish, rule)}”: {error}") from None


def _path(config: Config, wish: NewNoteRequest, rule: NewRule, pattern: str, values: dict[str, Any]) -> str:
    folder = folder_below_root(wish.folder) if wish.folder is not None else _folder(config, wish, rule, values)
    values["folder"] = folder
    name = names.strip_extension(render_path(pattern, values).strip())
    segments = [safe_name(one) for one in name.split("/") if one.strip(". ")] or [UNTITLED]
    return "/".join([*(folder.split("/") if folder else []), *segments]) + f".{extension(config)}"


def _folder(config: Config, wish: NewNoteRequest, rule: NewRule, values: dict[str, Any]) -> str:
    if rule.folder is not None:
        return "/".join(safe_name(one) for one in render_path(rule.folder, values).split("/") if one.strip(". "))
    return dirname(wish.here) if config.files.new_notes == "." else folder_below_root(config.files.new_notes)


def extension(config: Config) -> str:
    """The extension of new notes."""
    return "md" if "md" in config.files.extensions else next(iter(config.files.extensions), "md")


def _with_text(note: str, template: str, wish: NewNoteRequest) -> str:
    """The note with the text that came along, unless the template has a place for it."""
    text = wish.text.strip("\r\n")
    if text and not (_TEXT_NAMES & variables_in(template)):
        note = f"{note.rstrip()}\n\n{text}" if note.strip() else text
    return note if note.endswith("\n") or not note else f"{note}\n"


def _header_end(text: str) -> int:
    """About where a note's frontmatter ends; good enough to say what stands in it."""
    fence = text[:3]
    if text.startswith("{"):
        fence = "}"
    elif fence not in ("---", "+++"):
        return 0
    return max(0, text.find(f"\n{fence}", 1))


def _evaluated(defaults: Mapping[str, HeaderValue], values: Mapping[str, Any]) -> dict[str, HeaderValue]:
    return {key: evaluate(one, values) if isinstance(one, str) else one for key, one in defaults.items()}


def _with_properties(config: Config, text: str, defaults: Mapping[str, HeaderValue], wish: NewNoteRequest) -> str:
    """The note whose frontmatter says what was wished for, and of the defaults what it does not say already."""
    if not defaults and not wish.properties:
        return text
    from notes_lsp.frontmatter import edit as header_edits  # noqa: PLC0415  (what reads headers takes long to load, and few ask for it)
    from notes_lsp.frontmatter.values import header, to_plain  # noqa: PLC0415
    from notes_lsp.text.source import apply_edits  # noqa: PLC0415

    found = header(text)
    if found is None and not text.startswith(_FENCES):
        return _fresh(config, {**defaults, **wish.properties}, text)
    said = to_plain(found.entries) if found is not None else {}
    new = {key: one for key, one in defaults.items() if said.get(key) in (None, "", []) and key not in wish.properties}
    for key, one in (new | dict(wish.properties)).items():
        # What the template says in the same table stays.
        within = isinstance(one, Mapping) and isinstance(said.get(key), Mapping)
        for path, value in header_edits.leaves(one, (key,)) if within else [((key,), one)]:
            edit = header_edits.set_path(text, path, value) if within else header_edits.set_key(text, key, value)
            if edit is None:
                raise DraftRefusedError(f"the template's frontmatter cannot hold “{'.'.join(path)}”")
            text = apply_edits(text, [edit])
    return text


def _fresh(config: Config, properties: Mapping[str, HeaderValue], text: str) -> str:
    from notes_lsp.frontmatter.post import fresh  # noqa: PLC0415  (as above)

    return fresh(config.new.frontmatter, properties, text)


def _entitled(config: Config, path: str, text: str, wish: NewNoteRequest, title: str) -> str:
    """The note with its title in the frontmatter where a schema wants it there, or nothing else tells it."""
    told = names.key(names.stem(path)) == names.key(wish.title) or not wish.title
    if told and not config.schemas.rules:
        return text
    from notes_lsp.frontmatter import edit as header_edits  # noqa: PLC0415  (as above)
    from notes_lsp.frontmatter.values import header  # noqa: PLC0415
    from notes_lsp.ide.new_note.prefill import missing_properties  # noqa: PLC0415
    from notes_lsp.markdown.parse import parse  # noqa: PLC0415
    from notes_lsp.text.source import apply_edits  # noqa: PLC0415

    key = next((one.key for one in missing_properties(config, path, text) if names.key(one.key) == "title"), None)
    if key is None:
        if told:
            return text
        if names.key(parse(path, text).title) == names.key(wish.title) or "title" in wish.properties:
            return text
    if header(text) is None and not text.startswith(_FENCES):
        return _fresh(config, {key or "title": title}, text)
    edit = header_edits.set_key(text, key or "title", title)
    return apply_edits(text, [edit]) if edit is not None else text
