"""Drives a real Neovim by its own remote interface: keys in, what is on the screen out. For the tests and the demo."""

from __future__ import annotations

import importlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

T = TypeVar("T")

msgpack: Any = importlib.import_module("msgpack")
"""Which says nothing about its types."""

PATIENCE = 15.0
"""Seconds until something that did not happen is taken for something that will not."""
ATTACHED = "(vim.lsp.get_clients({ bufnr = 0, name = 'notes_lsp' })[1] or {}).initialized"
"""Lua that is true once the server has answered for the buffer that is shown."""
_PAUSE = 0.01
_BETWEEN_KEYS = 0.03
"""Seconds from key to key, as of a fast typist: Neovim 0.12 opens no menu where the next key comes within 0.025."""
_REQUEST, _RESPONSE = 0, 1

_SCREEN = """
vim.cmd.redraw()
local rows = {}
for row = 1, vim.o.lines do
  local cells = {}
  for column = 1, vim.o.columns do
    cells[column] = vim.fn.screenstring(row, column)
  end
  rows[row] = table.concat(cells)
end
return rows
"""


class TookTooLong(AssertionError):  # noqa: N818  (reads as what it says)
    """What was waited for did not happen."""


class Neovim:
    """A Neovim without a terminal that does what it is told; use it as a context manager."""

    def __init__(
        self, program: Path, init: Path, environment: Mapping[str, str], folder: Path, size: tuple[int, int] = (100, 30)
    ) -> None:
        """Start ``program`` in ``folder`` with ``init`` and ``environment`` alone, on a screen of ``size`` cells."""
        # A socket's path may have a hundred bytes, and a test's folder may well have more.
        self._sockets = Path(tempfile.mkdtemp(prefix="nvim-"))
        address = self._sockets / "s"
        # `--clean` still looks into the system's plugin folders, and finds whatever is installed there.
        command = [str(program), "--headless", "--clean", "-n", "-u", str(init), "--listen", str(address)]
        self._process = subprocess.Popen(
            command, cwd=folder, env=dict(environment), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._log = Path(environment.get("XDG_STATE_HOME", os.devnull)) / "nvim" / "lsp.log"
        try:
            self._remote = wait_for(lambda: _connected(address), "Neovim listens")
            self._remote.call("nvim_ui_attach", *size, {"rgb": True})
        except BaseException:
            self._end()
            raise

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Quit, whatever state it is in."""
        self.quit()

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def lua(self, code: str, *arguments: object) -> Any:
        """What a piece of Lua returns; the arguments are its ``...``."""
        return self._remote.call("nvim_exec_lua", code, arguments)

    def command(self, line: str) -> None:
        """Run a command of the command line."""
        self._remote.call("nvim_command", line)

    def edit(self, path: Path) -> None:
        """Edit a file in the window, leaving what was there in its buffer."""
        self.lua("vim.cmd.edit(vim.fn.fnameescape(...))", str(path))

    def press(self, keys: str) -> None:
        """Press keys, as in ``<Esc>gg``; returns once Neovim has taken all of them and waits for more."""
        self._remote.call("nvim_input", keys)
        self.wait("not vim.api.nvim_get_mode().blocking and vim.fn.getchar(1) == 0", f"{keys} is taken")

    def type(self, text: str) -> None:
        """Type a text in insert mode, key by key, each once the one before stands in the line."""
        for key in text:
            before = self.line()
            self._remote.call("nvim_input", "<lt>" if key == "<" else key)
            self.wait("vim.api.nvim_get_current_line() ~= ...", f"{key} is typed", before)
            time.sleep(_BETWEEN_KEYS)

    def line(self) -> str:
        """The line the cursor is in."""
        return str(self.lua("return vim.api.nvim_get_current_line()"))

    def cursor(self) -> tuple[str, int, str]:
        """The name of the file in the window, and the cursor's line number and the text behind it in the line."""
        name, line, rest = self.lua(
            "local line, column = unpack(vim.api.nvim_win_get_cursor(0))\n"
            "return { vim.api.nvim_buf_get_name(0), line, vim.api.nvim_get_current_line():sub(column + 1) }"
        )
        return Path(name).name, line, rest

    def put_cursor(self, before: str, inside: str = "") -> None:
        """Put the cursor on the first place of a text in the buffer, ``inside`` it where only a part is meant."""
        found = self.lua(
            "local before, inside = ...\n"
            "for number, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do\n"
            "  local at = line:find(before, 1, true)\n"
            "  if at then\n"
            "    at = inside == '' and at or line:find(inside, at, true)\n"
            "    vim.api.nvim_win_set_cursor(0, { number, at - 1 })\n"
            "    return true\n"
            "  end\n"
            "end",
            before,
            inside,
        )
        if not found:
            raise LookupError(f"{before!r} is not in the buffer")

    def screen(self) -> list[str]:
        """The rows of the screen, popups and all."""
        return [str(row).rstrip() for row in self.lua(_SCREEN)]

    def wait(self, condition: str, what: str, *arguments: object, patience: float = PATIENCE) -> Any:
        """Wait until a Lua expression is true, and return it."""
        return self.until(lambda: self.lua(f"return {condition}", *arguments), what, patience=patience)

    def until(self, condition: Callable[[], T | None], what: str, patience: float = PATIENCE) -> T:
        """Wait until ``condition`` returns something true, and return that; else show what the screen showed."""
        try:
            return wait_for(condition, what, patience)
        except TookTooLong as error:
            shown = "\n".join(["", "the screen:", *self.screen(), "the log:", *self.log()[-20:]])
            raise TookTooLong(f"{error}{shown}") from None

    def log(self) -> list[str]:
        """What Neovim's client logged, the server's standard error included."""
        try:
            return self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return []

    def quit(self) -> None:
        """Quit as a user does, by ``:qall!``, and wait until the process is gone."""
        try:
            self._remote.send("nvim_command", "qall!")
            self._process.wait(PATIENCE)
        except (OSError, subprocess.TimeoutExpired):
            pass
        finally:
            self._remote.close()
            self._end()

    def _end(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        shutil.rmtree(self._sockets, ignore_errors=True)


class _Remote:
    """Neovim's MessagePack-RPC on a socket, one question at a time (https://neovim.io/doc/user/api.html#RPC)."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._unpacker = msgpack.Unpacker(unicode_errors="surrogateescape", strict_map_key=False)
        self._asked = 0

    def call(self, method: str, *arguments: object) -> Any:
        """Ask, and return the answer; what Neovim reports in between, such as the screen, is passed over."""
        self.send(method, *arguments)
        while True:
            for message in self._unpacker:
                if message[0] == _RESPONSE and message[1] == self._asked:
                    if message[2] is not None:
                        raise RuntimeError(f"{method}: {message[2]}")
                    return message[3]
            data = self._socket.recv(1 << 16)
            if not data:
                raise ConnectionResetError("Neovim has gone")
            self._unpacker.feed(data)

    def send(self, method: str, *arguments: object) -> None:
        """Ask, and do not wait."""
        self._asked += 1
        self._socket.sendall(msgpack.packb([_REQUEST, self._asked, method, arguments]))

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


def _connected(address: Path) -> _Remote | None:
    """The connection, once Neovim listens; its socket is there a little earlier."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(2 * PATIENCE)
    try:
        connection.connect(str(address))
    except (FileNotFoundError, ConnectionRefusedError):
        connection.close()
        return None
    return _Remote(connection)


def wait_for(condition: Callable[[], T | None], what: str, patience: float = PATIENCE) -> T:
    """Wait until ``condition`` returns something true, and return that."""
    end = time.monotonic() + patience
    while not (found := condition()):
        if time.monotonic() > end:
            raise TookTooLong(f"waited {patience:.0f} s in vain until {what}")
        time.sleep(_PAUSE)
    return found


def processes_with(variable: str, value: str) -> Sequence[int]:
    """The processes that have an environment variable of this value, wherever they descend from. Only on Linux."""
    mark = f"{variable}={value}".encode()
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdecimal() and mark in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
        except OSError:
            continue
    return found
