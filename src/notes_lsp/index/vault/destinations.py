"""Linking: where links lead and which of them lead to a note, each asked for many links at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from notes_lsp.facts import Link
from notes_lsp.index.store import rows
from notes_lsp.index.vault import resolve
from notes_lsp.index.vault.notes import Notes
from notes_lsp.index.vault.values import Destination, Mention, Note
from notes_lsp.links import anchors, names
from notes_lsp.links.names import Address
from notes_lsp.text.source import Span

_IN_TURN = 200
"""So many links are resolved in a few milliseconds."""


def destinations_of(vault: Notes, ask: resolve.Ask, path: str, link: Link, address: Address) -> resolve.Resolution:
    """What answers to a link of the note at ``path`` that asks for ``address``; nothing where it leads out."""
    if address.external:
        return resolve.Resolution([])
    found = resolve.resolution_of(ask, path, address, names.unescape(link))
    if vault.prefixes and not found.candidates and address.key:
        return resolve.by_prefix(vault.store.connection, address.key)
    return found


def destinations(vault: Notes, source: Note, links: Sequence[Link]) -> list[Destination | None]:
    """Where links of one note lead; ``None`` where nothing answers, or the link leads out of the vault."""
    return _destinations(vault, source, links, {})


def destinations_in_turn(
    vault: Notes, source: Note, links: Sequence[Link]
) -> Iterator[list[tuple[Link, Destination | None]]]:
    """As :func:`destinations`, some links at a time, for whoever cannot wait for all of them."""
    places: dict[int, anchors.NoteAnchors] = {}
    for first in range(0, len(links), _IN_TURN):
        some = links[first : first + _IN_TURN]
        yield list(zip(some, _destinations(vault, source, some, places), strict=True))


def _destinations(
    vault: Notes, source: Note, links: Sequence[Link], places: dict[int, anchors.NoteAnchors]
) -> list[Destination | None]:
    addresses = [names.address(source.path, link) for link in links]
    ask = names_asked_for(vault, addresses)
    answers = [destinations_of(vault, ask, source.path, *pair) for pair in zip(links, addresses, strict=True)]
    notes = vault.notes_by_ids({found.candidates[0].note for found in answers if found.candidates})
    notes[source.id] = source

    def led(link: Link, address: Address, found: resolve.Resolution) -> Destination | None:
        number = found.candidates[0].note if found.candidates else source.id if address.here else None
        note = notes.get(number) if number is not None and not address.external else None
        if note is None:
            return None
        anchor = None if found.took_anchor or note.is_file else names.anchor_text(link)
        if anchor and note.id not in places:
            places[note.id] = vault.places(note)
        place = anchors.find(anchor, places[note.id]) if anchor else None
        return Destination(note, anchor or None, place, found.candidates)

    return [led(*one) for one in zip(links, addresses, answers, strict=True)]


def names_asked_for(vault: Notes, addresses: Iterable[Address]) -> resolve.Ask:
    """What knows the names that some addresses ask for."""
    # Not the keys of pages, which are asked for only where nothing else answers.
    keys = (key for one in addresses if not one.external for key in (one.whole_key, one.path, one.key) if key)
    return resolve.asked_at_once(vault.store.connection, keys)


def leading_to(vault: Notes, note: Note) -> list[Mention]:
    """Every link, the note's own included, that leads to a note by one of its names; by path and place."""
    run = vault.store.connection.execute
    keys = [key for (key,) in run("SELECT DISTINCT key FROM all_names WHERE note = ?", (note.id,))]
    if vault.prefixes:
        stem = names.key(names.stem(note.path))
        keys += [stem[:end] for end in range(1, len(stem))]
    known: dict[tuple[Address, str, str], bool] = {}

    def leads_here(mention: Mention, address: Address, ask: resolve.Ask) -> bool:
        source, link = mention
        asked = (address, link.target, source.path.rpartition("/")[0])
        if asked not in known:
            found = destinations_of(vault, ask, source.path, link, address).candidates
            known[asked] = bool(found) and found[0].note == note.id
        return known[asked]

    found = with_keys(vault, keys)
    addresses = [names.address(mention.source.path, mention.link) for mention in found]
    ask = names_asked_for(vault, addresses)
    return [one for one, address in zip(found, addresses, strict=True) if leads_here(one, address, ask)]


def with_keys(vault: Notes, keys: Iterable[str]) -> list[Mention]:
    """Every link that may lead to something of one of these names; by path and place."""
    columns = resolve.LABEL_FIRST if vault.label_first else resolve.TARGET_FIRST
    found: dict[tuple[int, int], Sequence[Any]] = {}
    for key in keys:
        for column in columns:
            for row in _select(vault, f"{column} = ?", key):
                found[row[0], row[1]] = row
    return _mentions(vault, found.values())


def citations_of(vault: Notes, url_hash: int, url: str) -> list[Mention]:
    """Every link to an address outside the vault, given by its key and the hash of that; by path and place."""
    return _mentions(vault, _select(vault, "url_hash = ? AND url = ?", url_hash, url))


def here(vault: Notes, note: Note) -> list[Mention]:
    """Every link of a note that leads to a place in the note itself without naming it; by place."""
    return _mentions(vault, _select(vault, "note = ? AND here", note.id))


def _select(vault: Notes, where: str, *values: str | int) -> Iterable[Sequence[Any]]:
    shape = rows.layout(Link)
    return vault.store.connection.execute(f"SELECT note, n, {shape.names} FROM all_links WHERE {where}", values)


def _mentions(vault: Notes, found: Iterable[Sequence[Any]]) -> list[Mention]:
    kept = list(found)
    sources = vault.notes_by_ids({row[0] for row in kept})
    read = vault.reader(Link)
    mentions = [Mention(sources[row[0]], read(row[2:])) for row in kept if row[0] in sources]
    return sorted(mentions, key=_order)


def _order(mention: Mention) -> tuple[str, Span]:
    return (mention.source.path, mention.link.span)
