"""New notes: what is asked for in the shell, an editor or by a model, held against the notes and schemas there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from posixpath import dirname
from typing import TYPE_CHECKING, NamedTuple

from notes_lsp.config.settings import Config
from notes_lsp.facts import Link, PropertyType
from notes_lsp.frontmatter.common_keys import ALIAS_KEYS, DATE_KEYS
from notes_lsp.frontmatter.formats.write import HeaderValue
from notes_lsp.ide.new_note.draft import DraftRefusedError, NewNote, NewNoteContext, NewNoteRequest, draft
from notes_lsp.index.links.what_if import what_if
from notes_lsp.index.store.changes import prepare_rows
from notes_lsp.index.vault import properties
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.links import names
from notes_lsp.markdown.parse import parse
from notes_lsp.templates.render import variables_in
from notes_lsp.text.source import Span, clean
from notes_lsp.workspace.writing.create import ids_of, there

if TYPE_CHECKING:
    from notes_lsp.schemas.messages import Violation

_PASSING = frozenset({"date", "id", "now", "time"})
"""What a file's name has in it where notes of the same title are made again and again."""
_NOWHERE = Note(0, "", 1, "", Span(0, 0), 0, 0, 0)
_MAX_TOLD = 3


class Existing(NamedTuple):
    """A note that answers already to a name that a new one would have."""

    name: str
    path: str


def title_meant(written: str) -> str:
    """A title as it was written, on one line, without the extension of a file."""
    title = " ".join(clean(written).split())
    return names.strip_extension(title) or title


def find_existing(vault: Vault, config: Config, wish: NewNoteRequest, made: NewNote) -> Existing | None:
    """The note whose place a new one would take: it is called so already, or links to it would lead to the new one.

    Names are paths, titles, aliases and ids, compared as links compare them. Where the rules give notes of the same
    title other names each time, only the path and the links count.
    """
    taken = there(vault.root, made.path) if vault.root is not None else None
    if taken is None and vault.note(made.path) is not None:
        taken = made.path
    if taken is not None:
        return Existing(wish.title or names.stem(taken), taken)
    if not _is_recurring(config, wish, made):
        for name in dict.fromkeys((wish.title, names.stem(made.path), *_names_given(wish))):
            found = _answering(vault, name) if name.strip() else None
            if found is not None and found.path != made.path:
                return Existing(name, found.path)
    return _with_id(vault, wish) or _losing_links(vault, made)


def complete_request(
    vault: Vault, config: Config, wish: NewNoteRequest, given: Iterable[tuple[str, HeaderValue]], moment: NewNoteContext
) -> NewNoteRequest:
    """The wish with properties, each as the template, the schemas, or else the other notes have it.

    Raises:
        DraftRefusedError: the rules refuse the note, or a value is none of what is wanted.
    """
    pairs = list(given)
    if not pairs:
        return wish
    # What reads headers takes long to load, and few ask for it.
    from notes_lsp.ide.new_note.prefill import NotOfTypeError, Usual, convert_values  # noqa: PLC0415

    def usual(key: str) -> Usual:
        counts = {kind: count for kind, count in properties.types_of(vault, key).items() if kind != PropertyType.NULL}
        total = sum(counts.values())
        days = counts.get(PropertyType.DATE, 0) + counts.get(PropertyType.DATETIME, 0)
        is_day = 2 * days > total if total else key in DATE_KEYS
        return Usual(2 * counts.get(PropertyType.LIST, 0) > total, is_day)

    first = draft(config, replace(wish, properties={**wish.properties, **_plainly(pairs)}), moment)
    try:
        values = convert_values(config, first.path, first.text, pairs, usual, moment.now.date())
    except NotOfTypeError as error:
        raise DraftRefusedError(str(error)) from None
    return replace(wish, properties={**wish.properties, **values})


