"""Publisher: diagnostics on their way to the client: pulled by those who can, pushed to all others, never both."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

import notes_lsp
from notes_lsp.core.findings import Finding
from notes_lsp.core.settings import Severity
from notes_lsp.core.text import Source, Span
from notes_lsp.features.diagnostics import diagnostics
from notes_lsp.features.duplicates import duplicate_findings
from notes_lsp.features.property_checks import property_findings
from notes_lsp.features.resources import resource_findings
from notes_lsp.index.damage import is_broken, is_busy
from notes_lsp.lsp import convert
from notes_lsp.lsp.session import Session
from notes_lsp.workspace import roots
from notes_lsp.workspace.folder import Folder
from notes_lsp.workspace.settings import CONFIG_NAME

if TYPE_CHECKING:
    from notes_lsp.index.vault import Note

LOG = logging.getLogger(__name__)

_PAUSE = 0.15
"""Seconds without a keystroke before anything is published: fast enough to feel live, slow enough not to flicker."""
_LONGEST_PAUSE = 1.0
"""Seconds after which something is published even while changes keep coming."""
_MUTUAL = ("duplicate-id", "duplicate-alias", "duplicate-title", "near-duplicate", "duplicate-url")
_SLICE = 0.008
"""Seconds of work at a time; less where a message comes meanwhile."""
_PAGE = 200

_MANUAL = ("diagnostics.md", "../../docs/diagnostics.md")
"""The page about diagnostics, from the package: installed with it, or in the checkout."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What was found in a note when it was last looked at."""

    items: list[types.Diagnostic]
    mark: str
    """Changes whenever the items do: the result id of a pull."""
    doubles: frozenset[str] = frozenset()
    """Notes that say something which only one of them can say: what is told of them depends on this one."""


