"""Publish diagnostics: pulled by clients that can, pushed to all others, never both."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from lsprotocol import types

from notes_lsp.ide.values import Finding
from notes_lsp.index.dependencies.keys import DependencyKey
from notes_lsp.index.store.damage import is_broken, is_busy, is_unwritable
from notes_lsp.lsp.server.diagnostics import NO_REPORT, NoteReport, diagnostic, diagnostics_digest, of_settings
from notes_lsp.lsp.server.session import Session
from notes_lsp.text.source import Span
from notes_lsp.workspace.config.settings import CONFIG_NAME
from notes_lsp.workspace.diagnostics import affected_notes, findings
from notes_lsp.workspace.disk import roots
from notes_lsp.workspace.folder import Folder

LOG = logging.getLogger(__name__)

_PAUSE = 0.15
"""Seconds without a keystroke before anything is published: fast enough to feel live, slow enough not to flicker."""
_LONGEST_PAUSE = 1.0
"""Seconds after which something is published even while changes keep coming."""
_SLICE = 0.008
"""Seconds of work at a time; less where a message comes meanwhile."""
TYPING_PAUSE = 1.5
"""Seconds without a keystroke after which a link is no longer taken for one that is being typed."""
_OF_HALF_TYPED = frozenset(
    ("broken-link", "broken-anchor", "missing-file", "ambiguous-link", "broken-reference", "broken-footnote")
)
"""What is said of a target before all of its letters are there."""
_PAGE = 200
_MAX_KEYS = 100
"""Keys whose dependents are asked for at a time: some milliseconds."""


class _At(NamedTuple):
    """A note by its folder and its path, be it there or not."""

    folder: Folder
    path: str


@dataclass(frozen=True, slots=True)
class _Sent:
    """What the client was told of a note that there is something to tell of."""

    uri: str
    mark: str
    keys: frozenset[DependencyKey]


class Publisher:
    """Keeps the client current, and remembers nothing but what was sent.

    A change names the keys it touched; what depends on these is looked at again, and so is that for which something was
    sent and whose note or folder is no more. Which notes depend on a key is asked of the index.
    """

    def __init__(self, session: Session) -> None:
        """Publish to the client of ``session``."""
        self.looked_at = 0
        """How many notes were looked at so far, for tests that count work."""
        self.typing_pause = TYPING_PAUSE
        self._typed: dict[_At, tuple[int, asyncio.TimerHandle]] = {}
        """Where somebody is typing: the offset at which the last change of a buffer ended."""
        self._session = session
        self._timer: asyncio.TimerHandle | None = None
        self._latest = 0.0
        self._task: asyncio.Task[None] | None = None
        self._began = 0.0
        self._sent: dict[_At, _Sent] = {}
        self._sent_config: dict[str, str] = {}
        self._untold: set[_At] = set()
        """What the client is told of even if that is nothing: an editor may have forgotten it."""
        self._touched: dict[Folder, dict[DependencyKey, None]] = {}
        """Keys of which it was not asked yet what depends on them."""
        self._waiting: dict[_At, None] = {}
        self._looking: set[_At] = set()
        self._sweeps: dict[Folder, str] = {}
        """Folders of which every note has to be looked at, with the path of the last that has been put on the list."""

    @property
    def pulled(self) -> bool:
        """Whether the client asks for diagnostics itself, and can be told to ask again; all others are told."""
        document, workspace = self._session.capabilities.text_document, self._session.capabilities.workspace
        again = workspace.diagnostics if workspace else None
        return bool(document and document.diagnostic and again and again.refresh_support)

    def soon(self) -> None:
        """Publish after a short pause; each call begins the pause anew, but nobody waits longer than a second."""
        loop = asyncio.get_running_loop()
        if self._timer is not None:
            self._timer.cancel()
        else:
            self._latest = loop.time() + _LONGEST_PAUSE
        self._timer = loop.call_at(min(loop.time() + _PAUSE, self._latest), self._now)

    def opened(self, folder: Folder, path: str) -> None:
        """Tell of a note that was opened, also where it was told before: Eglot forgets it with the buffer."""
        self._untold.add(_At(folder, path))
        self.soon()

    def typed(self, folder: Folder, path: str, offset: int | None) -> None:
        """Tell where a change of a buffer ended: the target that is being typed there is judged after a pause.

        ``None`` is for a change that nobody typed.
        """
        at = _At(folder, path)
        self._forget_typing(at)
        if offset is not None and self.typing_pause:
            timer = asyncio.get_running_loop().call_later(self.typing_pause, self._stopped_typing, at)
            self._typed[at] = (offset, timer)
        self.soon()

    def _stopped_typing(self, at: _At) -> None:
        self._forget_typing(at)
        if self._is_served(at.folder):
            self._waiting[at] = None
            self.soon()

    def _forget_typing(self, at: _At) -> None:
        _, timer = self._typed.pop(at, (0, None))
        if timer is not None:
            timer.cancel()

    def _is_half_typed(self, at: _At, finding: Finding) -> bool:
        offset, _ = self._typed.get(at, (-1, None))
        return finding.code in _OF_HALF_TYPED and finding.span.start <= offset <= finding.span.end

    async def settled(self) -> None:
        """Wait until all that changed is published."""
        while self._timer is not None or self._task is not None:  # noqa: ASYNC110  (a timer has nothing to wait on)
            await asyncio.sleep(_PAUSE / 10)

    async def report(self, uri: str, previous: str | None) -> types.DocumentDiagnosticReport:
        """The answer to a pull; ``previous`` is the result id the client already has."""
        found = None
        while found is None:
            place = self._session.document(uri)
            if place is None:
                found = NO_REPORT
                break
            at = _At(place.folder, place.note.path)
            found = await self._look(at, _make_way)
            if found is not None and self.pulled:
                self._note_down(at, uri, found)
        if found.mark == previous:
            return types.RelatedUnchangedDocumentDiagnosticReport(found.mark)
        return types.RelatedFullDocumentDiagnosticReport(items=found.items, result_id=found.mark)

    async def report_all(self, previous: dict[str, str]) -> list[types.WorkspaceDocumentDiagnosticReport]:
        """The answer to a pull of everything: notes with diagnostics, and those the client believes to have some."""
        await self._caught_up()
        marks = {sent.uri: (at, sent.mark) for at, sent in self._sent.items()}
        reports: list[types.WorkspaceDocumentDiagnosticReport] = []
        for uri in sorted({*marks, *previous}):
            at, mark = marks.get(uri, (None, NO_REPORT.mark))
            version = self._session.versions.get(uri)
            if previous.get(uri) == mark:
                reports.append(types.WorkspaceUnchangedDocumentDiagnosticReport(uri, mark, version))
                continue
            found = None if at is not None else NO_REPORT
            while at is not None and found is None:
                found = await self._look(at, _make_way) if self._is_served(at.folder) else NO_REPORT
            if found is not None and (found.items or uri in previous):
                full = types.WorkspaceFullDocumentDiagnosticReport(uri, found.items, version, result_id=found.mark)
                reports.append(full)
            await _make_way()
        return reports

    async def _caught_up(self) -> None:
        """Wait until every folder is read and all that is known of it is sent or could be."""
        folders = list(self._session.files.folders())
        while True:
            for folder in folders:
                await self._session.files.ready(folder)
            self._now()
            await self.settled()
            folders = list(self._session.files.folders())
            if all(self._session.files.is_whole(folder) and not folder.delta for folder in folders):
                return

    def _now(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        try:
            self._collect()
        except Exception as error:  # noqa: BLE001  (sorted out there)
            self._failed(error)
            return
        self._session.files.warm()
        if self._task is None and (self._waiting or self._touched or self._sweeps):
            self._task = asyncio.get_running_loop().create_task(self._work())

    def _collect(self) -> None:
        """Take what changed: open notes are looked at first, then what depends on it."""
        folders = list(self._session.files.folders())
        self._waiting.update((at, None) for at in self._sent if at.folder not in folders)
        for folder in folders:
            folder.current_vault()
            if not self._session.files.is_whole(folder):
                # Nobody knows yet what is missing; but an open note has its own text.
                self._add(folder, folder.delta.paths.intersection(folder.open_paths))
                continue
            delta = folder.take_delta()
            if delta.everything:
                self._touched.pop(folder, None)
                self._sweeps[folder] = ""
                # What was sent of notes that are no more is not come across by a sweep.
                self._add(folder, {*folder.open_paths, *(at.path for at in self._sent if at.folder is folder)})
                self._push_config(folder)
            elif delta:
                self._add(folder, delta.paths)
                self._touched.setdefault(folder, {}).update(dict.fromkeys(delta.touched))
            if delta:
                # They were begun before, and nobody knows yet what they depend on.
                self._add(folder, {at.path for at in self._looking if at.folder is folder})
        self._waiting.update((at, None) for at in self._untold)

    def _add(self, folder: Folder, paths: Iterable[str]) -> None:
        """Put notes on the list, those that are open at its beginning."""
        listed = set(paths)
        opened = dict.fromkeys(_At(folder, path) for path in folder.open_paths if path in listed)
        self._waiting = opened | self._waiting | dict.fromkeys(_At(folder, path) for path in sorted(listed))

    async def _work(self) -> None:
        changed_elsewhere = False
        at: _At | None = None
        try:
            await self._pause()
            while self._waiting or self._touched or self._sweeps:
                at = None
                if self._touched:
                    self._follow()
                elif self._waiting:
                    at = next(iter(self._waiting))
                    del self._waiting[at]
                    changed_elsewhere = await self._update(at) or changed_elsewhere
                else:
                    await self._sweep_on()
                if self._session.inbox.waiting or time.monotonic() - self._began > _SLICE:
                    await self._pause()
        except Exception as error:  # noqa: BLE001  (sorted out there)
            self._failed(error, at)
        finally:
            self._task = None
        if changed_elsewhere and self.pulled:
            self._session.refresh()

    async def _pause(self) -> None:
        """Wait for a moment when nobody waits for anything, and begin a slice of work."""
        await self._session.inbox.calm()
        self._began = time.monotonic()

    def _follow(self) -> None:
        """Ask what depends on some more of the keys that were touched."""
        folder = next(iter(self._touched))
        if not self._is_served(folder):
            del self._touched[folder]
            return
        folder.current_vault()
        keys = self._touched[folder]
        some = set(islice(keys, _MAX_KEYS))
        paths = affected_notes(folder, some)
        paths.update(at.path for at, sent in self._sent.items() if at.folder is folder and sent.keys & some)
        self._add(folder, paths)
        for key in some:
            del keys[key]
        if not keys:
            del self._touched[folder]

    async def _sweep_on(self) -> None:
        """Put some more notes of a folder on the list; before the first, completion gets what it needs."""
        folder = next(iter(self._sweeps))
        await self._session.files.warmed(folder)
        last = self._sweeps.pop(folder, None)
        if last is None or not self._is_served(folder):
            return
        paths = folder.current_vault().paths_behind(last, _PAGE)
        if paths:
            self._sweeps[folder] = paths[-1]
            self._waiting.update((_At(folder, path), None) for path in paths if path not in folder.open_paths)

    def _is_served(self, folder: Folder) -> bool:
        return any(one is folder for one in self._session.files.folders())

    async def _update(self, at: _At) -> bool:
        """Look at one note again and tell of it; returns whether what there is to tell changed."""
        folder, path = at
        before = self._sent.get(at)
        if not self._is_served(folder):
            return self._retract(at)
        if not self._session.files.is_whole(folder) and path not in folder.open_paths:
            # It was put on the list before the index broke; every note will be.
            return False
        uri = self._session.uri_of(folder, path)
        owner = self._session.files.serving(uri) if len(self._session.files.served) > 1 else None
        if owner is not None and owner.folder is not folder:
            # A folder inside of this one has it.
            return self._retract(at)
        found = await self._look(at, self._pause)
        if found is None:
            # What happened meanwhile puts it on the list again, unless it did so already.
            self._waiting[at] = None
            return False
        if before is not None and before.uri != uri:
            self._retract(at)
            before = None
        is_untold = at in self._untold
        self._untold.discard(at)
        self._note_down(at, uri, found)
        same = found.mark == (before.mark if before is not None else NO_REPORT.mark)
        # A note that was just opened is told about even when nothing is wrong, so that the client knows.
        if not same or is_untold:
            self._push(uri, found.items)
        return not same

    def _retract(self, at: _At) -> bool:
        """Tell that nothing is known any more of what was sent; returns whether anything was."""
        self._untold.discard(at)
        sent = self._sent.pop(at, None)
        if sent is None:
            return False
        self._push(sent.uri, [])
        now = self._session.files.serving(sent.uri)
        if now is not None and (now.folder, now.path) != at:
            # Somebody else serves it by now, and may have told of it before.
            there = _At(now.folder, now.path)
            self._untold.add(there)
            self._waiting[there] = None
        return True

    def _note_down(self, at: _At, uri: str, found: NoteReport) -> None:
        """Remember what is sent."""
        if found.items:
            self._sent[at] = _Sent(uri, found.mark, found.keys)
        else:
            self._sent.pop(at, None)

    def _push(self, uri: str, items: list[types.Diagnostic]) -> None:
        if not self.pulled:
            version = self._session.versions.get(uri)
            self._session.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, items, version))

    async def _look(self, at: _At, pause: Callable[[], Awaitable[None]]) -> NoteReport | None:
        """What there is to tell of a note; ``None`` where its text changed, or its folder went, while it was looked at.

        Awaits ``pause`` between two findings after each slice of work, however many there are.
        """
        folder, path = at
        note = folder.current_vault().note(path)
        if note is None or note.is_file:
            return NO_REPORT
        self.looked_at += 1
        buffer = folder.source(path)
        source = self._session.source(folder, note)
        told: list[tuple[Span, str, types.Diagnostic]] = []
        keys: set[DependencyKey] = set()
        self._looking.add(at)
        began = time.monotonic()
        try:
            for finding in findings(folder, note):
                if finding is not None and not self._is_half_typed(at, finding):
                    told.append((finding.span, finding.code, diagnostic(self._session, folder, source, finding)))
                    keys.update(finding.depends)
                if time.monotonic() - began > _SLICE:
                    await pause()
                    began = time.monotonic()
                    if not self._is_served(folder) or folder.source(path) is not buffer:
                        return None
                    if folder.current_vault().note(path) != note:
                        return None
        finally:
            self._looking.discard(at)
        items = [item for _, _, item in sorted(told, key=lambda one: one[:2])]
        return NoteReport(items, diagnostics_digest(items), frozenset(keys))

    def _push_config(self, folder: Folder) -> None:
        """Tell of mistakes in a vault's settings: nobody pulls for that file, so it is pushed to all clients."""
        served = self._session.files.served_by(folder)
        if served is None:
            return
        items = of_settings(served, self._session.unit)
        uri = roots.path_to_uri(served.root.path / CONFIG_NAME)
        mark = diagnostics_digest(items)
        before = self._sent_config.get(uri)
        if before != mark and (items or before is not None):
            self._session.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, items))
        self._sent_config[uri] = mark

    def _failed(self, error: Exception, at: _At | None = None) -> None:
        """Go on after an error; ``at`` is the note that was looked at, which is tried again where that may help."""
        if is_broken(error) or is_unwritable(error):
            self._session.files.heal_broken(list(self._session.files.folders()), error)
        elif not is_busy(error):
            LOG.error("publishing failed", exc_info=error)
        elif at is not None:
            self._waiting[at] = None
        if is_broken(error) or is_unwritable(error) or is_busy(error) or self._waiting or self._touched or self._sweeps:
            self.soon()


async def _make_way() -> None:
    """Let messages be handled that have come in meanwhile."""
    await asyncio.sleep(0)
