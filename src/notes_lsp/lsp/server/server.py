"""Server: how what a client sends reaches the handlers, its buffers and folders, and what may go wrong on the way."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInternalError

from notes_lsp.index.store.damage import is_broken, is_busy, is_unwritable
from notes_lsp.lsp.server import convert
from notes_lsp.lsp.server.publish_diagnostics import Publisher
from notes_lsp.lsp.server.session import Session
from notes_lsp.lsp.transport import exit as ending
from notes_lsp.lsp.transport.json_rpc import RawJson, RepairedProtocol
from notes_lsp.text.source import Source, clean
from notes_lsp.workspace.disk import roots
from notes_lsp.workspace.folder import Folder
from notes_lsp.workspace.subprocesses import end_workers
from notes_lsp.workspace.workspace import OvertakenError, ServedFolder

LOG = logging.getLogger(__name__)

_TRIES = 4
_LAST_ANSWERS = 2.0
"""Seconds that requests may take when no more messages can come; whoever asked may still listen."""


@dataclass(frozen=True, slots=True)
class Handler:
    """One row of the table: a method, the function that answers it, and whether that needs the whole vault read."""

    method: str
    run: Callable[[Any, Any], Any]
    options: Any = None
    whole_vault: bool = False


CommandHandler = Callable[["NotesServer", list[Any]], Any]
"""Runs a command with its arguments."""


class NotesServer(Session):
    """The session with its handlers, its buffers and folders as they come and go, and what is published of them."""

    def __init__(
        self, handlers: Iterable[Handler], commands: Mapping[str, CommandHandler], cache: Path | None = None
    ) -> None:
        """A session that answers ``handlers`` and runs ``commands``.

        ``cache`` is where indexes live, by default the user's cache folder.
        """
        super().__init__(self._disk_changed, cache)
        self._tasks: set[asyncio.Task[Any]] = set()
        self.root_given = False
        """The client named roots itself; then no note opened elsewhere makes another one."""
        self.roots_to_serve: list[str] = []
        self._told_of: set[Path] = set()
        """Folders without a marker that the user was told of."""
        self.publisher = Publisher(self)
        for handler in handlers:
            if _is_notification(handler.method):
                self.feature(handler.method, handler.options)(partial(self._told, handler))
            else:
                self.feature(handler.method, handler.options)(self._guarded(handler))
        for name, run in commands.items():
            self.command(name)(self._guarded_command(name, run))

    def start_io(self, stdin: BinaryIO | None = None, stdout: BinaryIO | None = None) -> None:
        """Serve one client on standard input and output, or on two other files, until it leaves."""
        descriptor = (stdin or sys.stdin.buffer).fileno()
        outlet = ending.Outlet((stdout or sys.stdout.buffer).fileno(), self.inbox.end)
        self.protocol.set_writer(outlet)

        async def serve() -> None:
            self.inbox.read_descriptor(descriptor, lambda: ending.end_soon(self.exit_code))
            try:
                await self.handle_inbox()
            finally:
                ending.end_soon(self.exit_code)

        try:
            asyncio.run(serve())
        except (KeyboardInterrupt, SystemExit):
            pass
        finally:
            end_workers()
            self.shutdown()  # type: ignore[no-untyped-call]

    async def handle_inbox(self) -> None:
        """Handle what comes in until nothing more does, and answer what was begun if that is quick."""
        assert isinstance(self.protocol, RepairedProtocol)  # noqa: S101  (that is what it was made with)
        await self.inbox.handle(self.protocol, lambda error: self.report_server_error(error, None))
        await self.protocol.finish(_LAST_ANSWERS)

    def report_server_error(self, error: Exception, source: Any) -> None:  # noqa: ARG002  (pygls passes it)
        """Log an error; the user is not interrupted by what is not theirs to mend."""
        if isinstance(error, JsonRpcException):
            # The client asked for what is not there; it was told so, and nothing is wrong here.
            LOG.info("%s", error)
        else:
            LOG.error("%s", error, exc_info=error)

    def exit_code(self) -> int:
        """What the process ends with, as the protocol asks: 1 for a client that left without ``shutdown``."""
        return 0 if isinstance(self.protocol, RepairedProtocol) and self.protocol.was_shut_down else 1

    def leave_with(self, pid: int | None) -> None:
        """End with the client's process, should it end without closing the stream, or while something blocks us."""
        if pid is not None:

            def gone() -> None:
                self.inbox.end()
                ending.end_soon(self.exit_code)

            ending.watch_process(pid, gone)

    def open(self, uri: str, version: int, text: str) -> None:
        """Take a buffer that was opened."""
        self._serve_root_of(uri)
        at = self.files.locate(uri)
        self.uris[id(at.folder), at.path] = uri
        self.versions[uri] = version
        self.files.put_buffer(uri, Source(clean(text)))
        self.publisher.opened(at.folder, at.path)

    def edit(self, uri: str, version: int, changes: Iterable[types.TextDocumentContentChangeEvent]) -> None:
        """Take the changes of a buffer, one after the other as the protocol has it."""
        at = self.files.locate(uri)
        source = at.folder.source(at.path) or Source("")
        typed: int | None = None
        for change in changes:
            typed = convert.end_of_typing(source, change, self.unit)
            source = convert.apply_change(source, change, self.unit)
        self.versions[uri] = version
        self.files.put_buffer(uri, source)
        self.publisher.typed(at.folder, at.path, typed)

    def shut(self, uri: str) -> None:
        """Forget a buffer that was closed."""
        at = self.files.locate(uri)
        self.uris.pop((id(at.folder), at.path), None)
        self.versions.pop(uri, None)
        self.tokens.pop(uri, None)
        self.files.drop_buffer(uri)
        self.publisher.typed(at.folder, at.path, None)

    def serve_uri(self, uri: str) -> None:
        """Serve a folder that the client named; what is no folder on this disk is passed over."""
        path = _folder_at(uri)
        if path is not None:
            self.files.serve(roots.root_at(path))

    async def change_folders(self, added: Sequence[str], removed: Sequence[str]) -> None:
        """Serve and leave folders; open notes move to whoever serves them now."""
        left = self._move_buffers(
            [roots.resolve_path(path) for path in map(roots.uri_to_path, removed) if path is not None],
            [path for path in map(_folder_at, added) if path is not None],
        )
        # Only now, since whatever waits lets the next message in, and that may be about a buffer on the move.
        await self._end(left)

    def _move_buffers(self, removed: Sequence[Path], added: Sequence[Path]) -> list[ServedFolder]:
        """Leave some roots and serve others, with all open notes going to whoever serves them afterwards.

        What is given back has to be ended.
        """
        texts = {uri: at.folder.source(at.path) for uri in self.versions for at in (self.files.locate(uri),)}
        for uri in texts:
            self.files.drop_buffer(uri)
        left = [served for path in removed for served in self.files.leave(path)]
        for path in added:
            self.files.serve(roots.root_at(path))
        self.files.share_out((*added, *removed))
        self.uris.clear()
        for uri, source in texts.items():
            if source is not None:
                at = self.files.locate(uri)
                self.uris[id(at.folder), at.path] = uri
                self.files.put_buffer(uri, source)
        self.publisher.soon()
        return left

    async def _end(self, left: Iterable[ServedFolder]) -> None:
        for served in left:
            await self.files.end(served)

    async def serve_marked(self, root: roots.Root) -> None:
        """Serve a folder that has just been given its marker, with the open notes below it."""
        served = next((one for one in self.files.served if one.root.path == root.path), None)
        if served is not None:
            served.root = root
        else:
            await self._end(self._move_buffers((), (root.path,)))

    async def named(self, folder: Folder) -> None:
        """Wait until the names of a folder's files are known."""
        await self.files.named(folder)

    async def ready(self, folder: Folder) -> None:
        """Wait until a folder is read."""
        await self.files.ready(folder)

    def _guarded_command(self, name: str, run: CommandHandler) -> Callable[..., Awaitable[Any]]:
        handler = Handler(name, run, whole_vault=True)
        answer = self._guarded(handler)

        async def command(*arguments: Any) -> Any:
            return RawJson(await answer(list(arguments)))

        # pygls would look up what these mean with each call; the arguments are plain JSON.
        command.__annotations__.clear()
        return command

    def _told(self, handler: Handler, params: Any) -> None:
        result = handler.run(self, params)
        if asyncio.iscoroutine(result):
            self._start(result)

    def _guarded(self, handler: Handler) -> Callable[[Any], Awaitable[Any]]:
        async def answer(params: Any) -> Any:
            for attempt in range(_TRIES):
                folders = list(self._folders_of(params))
                try:
                    for folder in folders:
                        if handler.whole_vault:
                            await self.files.ready(folder)
                        elif not self._asks_of_buffer(params):
                            await self.files.named(folder)
                    result = handler.run(self, params)
                    return await result if asyncio.iscoroutine(result) else result
                except Exception as error:
                    if attempt == _TRIES - 1 or not await self._mended(error, folders):
                        if isinstance(error, JsonRpcException):
                            raise
                        if isinstance(error, OvertakenError):
                            raise JsonRpcException(str(error), types.LSPErrorCodes.RequestFailed.value) from None
                        LOG.exception("%s failed", handler.method)
                        raise JsonRpcInternalError(f"{handler.method}: {error}") from error
            return None

        return answer

    async def _mended(self, error: Exception, folders: list[Folder]) -> bool:
        """Mend what the world broke, so that the request can be tried again; our own mistakes cannot be mended."""
        if isinstance(error, OvertakenError):
            return True
        if is_busy(error):
            await asyncio.sleep(0.05)
            return True
        if not (is_broken(error) or is_unwritable(error)):
            return False
        for folder in self.files.heal_broken(folders, error):
            await self.files.ready(folder)
        return True

    def _folders_of(self, params: Any) -> Iterable[Folder]:
        document = getattr(params, "text_document", None)
        if document is not None:
            return [self.files.locate(document.uri).folder]
        return list(self.files.folders())

    def _asks_of_buffer(self, params: Any) -> bool:
        """Whether a request is about an open buffer, which is there whatever is known of the disk."""
        document = getattr(params, "text_document", None)
        if document is None:
            return True
        at = self.files.locate(document.uri)
        return at.folder.source(at.path) is not None

    def _serve_root_of(self, uri: str) -> None:
        """Without a root from the client, the nearest marker above a note that is opened makes one, else its folder."""
        path = roots.uri_to_path(uri)
        if self.root_given or path is None:
            return
        root = roots.find_root(path.parent)
        if root is not None:
            self.files.serve(root)
        elif roots.locate([served.root for served in self.files.served], path) is None:
            self._serve_unmarked(path)

    def _serve_unmarked(self, note: Path) -> None:
        """Serve the folder of a note that is in no vault, and say so once; a folder in it that was served joins it."""
        root = roots.unmarked_root(note)
        if root is None:
            self._tell_once(note.parent, "only this note is known: its folder is too much for a vault")
            return
        self._tell_once(root.path, f"no vault marker found: serving the folder “{root.path.name}”")
        within = [
            served.root.path
            for served in self.files.served
            if served.root.marker is None and served.root.path.is_relative_to(root.path)
        ]
        left = self._move_buffers(within, (root.path,))
        self._start(self._end(left))

    def _tell_once(self, folder: Path, message: str) -> None:
        if folder not in self._told_of:
            self._told_of.add(folder)
            self.window_show_message(types.ShowMessageParams(types.MessageType.Info, message))

    def _start(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do some work that nobody waits for."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _disk_changed(self) -> None:
        self.publisher.soon()


def _is_notification(method: str) -> bool:
    return types.METHOD_TO_TYPES[method][1] is None  # pyright: ignore[reportUnknownMemberType]


def _folder_at(uri: str) -> Path | None:
    """The folder that a client names; ``None``, and a line in the log, where there is none on this disk."""
    path = roots.uri_to_path(uri)
    if path is None or not path.is_dir():
        LOG.warning("%s is no folder here", uri)
        return None
    return path
