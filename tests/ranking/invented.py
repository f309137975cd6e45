"""An invented vault: notes that link as people link, to what is popular and to what their neighbours link to."""

from __future__ import annotations

import random

_TOPICS = {
    "garden": "bed bean compost mulch seed frost pruning rose soil spade tomato trellis weed worm harvest hedge",
    "kitchen": "bread broth cake dough fennel garlic jam lentil oven pickle rice salad sauce stew tea yeast",
    "code": "branch cache compiler cursor database editor function index "
    "kernel lambda parser queue server test thread token",
    "music": "bass chord drum fugue harmony key loop melody octave piano rhythm scale sonata string tempo voice",
    "travel": "airport border bridge cabin ferry harbour hostel island "
    "luggage map market museum passport pass station train",
    "health": "allergy back breath diet doctor exercise fever headache "
    "heart knee massage nutrition pulse sleep stretch walk",
    "money": "account bank bill bond budget contract debt fee fund insurance invoice loan pension rent salary tax",
    "reading": "author biography chapter classic criticism diary essay fable "
    "genre ink library novel poem quote review verse",
    "house": "attic boiler chimney curtain door drain fuse gutter heating insulation lamp paint roof shelf tile window",
    "people": "Alma Bruno Clara Dario Edith Felix Greta Hugo Irma Jonas Karla Leon Mina Nils Olga Pavel",
    "thinking": "argument attention belief bias concept doubt evidence fallacy "
    "habit idea insight logic memory model proof question",
    "nature": "beetle birch cloud crow fern fox heron lichen lynx meadow moss otter owl pond stone swift",
}
_FORMS = (
    "{a}",
    "{a} {b}",
    "{a} and {b}",
    "How to choose a {a}",
    "Notes on {a}",
    "{a} for beginners",
    "The {b} {a} problem",
    "{a} checklist",
    "Why the {a} needs a {b}",
    "{b} in the {a}",
    "Old {a}",
    "First {a} of the year",
    "A {a} without {b}",
    "{a} v2",
    "Dr. {a}",
    "{a} ({b})",
)
_NOTES = 1500
_MAX_LINKS = 9


def invented_vault() -> dict[str, str]:
    """Texts by path, the same with every call."""
    chance = random.Random(20240623)  # noqa: S311 (nothing to keep secret)
    paths, topics = _named(chance)
    by_topic = {topic: [number for number, own in enumerate(topics) if own == topic] for topic in _TOPICS}
    links: list[list[int]] = []
    for number, topic in enumerate(topics):
        links.append([])
        for _ in range(chance.randint(1, _MAX_LINKS)):
            target = _target(chance, number, by_topic[topic], links)
            if target != number and target not in links[number]:
                links[number].append(target)
    return {path: _text(chance, path, [paths[target] for target in links[number]]) for number, path in enumerate(paths)}


def _named(chance: random.Random) -> tuple[list[str], list[str]]:
    """Paths and topics, in the order in which the notes were written."""
    paths: list[str] = []
    topics: list[str] = []
    seen: set[str] = set()
    while len(paths) < _NOTES:
        topic = chance.choice(list(_TOPICS))
        words = _TOPICS[topic].split()
        a, b = chance.sample(words, 2) if chance.random() < 0.8 else (chance.choice(words), _any_word(chance))
        name = chance.choice(_FORMS).format(a=a, b=b)
        name = name[0].upper() + name[1:]
        if chance.random() < 0.05:
            name = f"20{chance.randint(19, 24)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        if name.casefold() not in seen:
            seen.add(name.casefold())
            paths.append(f"{topic}/{name}.md" if chance.random() < 0.7 else f"{name}.md")
            topics.append(topic)
    return paths, topics


def _any_word(chance: random.Random) -> str:
    return chance.choice(chance.choice(list(_TOPICS.values())).split())


def _target(chance: random.Random, number: int, same_topic: list[int], links: list[list[int]]) -> int:
    """What one links to: what a linked note links to, something popular of the same topic, or anything at all."""
    way = chance.random()
    known = [target for target in links[number] if target < len(links) and links[target]]
    if way < 0.35 and known:
        return chance.choice(links[chance.choice(known)])
    if way < 0.85:
        return same_topic[int(len(same_topic) * chance.random() ** 2.5)]
    return int(_NOTES * chance.random() ** 2)


def _text(chance: random.Random, path: str, targets: list[str]) -> str:
    stem = path.rpartition("/")[2].removesuffix(".md")
    header = ""
    if chance.random() < 0.1:
        header = f"---\naliases: [{stem.split()[-1].strip('()')} {_any_word(chance)}]\n---\n"
    lines = [f"See [[{target.rpartition('/')[2].removesuffix('.md')}]].\n" for target in targets]
    return f"{header}# {stem}\n\n" + "\n".join(lines)