class Publisher:
    """What is known of every note of every folder, kept current note by note.

    A note is looked at again only when its own text changed, or when something changed that a link in it may lead to.
    """

    def __init__(self, session: Session) -> None:
        """Publish to the client of ``session``."""
        self.looked_at = 0
        """How many notes were looked at so far, for tests that count work."""
        self._session = session
        self._timer: asyncio.TimerHandle | None = None
        self._latest = 0.0
        self._task: asyncio.Task[None] | None = None
        self._known: dict[str, _Known] = {}
        self._known_config: dict[str, str] = {}
        self._waiting: dict[tuple[int, str], None] = {}
        self._sweeps: dict[int, str] = {}
        """Folders of which every note has to be looked at, with the path of the last that has been put on the list."""

    @property
    def pulled(self) -> bool:
        """Whether the client asks for diagnostics itself."""
        document = self._session.capabilities.text_document
        return bool(document and document.diagnostic)

    def soon(self) -> None:
        """Publish after a short pause; each call begins the pause anew, but nobody waits longer than a second."""
        loop = asyncio.get_running_loop()
        if self._timer is not None:
            self._timer.cancel()
        else:
            self._latest = loop.time() + _LONGEST_PAUSE
        self._timer = loop.call_at(min(loop.time() + _PAUSE, self._latest), self._now)

    def opened(self, uri: str) -> None:
        """Tell of a note that was opened, also where it was told before: Eglot forgets it with the buffer."""
        self._known.pop(uri, None)
        self.soon()

    async def settled(self) -> None:
        """Wait until all that changed is published."""
        while self._timer is not None or self._task is not None:  # noqa: ASYNC110  (a timer has nothing to wait on)
            await asyncio.sleep(_PAUSE / 10)

    def report(self, uri: str, previous: str | None) -> types.DocumentDiagnosticReport:
        """The answer to a pull; ``previous`` is the result id the client already has."""
        at = self._session.document(uri)
        known = self._look(at.folder, at.note, at.source) if at is not None else _Known([], _digest([]))
        self._known[uri] = known
        if known.mark == previous:
            return types.RelatedUnchangedDocumentDiagnosticReport(known.mark)
        return types.RelatedFullDocumentDiagnosticReport(items=known.items, result_id=known.mark)

    async def report_all(self, previous: dict[str, str]) -> list[types.WorkspaceDocumentDiagnosticReport]:
        """The answer to a pull of everything: notes with diagnostics, and those the client believes to have some."""
        if self._timer is not None:
            self._now()
        await self.settled()
        reports: list[types.WorkspaceDocumentDiagnosticReport] = []
        for uri in sorted({*self._known, *previous}):
            known = self._known.get(uri) or _Known([], _digest([]))
            version = self._session.versions.get(uri)
            if previous.get(uri) == known.mark:
                reports.append(types.WorkspaceUnchangedDocumentDiagnosticReport(uri, known.mark, version))
            elif known.items or uri in previous:
                full = types.WorkspaceFullDocumentDiagnosticReport(uri, known.items, version, result_id=known.mark)
                reports.append(full)
        return reports

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
        if self._task is None and (self._waiting or self._sweeps):
            self._task = asyncio.get_running_loop().create_task(self._work())

    def _collect(self) -> None:
        """Find out what has to be looked at: open notes first, then the others."""
        for folder in list(self._session.files.folders()):
            vault = folder.settle()
            delta = folder.take_delta()
            if not delta:
                continue
            paths = set(delta.paths)
            if delta.everything:
                paths.update(folder.open_paths)
                self._sweeps[id(folder)] = ""
                self._push_config(folder)
            elif delta.keys:
                paths |= vault.asking_for(delta.keys)
            paths.update(path for path in folder.open_paths if self._doubles(folder, path) & delta.paths)
            opened = dict.fromkeys((id(folder), path) for path in folder.open_paths if path in paths)
            rest = dict.fromkeys((id(folder), path) for path in sorted(paths) if path not in folder.open_paths)
            self._waiting = opened | self._waiting | rest

    def _doubles(self, folder: Folder, path: str) -> frozenset[str]:
        known = self._known.get(self._session.uri_of(folder, path))
        return known.doubles if known is not None else frozenset()

    async def _work(self) -> None:
        changed_elsewhere = False
        inbox = self._session.inbox
        try:
            await inbox.calm()
            began = time.monotonic()
            while self._waiting or self._sweeps:
                if not self._waiting:
                    await self._sweep_on()
                    continue
                number, path = next(iter(self._waiting))
                del self._waiting[number, path]
                folder = self._folder(number)
                if folder is not None:
                    changed_elsewhere = self._update(folder, path) or changed_elsewhere
                if inbox.waiting or time.monotonic() - began > _SLICE:
                    await inbox.calm()
                    began = time.monotonic()
        except Exception as error:  # noqa: BLE001  (sorted out there)
            self._failed(error)
        finally:
            self._task = None
        if changed_elsewhere and self.pulled:
            self._session.refresh()

    async def _sweep_on(self) -> None:
        """Put some more notes of a folder on the list; before the first, completion gets what it needs."""
        number = next(iter(self._sweeps))
        folder = self._folder(number)
        if folder is not None:
            await self._session.files.warmed(folder)
        last = self._sweeps.pop(number, "")
        paths = folder.settle().paths_behind(last, _PAGE) if folder is not None else []
        if paths and folder is not None:
            self._sweeps[number] = paths[-1]
            self._waiting.update(((number, path), None) for path in paths if path not in folder.open_paths)

    def _folder(self, number: int) -> Folder | None:
        return next((folder for folder in self._session.files.folders() if id(folder) == number), None)

    def _update(self, folder: Folder, path: str) -> bool:
        """Look at one note again; returns whether what is known of it changed."""
        vault = folder.settle()
        note = vault.note(path)
        uri = self._session.uri_of(folder, path)
        before = self._known.get(uri)
        if note is None or note.is_file:
            known = _Known([], _digest([]))
        else:
            known = self._look(folder, note, self._session.source(folder, note))
        version = self._session.versions.get(uri)
        if note is None:
            self._known.pop(uri, None)
        else:
            self._known[uri] = known
        same = before.mark == known.mark if before is not None else not known.items
        for other in sorted(known.doubles ^ (before.doubles if before is not None else frozenset[str]())):
            self._waiting[id(folder), other] = None
        # A note that was just opened is told about even when nothing is wrong, so that the client knows.
        if not self.pulled and (not same or (before is None and version is not None)):
            self._session.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, known.items, version))
        return not same

    def _look(self, folder: Folder, note: Note, source: Source) -> _Known:
        self.looked_at += 1
        found = [
            *diagnostics(folder.vault, note, folder.config),
            *property_findings(folder.vault, note, folder.config),
        ]
        if note.path in folder.open_paths:
            found += duplicate_findings(folder.vault, note, folder.config)
            found += resource_findings(folder.vault, note, folder.config)
        items = [self._diagnostic(folder, source, finding) for finding in sorted(found, key=lambda one: one.span)]
        doubles = {path for finding in found if finding.code in _MUTUAL for path, _, _ in finding.related}
        return _Known(items, _digest(items), frozenset(doubles - {note.path}))

    def _diagnostic(self, folder: Folder, source: Source, finding: Finding) -> types.Diagnostic:
        related = [
            types.DiagnosticRelatedInformation(self._location(folder, path, span), message)
            for path, span, message in finding.related
        ]
        return types.Diagnostic(
            range=convert.range_(source, finding.span, self._session.unit),
            message=finding.message,
            severity=convert.SEVERITIES[finding.severity],
            code=finding.code,
            code_description=types.CodeDescription(_documentation(finding.code)),
            source="notes-lsp",
            tags=[types.DiagnosticTag.Unnecessary] if finding.unnecessary else None,
            related_information=related or None,
            data=finding.data or None,
        )

    def _location(self, folder: Folder, path: str, span: Span) -> types.Location:
        note = folder.vault.note(path)
        source = self._session.source(folder, note) if note is not None and span.end else Source("")
        return types.Location(self._session.uri_of(folder, path), convert.range_(source, span, self._session.unit))

    def _push_config(self, folder: Folder) -> None:
        """Tell of mistakes in a vault's settings: nobody pulls for that file, so it is pushed to all clients."""
        served = self._session.files.served_by(folder)
        if served is None:
            return
        source = Source(served.config_text)
        severity = folder.config.severity("config")
        items = [
            types.Diagnostic(
                convert.range_(source, problem.span or Span(0, 0), self._session.unit),
                problem.message if problem.layer == "vault" else f"{problem.layer}: {problem.key}: {problem.message}",
                convert.SEVERITIES[severity],
                code="config",
                code_description=types.CodeDescription(_documentation("config")),
                source="notes-lsp",
            )
            for problem in served.problems
            if severity is not Severity.OFF
        ]
        uri = roots.path_to_uri(served.root.path / CONFIG_NAME)
        mark = _digest(items)
        before = self._known_config.get(uri)
        if before != mark and (items or before is not None):
            self._session.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, items))
        self._known_config[uri] = mark

    def _failed(self, error: Exception) -> None:
        if is_broken(error):
            self._session.files.heal_broken(list(self._session.files.folders()), error)
        elif not is_busy(error):
            LOG.error("publishing failed", exc_info=error)
            return
        self.soon()


@cache
def _documentation(code: str) -> str:
    """Where a code is explained: a page on this disk, since nothing here needs a network."""
    package = Path(notes_lsp.__file__).parent
    pages = [(package / name).resolve() for name in _MANUAL]
    page = next((page for page in pages if page.is_file()), pages[0])
    return f"{roots.path_to_uri(page)}#{code}"


def _digest(found: list[types.Diagnostic]) -> str:
    return hashlib.blake2b(repr(found).encode(errors="replace"), digest_size=12).hexdigest()
