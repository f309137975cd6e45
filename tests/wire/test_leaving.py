"""Leaving: whatever a client does or fails to do at its end, the server ends with it, and nothing before."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

import pytest

from served import SOON
from speclib.ours import COMMAND
from speclib.wire import framed, read_message

pytestmark = [pytest.mark.wire, pytest.mark.skipif(sys.platform == "win32", reason="speaks of POSIX processes")]

Pipe = subprocess.PIPE


@contextlib.contextmanager
def heeded_signals() -> Generator[None]:
    """Let what is started end at signals, even where the tests were started so that they ignore some."""
    numbers = (signal.SIGINT, signal.SIGHUP)
    before = [signal.signal(number, signal.SIG_DFL) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


class Raw:
    """A server process with bare pipes."""

    def __init__(self, root: Path, environment: Mapping[str, str], **more: object) -> None:
        """Start it."""
        self.root = root
        settings: dict[str, object] = {"stdin": Pipe, "stdout": Pipe, "stderr": Pipe, **more}
        with heeded_signals():
            self.process: subprocess.Popen[bytes] = subprocess.Popen(  # type: ignore[call-overload]
                COMMAND, env={**os.environ, **environment}, start_new_session=True, **settings
            )

    def send(self, *data: bytes) -> None:
        """Write."""
        stream = self.process.stdin
        assert stream
        stream.write(b"".join(data))
        stream.flush()

    def initialize(self, pid: int | None) -> None:
        """Shake hands, as the process with this number."""
        self.send(self.hello(pid))
        assert read_message(self.answers)["result"]
        self.send(framed({"jsonrpc": "2.0", "method": "initialized", "params": {}}))

    def hello(self, pid: int | None) -> bytes:
        """The first request."""
        params: Any = {"processId": pid, "rootUri": self.root.as_uri(), "capabilities": {}}
        return framed({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params})

    def question(self, number: int) -> bytes:
        """A request that needs the whole vault."""
        return framed({"jsonrpc": "2.0", "id": number, "method": "workspace/symbol", "params": {"query": "hub"}})

    @property
    def answers(self) -> IO[bytes]:
        """Its output."""
        assert self.process.stdout
        return self.process.stdout

    def end_input(self) -> None:
        """Close its input."""
        assert self.process.stdin
        self.process.stdin.close()

    def ended(self) -> int:
        """Wait for the end; gives the exit code."""
        return self.process.wait(SOON + 10)

    def close(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()

    def said(self) -> str:
        """What it wrote to its standard error, once it has ended."""
        assert self.process.stderr
        return self.process.stderr.read().decode()


@pytest.fixture
def raw(root: Path, environment: Mapping[str, str]) -> Iterator[Raw]:
    """A server that nobody has spoken to yet."""
    server = Raw(root, environment)
    yield server
    server.close()


HALVES = {
    "nothing": b"",
    "half a header": b"Content-Le",
    "a header without its end": b"Content-Length: 30\r\n",
    "a header without a body": b"Content-Length: 30\r\n\r\n",
    "half a body": b'Content-Length: 300\r\n\r\n{"jsonrpc": "2.0", "me',
    "a length of 5,000 digits": b"Content-Length: " + b"1" * 5000 + b"\r\n\r\n",
    "a deep body": b"Content-Length: 500000\r\n\r\n" + b'{"a":' * 100_000,
    "garbage": b"\xff" * 1000,
}


@pytest.mark.parametrize("half", HALVES.values(), ids=HALVES.keys())
def test_the_end_of_input_ends_the_server(raw: Raw, half: bytes) -> None:
    """Wherever in the stream it comes, and whatever stands before it."""
    raw.initialize(os.getpid())
    raw.send(half)
    raw.end_input()

    assert raw.ended() == 1
    assert "Traceback" not in raw.said()


def test_the_end_of_input_before_a_word_was_said(raw: Raw) -> None:
    """Nothing else would ever end it."""
    raw.end_input()

    assert raw.ended() == 1


def test_the_end_of_input_while_requests_run(raw: Raw) -> None:
    """They are answered, since whoever closed it may still listen."""
    for number in range(400):
        (raw.root / f"{number}.md").write_text("# x\n\n[[hub]]\n" * 50, encoding="utf-8")
    raw.initialize(None)
    raw.send(*(raw.question(number) for number in range(1, 50)))
    raw.end_input()

    assert sorted(read_message(raw.answers)["id"] for _ in range(49)) == list(range(1, 50))
    assert raw.ended() == 1
    assert "Traceback" not in raw.said()


def test_a_client_that_reads_nothing_and_leaves(raw: Raw) -> None:
    """The server is stuck in writing an answer; it ends all the same."""
    raw.send(raw.hello(os.getpid()), framed({"jsonrpc": "2.0", "method": "initialized", "params": {}}))
    raw.send(*(raw.question(number) for number in range(1, 3000)))
    raw.end_input()

    assert raw.ended() == 1


def test_a_client_that_reads_late(raw: Raw) -> None:
    """It gets all that it asked for: whoever writes much before it reads blocks nobody."""
    raw.initialize(os.getpid())
    raw.send(*(raw.question(number) for number in range(1, 3000)))

    found = [message["id"] for _ in range(2999) if "id" in (message := read_message(raw.answers))]

    assert sorted(found) == list(range(1, 3000))


def test_a_client_that_stops_listening(raw: Raw) -> None:
    """Nobody hears the answers any more, so the server ends, without a traceback, though its input is open."""
    raw.initialize(os.getpid())
    raw.answers.close()
    raw.send(raw.question(1))

    assert raw.ended() == 1
    assert "Traceback" not in raw.said()
    assert "BrokenPipe" not in raw.said()


@pytest.mark.parametrize("waits", [False, True], ids=["idle", "stuck in an answer"])
def test_the_end_of_the_clients_process(raw: Raw, *, waits: bool) -> None:
    """The server ends with the process that ``initialize`` names, even where another one holds the pipes."""
    client = subprocess.Popen(["sleep", "600"])
    raw.initialize(client.pid)
    raw.send(*(raw.question(number) for number in range(1, 3000 if waits else 2)))
    assert read_message(raw.answers)["result"]
    assert raw.process.poll() is None

    client.kill()

    assert raw.ended() == 1
    client.wait()


@pytest.mark.parametrize("pid", [None, 0, -1, 2**22 + 7, 2**40, 2**70])
def test_a_client_whose_process_is_not_here(raw: Raw, pid: int | None) -> None:
    """It is in another container, where processes have other numbers; the end of input tells of its end."""
    raw.initialize(pid)
    for number in range(1, 4):
        raw.send(raw.question(number))
        assert read_message(raw.answers)["id"] == number

    raw.end_input()
    assert raw.ended() == 1


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_signals_end_it(raw: Raw, signal_number: signal.Signals) -> None:
    """As they end any program, without a traceback."""
    raw.initialize(os.getpid())

    raw.process.send_signal(signal_number)

    assert raw.ended() != 0
    assert "Traceback" not in raw.said()


def test_pipes_that_do_not_block(root: Path, environment: Mapping[str, str]) -> None:
    """Who makes its own ends non-blocking may make ours so, too: that is no end of input, and no answer is lost."""
    inward, outward = os.pipe(), os.pipe()
    for descriptor in (inward[0], outward[1]):
        os.set_blocking(descriptor, False)
    server = Raw(root, environment, stdin=inward[0], stdout=outward[1])
    os.close(inward[0])
    os.close(outward[1])
    with os.fdopen(outward[0], "rb") as answers, os.fdopen(inward[1], "wb") as questions:
        questions.write(server.hello(None))
        questions.flush()
        assert read_message(answers)["result"]
        questions.write(b"".join(server.question(number) for number in range(1, 1000)))
        questions.flush()
        found = [read_message(answers)["id"] for _ in range(999)]
    assert sorted(found) == list(range(1, 1000))
    assert server.ended() == 1
    server.close()


def test_input_from_a_file(root: Path, environment: Mapping[str, str], tmp_path: Path) -> None:
    """A recorded conversation is answered to its end."""
    script = tmp_path / "conversation"
    server = Raw(root, environment, stdin=subprocess.DEVNULL)
    goodbye = framed({"jsonrpc": "2.0", "id": 9, "method": "shutdown"}) + framed({"method": "exit"})
    script.write_bytes(server.hello(None) + goodbye)
    assert server.ended() == 1
    with script.open("rb") as conversation:
        replayed = Raw(root, environment, stdin=conversation)
    said, errors = replayed.process.communicate(timeout=SOON)
    server.close()

    assert replayed.process.returncode == 0
    assert said.count(b"Content-Length") == 2
    assert errors == b""


def test_without_any_input(environment: Mapping[str, str]) -> None:
    """A closed standard input is one that has ended."""
    command = f"exec {' '.join(COMMAND)} <&-"
    done = subprocess.run(["sh", "-c", command], env={**os.environ, **environment}, capture_output=True, check=False)

    assert done.returncode == 1
    assert b"Traceback" not in done.stderr


def test_nothing_is_waited_for_that_never_ends(raw: Raw) -> None:
    """A server that was stopped and goes on finds that its client is gone."""
    raw.initialize(os.getpid())
    raw.process.send_signal(signal.SIGSTOP)
    raw.end_input()
    assert raw.process.poll() is None
    raw.process.send_signal(signal.SIGCONT)
    began = time.monotonic()

    assert raw.ended() == 1
    assert time.monotonic() - began < SOON + 10
