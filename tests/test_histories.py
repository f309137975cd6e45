"""Histories: what servers say depends on how things are, and not on how they came to be so."""

from __future__ import annotations

from itertools import islice

import pytest

from histories.driver import Script, read, scripts, settings_for, smallest, violation
from histories.worlds import Setting

_COUNT, _PARTS = 30, 5
_FOUND = {
    "a folder that goes while two servers serve it": [
        ("write", "a/y.md", "[[nope]]"),
        ("settle", "0"),
        ("settle", "1"),
        ("delete_folder", "a"),
    ],
    "a folder that is renamed while two servers serve it": [
        ("write", "a/y.md", "[[nope]]"),
        ("settle", "0"),
        ("settle", "1"),
        ("move_folder", "a", "e"),
    ],
    "a folder that becomes ignored while two servers serve it": [
        ("write", "a/b/x.md", "[[nope]]"),
        ("settle", "0"),
        ("settle", "1"),
        ("gitignore", "", "a/b/\n"),
    ],
    "a workspace folder that is removed": [
        ("serve", "0", "other"),
        ("settle", "0"),
        ("pull_all", "0"),
        ("leave", "0", "other"),
    ],
    "a workspace folder inside another that comes and goes": [
        ("write", "a/x.md", "[[nope]] [[y]]"),
        ("write", "y.md", ""),
        ("settle", "0"),
        ("serve", "0", "vault/a"),
        ("settle", "0"),
        ("leave", "0", "vault/a"),
    ],
    "a note that is opened and changed at once": [
        ("write", "x.md", "---\naliases: [al]\n---\n"),
        ("write", "y.md", "---\naliases: [al]\n---\n"),
        ("hear_all", "0"),
        ("settle", "0"),
        ("open", "0", "y.md", "as on disk"),
        ("change", "0", "y.md", "# Y\n"),
    ],
    "a title that moves in another note": [
        ("write", "x.md", "---\ntitle: Same\n---\n"),
        ("write", "y.md", "---\ntitle: Same\n---\n"),
        ("hear_all", "0"),
        ("settle", "0"),
        ("write", "y.md", "---\n\n\ntitle: Same\n---\n"),
    ],
    "an excluded note that comes": [
        ("settings", "[files]\nexclude = ['x.md']\n"),
        ("write", "y.md", "[[a/x]]"),
        ("make_folder", "a"),
        ("hear_all", "0"),
        ("settle", "0"),
        ("write", "a/x.md", ""),
    ],
    "an excluded note that goes": [
        ("settings", "[files]\nexclude = ['x.md']\n"),
        ("write", "y.md", "[[a/x]]"),
        ("write", "a/x.md", ""),
        ("hear_all", "0"),
        ("settle", "0"),
        ("delete", "a/x.md"),
    ],
    "an address that another note comes to cite": [
        ("write", "x.md", "https://ex.org/paper?q=1"),
        ("open", "0", "x.md", "as on disk"),
        ("hear_all", "0"),
        ("settle", "0"),
        ("write", "y.md", "https://ex.org/paper?q=1"),
        ("hear_all", "0"),
        ("settle", "0"),
        ("write", "a/y.md", "https://ex.org/paper?q=1"),
    ],
    "an attachment that goes and comes while another server is faster": [
        ("write", "x.md", "![[p.png]]"),
        ("attach", "a/p.png", "1"),
        ("hear_all", "0"),
        ("hear_all", "1"),
        ("settle", "0"),
        ("settle", "1"),
        ("delete", "a/p.png"),
        ("hear_all", "0"),
        ("settle", "0"),
        ("write", "x.md", "![[p.png]] "),
        ("hear", "1"),
        ("hear", "1"),
        ("settle", "1"),
        ("attach", "a/p.png", "1"),
        ("hear_all", "0"),
        ("settle", "0"),
    ],
    "a custom that many notes begin": [
        ("write", "x.md", "---\nid: 7\ntitle: Same\n---\n"),
        ("write", "y.md", "---\nid: 7\n---\n"),
        ("hear_all", "0"),
        ("settle", "0"),
        ("crowd", "---\ntitle: Same\nid: 7\n---\n", "24"),
    ],
    "a type of value that all others have": [
        ("write", "x.md", "---\nrating: true\nstatsu: done\n---\n"),
        ("hear_all", "0"),
        ("settle", "0"),
        ("crowd", "---\nrating: {number}\nstatus: open\n---\n", "24"),
        ("hear_all", "0"),
        ("settle", "0"),
        ("disperse",),
    ],
}
"""Histories after which servers were wrong once, or of the same kind."""


@pytest.mark.parametrize("name", _FOUND)
@pytest.mark.parametrize("told_by_client", [False, True])
@pytest.mark.parametrize("servers", [1, 2])
def test_a_history_is_forgotten(name: str, servers: int, told_by_client: bool) -> None:  # noqa: FBT001
    """Servers that were told of every step say in the end what one says that never heard of any."""
    here = [
        one
        for one in _FOUND[name]
        if servers == 2 or one[1:2] != ("1",) or one[0] not in {"settle", "hear_all", "hear"}
    ]
    for pulls in ((True, False), (False, True)):
        setting = Setting(servers, pulls, told_by_client=told_by_client)
        assert violation(Script(setting, tuple(here))) is None


@pytest.mark.parametrize("part", range(_PARTS))
@pytest.mark.parametrize("servers", [1, 2])
def test_random_histories_are_forgotten(servers: int, part: int) -> None:
    """The same, for histories that nobody thought of; one that fails is shown as small as it can be made."""
    settings = settings_for(servers, away=False, places=6)
    for script in islice(scripts(7, settings), part * _COUNT, (part + 1) * _COUNT):
        if violation(script) is not None:
            small = smallest(script)
            pytest.fail(f"{violation(small)}\n{small.written()}")


def test_a_script_can_be_kept() -> None:
    """It reads back as it was written."""
    script = next(scripts(1, settings_for(2, away=False, places=6)))

    assert read(script.written()) == script
