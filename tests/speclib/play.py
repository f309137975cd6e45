"""Playing a section: every step of it against one driver, with what is wrong with each answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from speclib import changes, console, places, torture
from speclib.compare import differences
from speclib.conversation import Answer, Conversation, UnsupportedError
from speclib.edits import BadEditError
from speclib.model import Change, Question, Section
from speclib.wire import ResponseError, WireError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from speclib.drivers import Driver

HANDLERS: dict[str, Callable[[Conversation, Question], Answer]] = {
    "complete": changes.complete,
    "definition": places.definition,
    "references": places.references,
    "hover": places.hover,
    "diagnostics": places.diagnostics,
    "symbols": places.symbols,
    "workspace-symbols": places.workspace_symbols,
    "highlight": places.highlight,
    "links": places.links,
    "folding": places.folding,
    "selection": places.selection,
    "prepare-rename": places.prepare_rename,
    "rename": changes.rename,
    "will-rename": changes.will_rename,
    "code-actions": changes.code_actions,
    "code-action": changes.code_action,
    "code-lens": places.code_lens,
    "inlay-hints": places.inlay_hints,
    "tokens": places.tokens,
    "prefixes": torture.prefixes,
    "raw": torture.raw,
    "console": console.console,
}
"""Each question with the function that asks it."""
_ONCE = frozenset({"prefixes", "raw", "console"})
"""What is not asked again: it changes what it asks about."""


@dataclass(frozen=True, slots=True)
class Played:
    """One question, its answer, and what is wrong with it."""

    question: Question
    answer: Answer
    wrong: tuple[str, ...] = ()
    unsupported: str = ""
    """The capability that is missing, empty where none is."""


def play(
    section: Section,
    driver: Driver,
    folder: Path,
    encoding: str,
    *,
    lenient: bool = False,
    patience: Callable[[int], bool] | None = None,
    without: frozenset[str] = frozenset(),
) -> list[Played]:
    """Ask all questions of a section in a fresh, empty folder.

    ``patience`` is asked after the n-th wrong answer whether to ask again (it does the waiting); for servers that
    do not say when they are ready. ``without`` are questions that the server is known to have no answer to, although
    no capability says so.

    Raises:
        WireError: the server died, or did not answer in time.
    """
    conversation = Conversation(section, driver, folder, encoding, lenient=lenient)
    played: list[Played] = []
    try:
        try:
            conversation.begin()
        except UnsupportedError as reason:
            questions = (step for step in section.steps if isinstance(step, Question))
            return [Played(question, Answer(()), unsupported=str(reason)) for question in questions]
        for step in section.steps:
            if isinstance(step, Change):
                conversation.perform(step)
                continue
            if step.kind in without:
                played.append(Played(step, Answer(()), unsupported=f"no {step.kind}"))
                continue
            one = _asked(conversation, step)
            tries = 0
            while one.wrong and patience and step.kind not in _ONCE and patience(tries):
                tries += 1
                one = _asked(conversation, step)
            played.append(one)
            if one.unsupported and step.kind == "raw":
                rest = section.steps[section.steps.index(step) + 1 :]
                later = (other for other in rest if isinstance(other, Question))
                return [*played, *(Played(other, Answer(()), unsupported=one.unsupported) for other in later)]
    finally:
        driver.close()
    return played


def _asked(conversation: Conversation, question: Question) -> Played:
    try:
        answer = HANDLERS[question.kind](conversation, question)
    except UnsupportedError as reason:
        return Played(question, Answer(()), unsupported=str(reason))
    except ResponseError as error:
        answer = Answer((f"error: {error.message}",))
    except BadEditError as error:
        answer = Answer((f"bad edit: {error}",))
    except WireError:
        raise
    except (KeyError, TypeError, IndexError, ValueError, AttributeError) as error:
        if not conversation.lenient:
            raise
        answer = Answer((f"an answer that is no proper one: {error!r}",))
    return Played(question, answer, tuple(_wrong(question, answer, lenient=conversation.lenient)))


def _wrong(question: Question, answer: Answer, *, lenient: bool) -> list[str]:
    first = answer.rows[0] if answer.rows else ""
    if question.expected.strip() == "error":
        return [] if first.startswith("error: ") else [f"expected an error, got: {answer.text}"]
    if first.startswith(("error: ", "bad edit: ", "an answer that is no")):
        return [first]
    return differences(question, answer, lenient=lenient)
