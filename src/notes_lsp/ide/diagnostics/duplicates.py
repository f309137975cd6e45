"""Duplicates: the notes in which most of a note's own words stand already."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from notes_lsp.config.settings import Config, Severity
from notes_lsp.dates.series import are_of_one_series
from notes_lsp.facts import Link
from notes_lsp.ide.values import Finding, in_order, is_silent
from notes_lsp.index.dependencies.keys import DependencyKey, DependencyKind
from notes_lsp.index.links import spelling
from notes_lsp.index.similar.duplicate_candidates import notes_that_share, sharers
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.links.names import names_of_path
from notes_lsp.similarity.prose import is_list_of_links
from notes_lsp.similarity.shingles import Overlap, Shingles, are_forms, is_template_note, shares, shingles_of
from notes_lsp.templates.rules import TemplateMissingError
from notes_lsp.text.source import Span
from notes_lsp.text.words import words

DUPLICATE_CODE = "near-duplicate"
_MAX_RELATED = 5
_MAX_WORDS = 50_000
"""Words of a note, a long book's third, that are compared in 50 ms; longer ones would keep whoever types waiting."""
_EXCERPT = 2
_ENTRY, _ENTRY_WORDS = 4, 3
"""A note with less than one word for so many of another's has to have so many times the words of its own."""
_MIN_OF_LINKS = 75
"""Percent: two lists of links on one subject have many in common."""
_FIRST_LINE = re.compile(r"\S.*")


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A note, and another in which most of its own words stand."""

    note: Note
    other: Note
    share: Overlap

    @property
    def percent(self) -> int:
        """The words of ``note``'s own that stand in the other, of a hundred; rounded down: 100 is all of them."""
        return int(self.share.part * 100)


def duplicates(vault: Vault, note: Note, config: Config) -> list[Duplicate]:
    """The notes in which a note's own words stand, as many as the settings ask for, the best first.

    Nothing is said while the vault is not read completely: what many notes have in common is not known yet.
    """
    if not vault.complete or note.is_file or not config.duplicates.min_words <= note.words <= _MAX_WORDS:
        return []
    found = _much(vault, note, config, ())
    if found and (declared := _declared_templates(config)):
        found = _much(vault, note, config, declared)
    return sorted((double for double in found if _is_telling(vault, double)), key=_order)


def duplicate_findings(vault: Vault, note: Note, config: Config) -> list[Finding]:
    """What is told at a note's title, or its first line, where most of it stands in another note: at most one thing."""
    if is_silent(note.path, config) or config.severity(DUPLICATE_CODE) is Severity.OFF:
        return []
    found = duplicates(vault, note, config)
    if not found:
        return []
    best = found[0]
    written = spelling.wiki(vault, note.path, best.other)
    related = tuple(
        (double.other.path, double.other.title_span, f"{double.percent} %: {double.other.title}")
        for double in found[:_MAX_RELATED]
    )
    message = f"{best.percent} % of this also stands in [[{written}]]."
    # What it takes to lead there depends on who else is called so.
    spelled = tuple(DependencyKey(DependencyKind.NAME, name.key) for name in names_of_path(best.other.path))
    told = Finding(
        DUPLICATE_CODE, _title(vault, note), message, data={"path": best.other.path}, related=related, depends=spelled
    )
    return in_order([told], config)


def duplicates_either_way(vault: Vault, note: Note, config: Config) -> list[Duplicate]:
    """The notes in which a note's own words stand, or whose own words stand in it; of two that are both, the better."""
    found = duplicates(vault, note, config)
    others = {other.id: other for sharing in [sharers(vault, note)] for other in sharing.rivals}
    back = (double for other in others.values() for double in duplicates(vault, other, config))
    return best_of_each_two([*found, *(double for double in back if double.other.id == note.id)])


def all_duplicates(vault: Vault, config: Config) -> list[Duplicate]:
    """Every two notes of which the one's own words stand in the other, best first, each two once."""
    every = (double for note in notes_that_share(vault) for double in duplicates(vault, note, config))
    return best_of_each_two(every)


def best_of_each_two(doubles: Iterable[Duplicate]) -> list[Duplicate]:
    """Of two notes that share words either way, the way that shares more."""
    best: dict[frozenset[int], Duplicate] = {}
    for double in sorted(doubles, key=_order):
        best.setdefault(frozenset((double.note.id, double.other.id)), double)
    return list(best.values())


def is_linked(vault: Vault, double: Duplicate) -> bool:
    """Whether one of the two links to the other."""
    ends = ((double.note, double.other), (double.other, double.note))
    return any(True for one, other in ends for _ in _links_between(vault, one, other))


def _much(vault: Vault, note: Note, config: Config, templates: Sequence[Shingles]) -> list[Duplicate]:
    found = [Duplicate(note, other, part) for other, part in _shares(vault, note, config, templates)]
    return [double for double in found if _is_much(double, config)]


