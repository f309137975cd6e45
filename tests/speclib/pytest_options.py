"""The pytest options of the specs; loaded by ``pytest_plugins`` in the tests' conftest."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--rewrite-specs``."""
    parser.addoption(
        "--rewrite-specs",
        action="store_true",
        help="write the answers that came into tests/specs/*.md; review the diff",
    )
