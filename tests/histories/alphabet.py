"""Alphabet: few names and few texts, so that whatever may collide does, and operations made of them."""

from __future__ import annotations

from random import Random

NOTES = ("x.md", "y.md", "a/x.md", "a/y.md", "a/b/x.md", "c d/x.md", "c d/z.md", "a/index.md", "t/note.md")
FILES = ("p.png", "a/p.png", "a/b/q.pdf", "c d/p.png", "a/x")
FOLDERS = ("a", "a/b", "c d", "t", "e")
_KETTLE = (
    "The kettle hung over the fire while rain fell on the moor and nobody in the hut spoke of the long way home, "
    "for the guide had lost his map at the ford and the dogs would not go near the bog after dark had come."
)
_BEES = (
    "Bees fly out at nine degrees and bring back willow pollen; by the end of May the frames are heavy with brood, "
    "and whoever has not put on a second box by then will find his swarm in the neighbour's plum tree before noon."
)
LINES = (
    *("[[x]]", "[[y]]", "[[a/x]]", "[[b/x]]", "[[al]]", "[[Same]]", "[[z|label]]", "![[p.png]]", "![[q.pdf]]"),
    *("[[x#Part]]", "[[y#^id]]", "[[al#Part]]", "[[#Part]]", "[[a]]", "[[index]]", "[[nope]]", "[[c d/x]]"),
    *("[l](x.md)", "[l](../x.md)", "[l](a/y.md#part)", "[l](/a/b/x.md)", "[l](p.png)", "[l](a/)", "[l](a/b)"),
    *("[l](c%20d/p.png)", "[l](.gitignore)", "[l](e/ignored.txt)", "[l](e)", "![i](a/p.png)", "[[e/ignored.txt]]"),
    *("# Same", "# al", "## Part", "text ^id", "- [ ] task ^id", "[r]: x.md", "[r]", "[^1]", "[^1]: foot"),
    *("https://ex.org/paper?q=1", "see https://ex.org/paper?q=1 2024-05-06", "<https://ex.org/other>", "prose"),
    *(_KETTLE, _BEES, f"{_KETTLE} And so on.", "😀 [[x]]", "%%", "$$", "#tag", "", ""),
)
HEADERS = (
    *("", "", "", "---\ntitle: Same\n---\n", "---\n\n\ntitle: Same\n---\n", "---\naliases: [al, x]\n---\n"),
    *(
        "---\naliases: al\n---\n",
        "---\nid: 7\n---\n",
        "---\nid: 7\ntitle: al\n---\n",
        "---\ntitle: Other\nid: 8\n---\n",
    ),
    *("---\nstatus: done\ndue: soon\n---\n", "---\nstatsu: done\ntitle: Same\n---\n", "---\nrating: true\n---\n"),
    *(
        "---\ntitle: [broken\n---\n",
        "---\nup: '[[x]]'\naliases:\n  - Part\n  - Same\n---\n",
        "+++\ntitle = 'Same'\n+++\n",
    ),
)
SETTINGS = (
    "",
    "[duplicates]\nmin_words = 20\n",
    "[files]\nexclude = ['x.md']\n",
    "[files]\nexclude = ['a/b/']\n",
    "[diagnostics]\nignore_in = ['a/']\n",
    "[diagnostics]\nignore = ['nope']\n",
    "[diagnostics.severity]\nduplicate-title = 'off'\nbroken-link = 'error'\n",
    "[links]\nprofile = 'zk'\n",
    "[links]\nprofile = 'github'\n",
    "[new]\ntemplates = 't'\ntemplate = 'note'\n[duplicates]\nmin_words = 20\n",
    "[schemas.rule]\nfolder = 'a'\nrequired = ['status']\n",
    "[schemas.file]\nmatch = ['*.md']\nfile = 'a/schema.json'\n",
    "this is no TOML",
)
SCHEMAS = ('{"required": ["title"]}', '{"required": ["id"]}', "{")
IGNORES = ("", "a/b/\n", "x.md\n", "*.png\n", "c d/\n!c d/x.md\n", "e/\n", "/a/\n")
CROWDS = (
    "---\nstatus: done\ndue: 2024-05-0{digit}\nrating: {number}\n---\n[[x]]\n",
    "---\ntitle: Same\nid: 7\n---\nhttps://ex.org/paper?q=1\n",
    "---\naliases: [al]\nstatus: open\n---\n# Same\n",
)

Operation = tuple[str, ...]
"""What happens: a verb and its arguments, all of them texts, so that a history can be written down and replayed."""

_VERBS = {
    "write": 10,
    "replace": 2,
    "delete": 4,
    "move": 3,
    "move_folder": 2,
    "delete_folder": 2,
    "make_folder": 1,
    "attach": 4,
    "ignore_file": 1,
    "settings": 2,
    "client_settings": 1,
    "schema": 1,
    "gitignore": 2,
    "crowd": 1,
    "disperse": 1,
    "open": 5,
    "change": 6,
    "edit": 6,
    "save": 3,
    "close": 3,
    "serve": 1,
    "leave": 1,
    "hear": 6,
    "hear_all": 2,
    "turn": 6,
    "settle": 3,
    "pull": 3,
    "pull_all": 2,
}


def history(random: Random, servers: int) -> list[Operation]:
    """A random history for so many servers, some of it before they start."""
    return [_operation(random, servers) for _ in range(random.choice((4, 8, 12, 16, 24)))]


def _operation(random: Random, servers: int) -> Operation:
    verb = random.choices(tuple(_VERBS), tuple(_VERBS.values()))[0]
    note, server = random.choice(NOTES), str(random.randrange(servers))
    folder, other = random.sample(FOLDERS, 2)
    match verb:
        case "write" | "replace":
            return verb, note, text(random)
        case "open" | "change" | "save":
            return verb, server, note, text(random)
        case "edit":
            return verb, server, note, str(random.randrange(40)), str(random.randrange(6)), text(random, 1)
        case "close":
            return verb, server, note
        case "delete":
            return verb, random.choice((*NOTES, *FILES))
        case "move":
            return verb, random.choice((*NOTES, *FILES)), random.choice((*NOTES, *FILES))
        case "move_folder":
            return verb, folder, other
        case "delete_folder" | "make_folder":
            return verb, folder
        case "attach":
            return verb, random.choice(FILES), random.choice(("", "1", "22"))
        case "ignore_file":
            return verb, "e/ignored.txt", random.choice(("", "1"))
        case "settings":
            return verb, random.choice(SETTINGS)
        case "client_settings":
            return verb, server, random.choice(("true", "false"))
        case "schema":
            return verb, random.choice(SCHEMAS)
        case "gitignore":
            return verb, random.choice(("", "a/")), random.choice(IGNORES)
        case "crowd":
            return verb, random.choice(CROWDS), random.choice(("20", "24"))
        case "serve" | "leave":
            return verb, server, random.choice(("other", "vault/a"))
        case "hear" | "settle" | "pull_all" | "hear_all":
            return verb, server
        case "turn":
            return verb, server, str(random.choice((1, 2, 5, 20)))
        case "pull":
            return verb, server, note
        case _:
            return (verb,)


def text(random: Random, most: int = 5) -> str:
    """A text of a few lines, ended by one or the other line end or by none."""
    lines = random.choices(LINES, k=random.randrange(most + 1))
    header = random.choice(HEADERS) if most > 1 else ""
    return header + "\n".join(lines) + random.choice(("\n", "\n\n", ""))