def _shares(vault: Vault, note: Note, config: Config, templates: Sequence[Shingles]) -> Iterator[tuple[Note, Overlap]]:
    found = sharers(vault, note)
    if not found.rivals:
        return
    text = vault.text(note) or ""
    if _is_template(note, text, config):
        return
    near = {other.id for other in found.rivals if not are_of_one_series(note.path, other.path)}
    rivals: list[tuple[Note, Shingles]] = []
    witnesses: list[Shingles] = []
    known = list(templates)
    for other in (*found.rivals, *found.witnesses):
        if other.words > _MAX_WORDS:
            continue
        theirs = vault.text(other) or ""
        said = shingles_of(theirs, vault.body_start(other))
        if _is_template(other, theirs, config):
            known.append(said)
        elif other.id in near:
            rivals.append((other, said))
        else:
            witnesses.append(said)
    mine = shingles_of(text, vault.body_start(note))
    found_shares = shares(mine, [said for _, said in rivals], witnesses, known)
    yield from zip((other for other, _ in rivals), found_shares, strict=True)


def _is_template(note: Note, text: str, config: Config) -> bool:
    folder = config.new.templates.strip("/")
    return (bool(folder) and note.path.startswith(f"{folder}/")) or is_template_note(note.path, text)


def _declared_templates(config: Config) -> list[Shingles]:
    """The templates that the settings name, which may be no notes at all."""
    names = {config.new.template, config.daily.template, config.weekly.template, config.monthly.template}
    names.update(rule.template or "" for rule in config.new_rules.rules)
    found: list[Shingles] = []
    for name in names - {""}:
        with suppress(TemplateMissingError):
            found.append(shingles_of(config.new_rules.load(name), 0))
    return found


def _is_much(double: Duplicate, config: Config) -> bool:
    settings = config.duplicates
    # A short note all of which stands in a long one is an excerpt or an entry of it, not another version.
    is_entry = double.share.shared * _ENTRY < double.share.others_own
    least = settings.min_words * (_ENTRY_WORDS if is_entry else 1)
    return double.share.own >= least and double.share.part * 100 >= settings.threshold


def _is_telling(vault: Vault, double: Duplicate) -> bool:
    text = vault.text(double.note) or ""
    if double.percent < _MIN_OF_LINKS and is_list_of_links(text[vault.body_start(double.note) :]):
        return False
    one, other = (shingles_of(vault.text(note) or "", vault.body_start(note)) for note in (double.note, double.other))
    return not (are_forms(one, other) or _are_parallel(vault, double) or _is_evident(vault, double))


def _are_parallel(vault: Vault, double: Duplicate) -> bool:
    """Whether two notes say the same of different things: where one names its subject, the other names its own.

    So it is with a page on one tool that was written by the pattern of a page on another: what stands in only one of
    the two titles stands in the text of that one alone, beside the same word as the other's.
    """
    one, other = double.note, double.other
    mine, theirs = _body(vault, one), _body(vault, other)
    subject = set(words(one.title)).difference(words(other.title), theirs)
    rival = set(words(other.title)).difference(words(one.title), mine)
    return not _beside(subject, mine).isdisjoint(_beside(rival, theirs))


def _body(vault: Vault, note: Note) -> list[str]:
    """A note's words, without lines that are its title."""
    lines = shingles_of(vault.text(note) or "", vault.body_start(note)).text.splitlines()
    title = words(note.title)
    return [word for said in map(words, lines) if said != title for word in said]


def _beside(wanted: set[str], said: list[str]) -> set[tuple[int, str]]:
    """The words before (-1) and behind (1) some words."""
    places = [place for place, word in enumerate(said) if word in wanted]
    return {(step, said[place + step]) for place in places for step in (-1, 1) if 0 <= place + step < len(said)}


def _is_evident(vault: Vault, double: Duplicate) -> bool:
    """Whether the text is in both notes on purpose: the one is an excerpt, and they are linked.

    A digest gives of many notes a few sentences and a link; an excerpt names its source.
    """
    return double.share.shared * _EXCERPT < double.share.others_own and is_linked(vault, double)


def _links_between(vault: Vault, source: Note, target: Note) -> Iterator[Link]:
    for link in vault.facts(Link, source):
        found = vault.destination(source, link)
        if found is not None and found.note.id == target.id:
            yield link


def _order(double: Duplicate) -> tuple[float, int, str, str]:
    return (-double.share.part, -double.share.shared, double.note.path, double.other.path)


def _title(vault: Vault, note: Note) -> Span:
    """Where a note's title stands, else its first line that is not empty."""
    if note.title_span.end > note.title_span.start:
        return note.title_span
    first = _FIRST_LINE.search(vault.text(note) or "", vault.body_start(note))
    return Span(*first.span()) if first else Span(0, 0)