def validate_properties(
    config: Config, wish: NewNoteRequest, made: NewNote, moment: NewNoteContext, *, whole: bool
) -> None:
    """Refuse a note whose properties break a schema that would have been kept without them.

    ``whole`` refuses as well what the template breaks, and keys that are missing: for whoever can only give them now.

    Raises:
        DraftRefusedError: it breaks one; the message is that of the diagnostic, after the key that it is about.
    """
    if not config.schemas.rules and "$schema" not in wish.properties:
        return
    from notes_lsp.ide.new_note.prefill import faults  # noqa: PLC0415  (as above)

    found = faults(config, made.path, made.text)
    if not whole and found:
        kept = {(one.path, one.message) for one in _faults_without(config, wish, moment)}
        # A key that is missing can be written later.
        found = [one for one in found if (one.path, one.message) not in kept and not (one.missing and not one.path)]
    if found:
        told = [f"“{'.'.join(map(str, one.path))}”: {one.message}" if one.path else one.message for one in found]
        raise DraftRefusedError("; ".join(told[:_MAX_TOLD]))


def _faults_without(config: Config, wish: NewNoteRequest, moment: NewNoteContext) -> list[Violation]:
    """What the template breaks by itself."""
    from notes_lsp.ide.new_note.prefill import faults  # noqa: PLC0415  (as above)

    try:
        bare = draft(config, replace(wish, properties={}), moment)
    except DraftRefusedError:
        return []
    return faults(config, bare.path, bare.text)


def _plainly(pairs: Sequence[tuple[str, HeaderValue]]) -> dict[str, HeaderValue]:
    """What is given, for a template to look at before it is known what the values mean; dots lead into tables."""
    found: dict[str, HeaderValue] = {}
    for key, value in pairs:
        table = found
        *tables, last = key.split(".") if all(key.split(".")) else [key]
        for name in tables:
            inner = table.get(name)
            table[name] = inner = dict(inner) if isinstance(inner, Mapping) else {}
            table = inner
        table[last] = value
    return found


def _is_recurring(config: Config, wish: NewNoteRequest, made: NewNote) -> bool:
    """Whether the rules make notes of the same title again and again, each under a name of its own."""
    rules = config.new_rules
    rule = rules.named(wish.rule) if wish.rule else rules.for_folder(dirname(made.path))
    return bool(_PASSING & variables_in((rule.filename if rule else None) or config.new.filename))


def _names_given(wish: NewNoteRequest) -> list[str]:
    """What the note shall be called besides, by the properties that were given."""
    found: list[str] = []
    for key, value in wish.properties.items():
        if names.key(key) in ALIAS_KEYS | {"title"}:
            each = value if isinstance(value, Sequence) and not isinstance(value, str) else (value,)
            found += (one for one in each if isinstance(one, str))
    return found


def _answering(vault: Vault, name: str) -> Note | None:
    """The note that ``[[name]]`` leads to, or whose file's name begins with that id."""
    found = vault.named(_NOWHERE, name)
    if found is not None and not found.note.is_file and found.anchor is None:
        return found.note
    if name.isdigit():
        return next(
            (note for note in vault.notes() if names.stem(note.path) != name and name in ids_of([note.path])), None
        )
    return None


def _with_id(vault: Vault, wish: NewNoteRequest) -> Existing | None:
    for written in (wish.properties.get("id"), wish.title):
        if isinstance(written, (str, int)) and str(written).strip():
            others = properties.with_value(vault, "id", str(written), besides=_NOWHERE)
            if others:
                return Existing(str(written), others[0].note.path)
    return None


def _losing_links(vault: Vault, made: NewNote) -> Existing | None:
    """A note with a link to it that would lead to the new one, or to none."""
    facts = parse(made.path, made.text)
    new_names = [*names.names_of_path(made.path), *names.names_of_text(facts)]
    sources = [note for path in sorted(vault.asking_for(name.key for name in new_names)) if (note := vault.note(path))]
    before = [
        (source, links, vault.destinations(source, links)) for source in sources if (links := vault.facts(Link, source))
    ]
    if not any(one is not None for *_, led in before for one in led):
        return None
    with what_if(vault, {}, {made.path: prepare_rows(facts, made.text)}) as after:
        for source, links, led in before:
            for link, was, now in zip(links, led, after.destinations(source, links), strict=True):
                if was is not None and (now is None or now.note.path != was.note.path):
                    return Existing(names.unescape(link), was.note.path)
    return None
