"""Invented prose: texts for tests that are read like sentences by a machine, the same for the same seed."""

from __future__ import annotations

import random

_LETTERS = random.Random(0)  # noqa: S311  (no secret)
VOCABULARY = tuple(
    "".join(_LETTERS.choice("bcdfghklmnprstvw") + _LETTERS.choice("aeiou") for _ in range(1 + number % 4))
    for number in range(1500)
)


class Prose:
    """A writer with a vocabulary of whom some words are used often and most rarely, as everywhere."""

    def __init__(self, seed: int) -> None:
        """The same writer for the same seed."""
        self.random = random.Random(seed)  # noqa: S311  (no secret)

    def word(self) -> str:
        """A word, a common one more likely."""
        return VOCABULARY[int(len(VOCABULARY) * self.random.random() ** 2)]

    def sentence(self) -> str:
        """Eight to twenty words and a full stop."""
        return " ".join(self.word() for _ in range(self.random.randint(8, 20))).capitalize() + "."

    def sentences(self, number: int) -> list[str]:
        """Some sentences."""
        return [self.sentence() for _ in range(number)]

    def paragraphs(self, number: int, sentences: int) -> list[str]:
        """Some paragraphs of so many sentences each."""
        return [" ".join(self.sentences(sentences)) for _ in range(number)]

    def text(self, least: int) -> str:
        """Sentences with exactly ``least`` words."""
        return " ".join(" ".join(self.sentences(least // 8 + 1)).split()[:least])
