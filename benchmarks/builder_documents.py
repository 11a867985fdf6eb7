"""What the document path is worth: planted faults, the almanac with its truth, judged items, speed.

    python benchmarks/builder_documents.py > benchmarks/results/builder_documents.md
    python benchmarks/builder_documents.py --python-docs FOLDER     # also counts which judged items are still made

FOLDER is the html folder of Debian's python3.11-doc (3.11.2-6+deb12u9). The almanac is Calibrant's own reference world,
of which everything is known. No part uses the network.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from calibrant.builder import Item, Source
from calibrant.builder.documents import Asker, Corpus, DocumentOptions, build_from_corpus, read_corpus
from calibrant.builder.documents.facts.fact import folded
from calibrant.builder.documents.filters import Filter, Surroundings
from calibrant.builder.documents.filters.dated import Dated
from calibrant.builder.documents.filters.duplicates import Distinct
from calibrant.builder.documents.filters.leaked import NotLeaked
from calibrant.builder.documents.filters.quoted import Quoted
from calibrant.builder.documents.filters.repeated import Repeated
from calibrant.builder.documents.filters.self_contained import SelfContained
from calibrant.builder.documents.filters.stands_alone import StandsAlone
from calibrant.builder.documents.filters.unique import Unique
from calibrant.builder.documents.filters.verified import Agreed, Verified
from calibrant.builder.documents.generator import Rules
from calibrant.builder.documents.markdown import read_markdown
from calibrant.lab.artefacts import almanac
from calibrant.lab.texts import sentence
from calibrant.lab.world import Entity, World, draw_value, make_world
from calibrant.metrics import wilson_interval as wilson
from calibrant.questions.suspicion import fold_text
from calibrant.store import open_store
from calibrant.types import Condition, Question, Stratum
from tests.builder.documents.almanac import pdf_of, title_of, write_markdown, write_pdf
from tests.builder.documents.hashed_ngrams import embedding_server

HELD_OUT = Path(__file__).parent / "audits" / "held_out_rules.jsonl"
AUDIT = Path(__file__).parent / "audits" / "python_docs_rules.jsonl"
PLANTED = 120


def value(words: str) -> str:
    return fold_text(words).removeprefix("the ")


def entry_corpus(size: int = 2000) -> tuple[Corpus, World, dict[str, Entity]]:
    """The almanac with a document for each entry, and the entity of each."""
    world = make_world()
    by_name = {entity.name: entity for entity in world.entities}
    rows = almanac(world)
    documents = [read_markdown(f"# {title_of(row)}\n\n{row['text']}\n".encode(), f"{row['id']}.md") for row in rows]
    return Corpus.of(documents, size), world, {f"{row['id']}.md": by_name[row["title"]] for row in rows}


# --- planted faults ---------------------------------------------------------------------------------------------------


def renamed(item: Item, number: int, **changes: object) -> Item:
    return replace(item, question=replace(item.question, id=f"planted-{number}", **changes))


def false_quotes(items: Sequence[Item], chance: random.Random) -> list[Item]:
    found = []
    for number, item in enumerate(items[:PLANTED]):
        words = item.source.quote.split()
        if number % 3 == 0:  # a word is exchanged
            words[chance.randrange(len(words))] = "nearly"
            quote = " ".join(words)
        elif number % 3 == 1:  # said in other words
            quote = f"It is stated that {item.source.quote[0].lower()}{item.source.quote[1:]}"
        else:  # a true quote that holds another answer
            other = next(one for one in items[number + 1 :] if not set(one.question.golds) & set(item.question.golds))
            found.append(renamed(item, number, golds=other.question.golds))
            continue
        found.append(replace(renamed(item, number), source=replace(item.source, quote=quote, start=None)))
    return found


def leaning(items: Sequence[Item], kinds: dict[str, Entity]) -> list[Item]:
    """Questions that need their document: the entity becomes a pronoun or its kind, or the text is spoken of."""
    found = []
    for number, item in enumerate(items[:PLANTED]):
        text, subject = item.question.text, item.question.extra["subject"]
        kind = kinds[item.source.document].kind.name
        ways = (
            text.replace(subject, "she" if kind == "person" else "it"),
            text.replace(subject, f"this {kind}"),
            text.replace(subject, f"the {kind}"),
            f"According to the passage, {text[0].lower()}{text[1:]}",
            f"{text.rstrip('?')} in the text above?",
            f"{text.rstrip('?')}, as described in this entry?",
        )
        found.append(renamed(item, number, text=ways[number % len(ways)]))
    return found


def leaks(items: Sequence[Item]) -> list[Item]:
    ways = ("{q}, is it {v}?", "Given that {v} is the answer, {q}?", "{q} ({v})?")
    return [
        renamed(item, number, text=ways[number % 3].format(q=item.question.text.rstrip("?"), v=item.question.golds[0]))
        for number, item in enumerate(items[:PLANTED])
    ]


def paraphrases(items: Sequence[Item], kinds: dict[str, Entity]) -> tuple[list[Item], list[Item]]:
    """Questions of the world's own wordings for one fact each, twice; without relation, as a model would write them."""
    clean, planted = [], []
    for number, item in enumerate(items):
        entity = kinds[item.source.document]
        fact = next((one for one in entity.facts.values() if value(one.value) == value(item.question.golds[0])), None)
        if fact is None or len(planted) >= PLANTED:
            continue
        first, second = (sentence(one.format(e=entity.name)) for one in fact.attribute.questions[:2])
        clean.append(replace(item, question=replace(item.question, id=f"c{number}", text=first, extra={})))
        planted.append(renamed(replace(item, source=replace(item.source, start=None)), number, text=second, extra={}))
    return clean, planted


def alike_but_other(items: Sequence[Item]) -> list[Item]:
    """Clean and hard: two facts of one thing with one answer, and one fact of two things with one answer."""
    found = []
    for number, item in enumerate(items[:40]):
        name = f"Lind Works {number}"
        for place, text in enumerate((f"Who founded {name}?", f"Who owns {name}?", f"Who founded {name}b?")):
            question = Question(id=f"h{number}-{place}", text=text, golds=("Otto Lind",))
            found.append(replace(item, question=question, source=replace(item.source, start=None)))
    return found


STALE = (
    ("Who is the mayor of Jena?", "The mayor of Jena is {v}.", "Anna Kranz"),
    ("Who is the current owner of Lind Works?", "Lind Works belongs to {v}.", "Otto Lind"),
    ("What is the price of a ticket to Naumburg?", "A ticket to Naumburg costs {v}.", "4 marks"),
    ("What is the latest version of Calibrant?", "The newest release of Calibrant is {v}.", "1.4"),
    ("How many people work at Lind Works?", "Lind Works currently has {v} people.", "412"),
    ("Who leads Kranz Mills?", "Kranz Mills is led by {v}.", "Vera Holt"),
    ("What is the population of Jena?", "The population of Jena is {v}.", "110,000"),
    ("Who is the head coach of Jena United?", "The head coach of Jena United is {v}.", "Emil Roth"),
    ("How tall is the tallest tower of Jena?", "The tallest tower of Jena has {v}.", "144 m"),
    ("Where does Otto Lind live?", "Otto Lind now lives in {v}.", "Weimar"),
    ("Who sponsors Jena United?", "Today {v} sponsors Jena United.", "Lind Works"),
    ("What is the interest rate of Jena Bank?", "The interest rate of Jena Bank is {v}.", "2.5 %"),
)
STALE_LATER = (
    ("Who directs the Jena Museum?", "The Jena Museum is directed by {v}.", "Ida Falk"),
    ("Who maintains the package kranzlib?", "{v} maintains the package kranzlib.", "Otto Lind"),
    ("How many members has the Jena Choir?", "The Jena Choir has {v}.", "64 members"),
    ("What does a loaf cost at Kranz Bakery?", "A loaf costs {v} at Kranz Bakery.", "3 marks"),
    ("Which team leads the Saale League?", "{v} leads the Saale League.", "Jena United"),
    ("Who is the chancellor of Ruritania?", "{v} is the chancellor of Ruritania.", "Emil Roth"),
    ("What is the default branch of the kranzlib repository?", "The default branch of kranzlib is now {v}.", "main"),
    ("How old is Anna Kranz?", "Anna Kranz is {v}.", "41 years old"),
    ("Which browser does Lind Works recommend?", "Lind Works currently recommends {v}.", "Firefox"),
    ("What is the salary of a clerk at Lind Works?", "The salary of a clerk at Lind Works is {v}.", "900 marks"),
    ("Who holds the Saale swimming record?", "The Saale swimming record is held by {v}.", "Vera Holt"),
    ("What is the unemployment rate of Jena?", "The unemployment rate of Jena is {v}.", "4 %"),
)
"""Written after the filter, and measured once, as the eight of ``LASTING_LATER``."""
LASTING_LATER = (
    ("Who directed the film Saale?", "The film Saale was directed by {v}.", "Ida Falk"),
    ("What is the boiling point of water at sea level?", "Water boils at {v} at sea level.", "100 degrees Celsius"),
    ("Which port does HTTPS use by default?", "HTTPS uses port {v} by default.", "443"),
    ("Who was the first king of Ruritania?", "The first king of Ruritania was {v}.", "Rudolf"),
    ("What does the option --depth limit?", "The option --depth limits {v}.", "the history"),
    ("When did the Jena Railway open?", "The Jena Railway opened in {v}.", "1874"),
    ("Who composed the opera Kranz?", "{v} composed the opera Kranz.", "Emil Roth"),
    ("Which unit is used for force in the SI?", "The SI unit of force is the {v}.", "newton"),
)
LASTING = (
    ("Who was the mayor of Jena in 1900?", "The mayor of Jena in 1900 was {v}.", "Otto Lind"),
    ("In which year was Lind Works founded?", "Lind Works was founded in {v}.", "1850"),
    ("Who wrote the Song of Jena?", "The Song of Jena was written by {v}.", "Anna Kranz"),
    ("What does the Saale flow into?", "The Saale flows into the {v}.", "Elbe"),
    ("What does CWD stand for?", "The {v} (CWD) is where a program starts.", "current working directory"),
    ("What was the price of bread in Jena in 1923?", "In 1923 bread in Jena was sold at {v}.", "200 marks"),
    ("How long is the Saale?", "The Saale is {v} long.", "413 km"),
    (
        "Which exception does json.loads raise for broken text?",
        "json.loads raises {v} for broken text.",
        "JSONDecodeError",
    ),
)


def stale(rows: Sequence[tuple[str, str, str]], start: int) -> list[Item]:
    return [
        Item(
            question=Question(id=f"s{start + number}", text=question, golds=(gold,)),
            source=Source(document="by hand", quote=quote.format(v=gold)),
            made="by hand",
        )
        for number, (question, quote, gold) in enumerate(rows)
    ]


def contradicted(
    corpus: Corpus, kinds: dict[str, Entity], *, read_alike: bool, chance: random.Random
) -> tuple[Corpus, set[tuple[str, str]]]:
    """The corpus with another value for some facts, in any of the world's wordings or in one that the rules read."""
    items = list(Rules()(corpus).items)
    chance.shuffle(items)
    told, marked = [], set()
    for item in items:
        entity = kinds[item.source.document]
        fact = next((one for one in entity.facts.values() if value(one.value) == value(item.question.golds[0])), None)
        if fact is None or len(marked) >= PLANTED:
            continue
        wrong = next(one for one in iter(lambda f=fact: draw_value(f.attribute, chance), None) if one != fact.value)
        wordings = [
            one
            for one in fact.attribute.statements
            if not read_alike or sentence(one.format(e=fact.entity, v=fact.value)) == item.source.quote
        ]
        if not wordings:
            continue
        told.append(sentence(chance.choice(wordings).format(e=fact.entity, v=wrong)))
        marked.add((item.question.extra["subject"], item.question.extra["relation"]))
    second = read_markdown(("# Another account\n\n" + "\n\n".join(told)).encode(), "another.md")
    return Corpus.of([*corpus.documents.values(), second], corpus.size), marked


def ambiguous(corpus: Corpus, kinds: dict[str, Entity], chance: random.Random) -> tuple[Corpus, set[str]]:
    """The corpus with two more documents that say what some names are: each another thing."""
    names = sorted({entity.name for entity in kinds.values()})
    chance.shuffle(names)
    chosen = names[:60]
    true = "\n\n".join(
        sentence(f"{name} is a {next(e for e in kinds.values() if e.name == name).kind.name}.") for name in chosen
    )
    other = "\n\n".join(
        sentence(f"{name} is a {chance.choice(('horse', 'kind of bread', 'ship', 'theatre'))}.") for name in chosen
    )
    added = [read_markdown(text.encode(), f"kinds-{number}.md") for number, text in enumerate((true, other))]
    return Corpus.of([*corpus.documents.values(), *added], corpus.size), {folded(name) for name in chosen}


def tally(
    filter_: Filter, items: Sequence[Item], around: Surroundings, is_planted: Callable[[Item], bool]
) -> tuple[int, int, int, int]:
    """(planted, kept out, clean, clean ones that were kept out): dropped, or left without a verdict."""
    sifted = filter_(items, around)
    dropped = {one.item.question.id for one in (*sifted.dropped, *sifted.unchecked)}
    planted = [item for item in items if is_planted(item)]
    clean = [item for item in items if not is_planted(item)]
    return (
        len(planted),
        sum(item.question.id in dropped for item in planted),
        len(clean),
        sum(item.question.id in dropped for item in clean),
    )


def planted_faults() -> Iterator[tuple[str, str, tuple[int, int, int, int]]]:
    corpus, _, kinds = entry_corpus()
    around = Surroundings(corpus=corpus, per_span=9)
    chance = random.Random("planted")
    items = list(Rules()(corpus).items)
    chance.shuffle(items)
    clean = items[PLANTED : 4 * PLANTED]

    def is_planted(item: Item) -> bool:
        return item.question.id.startswith("planted")

    yield (
        "false quotes, wrong answers",
        "quoted",
        tally(Quoted(), [*clean, *false_quotes(items, chance)], around, is_planted),
    )
    yield (
        "leans on its document",
        "self-contained",
        tally(SelfContained(), [*clean, *leaning(items, kinds)], around, is_planted),
    )
    yield "answer in the question", "not-leaked", tally(NotLeaked(), [*clean, *leaks(items)], around, is_planted)
    asked, again = paraphrases(items, kinds)
    asked += alike_but_other(items)
    yield "same fact in other words", "distinct", tally(Distinct(), [*asked, *again], around, is_planted)
    for name, alike in (("contradiction, a wording that is read", True), ("contradiction, any wording", False)):
        with_other, marked = contradicted(corpus, kinds, read_alike=alike, chance=chance)
        whole = [item for item in Rules()(with_other).items if item.source.document != "another.md"]
        yield (
            name,
            "unique",
            tally(
                Unique(),
                whole,
                Surroundings(corpus=with_other),
                lambda item, marked=marked: (item.question.extra["subject"], item.question.extra["relation"]) in marked,
            ),
        )
    with_kinds, names = ambiguous(corpus, kinds, chance)
    yield (
        "one name, two things",
        "unique",
        tally(
            Unique(),
            Rules()(with_kinds).items,
            Surroundings(corpus=with_kinds),
            lambda item: folded(item.question.extra["subject"]) in names,
        ),
    )
    undated = stale(STALE, 0)
    ids = {item.question.id for item in undated}
    yield (
        "answer that changes, no day",
        "dated",
        tally(Dated(), [*undated, *stale(LASTING, 50)], around, lambda item: item.question.id in ids),
    )
    later = stale(STALE_LATER, 100)
    ids_later = {item.question.id for item in later}
    yield (
        "the same, written after the filter",
        "dated",
        tally(Dated(), [*later, *stale(LASTING_LATER, 150)], around, lambda item: item.question.id in ids_later),
    )
    yield "a piece that says nothing new", "repeated", copied_pieces(corpus, kinds)
    with tempfile.TemporaryDirectory() as folder, embedded(Path(folder)) as asker:
        around = Surroundings(corpus=corpus, per_span=9, embeddings="hashed-ngrams", alike=0.5, asker=asker)
        found = tally(Distinct(), [*asked, *again], around, is_planted)
        yield "same fact in other words, by hashed n-grams", "distinct", found


@contextmanager
def embedded(folder: Path) -> Iterator[Asker]:
    """Asks the embedding server of the tests, which counts hashed n-grams: no neural model."""
    before = Path.cwd()
    with embedding_server() as server, open_store(folder / "store") as store:
        entry = f'[models.hashed-ngrams]\nwire = "embeddings"\nbase_url = "{server.url}"\n'
        (folder / "calibrant.toml").write_text(entry)
        os.chdir(folder)
        try:
            yield Asker(store)
        finally:
            os.chdir(before)


def copied_pieces(corpus: Corpus, kinds: dict[str, Entity]) -> tuple[int, int, int, int]:
    """Copies, whole or without their last sentence; and, clean, copies with another name or another number in them."""
    texts = {path: document.text for path, document in list(corpus.documents.items())[:PLANTED]}
    names = [entity.name for entity in kinds.values()]
    added, planted, clean = [], set(), set()
    for number, (path, text) in enumerate(texts.items()):
        title, _, body = text.partition("\n\n")
        shorter = ". ".join(body.split(". ")[:-1]) + "." if body.count(". ") > 1 else body
        told = body if number % 2 else shorter
        copy = f"copy-{number}.md"
        added.append(read_markdown(f"# {title}\n\n{told}\n".encode(), copy))
        planted.add(copy)
        other = re.sub(r"\d+", lambda found: str(int(found[0]) + 1), body)
        if other == body:
            name = kinds[path].name
            other = body.replace(name, names[number - 1]) if name in body else f"{body} Nobody saw it but Ida Falk."
        changed = f"changed-{number}.md"
        added.append(read_markdown(f"# {title}\n\n{other}\n".encode(), changed))
        clean.add(changed)
    whole = Corpus.of([*corpus.documents.values(), *added], corpus.size)
    caught = {chunk.document for chunk in whole.chunks if chunk.name in whole.copied_chunks}
    return len(planted), len(caught & planted), len(clean), len(caught & clean)


def verifiers() -> Iterator[tuple[str, str, str, tuple[int, int, int, int]]]:
    """Wrong golds, planted, before verifiers that read the passage."""
    corpus, _, _ = entry_corpus(800)
    items = list(Rules()(corpus).items)
    random.Random("verifiers").shuffle(items)
    items = items[:150]
    wrong = [
        renamed(item, place, golds=items[place - 11].question.golds)
        for place, item in enumerate(items)
        if items[place - 11].question.golds != item.question.golds
    ]
    for model in ("reference-large@high", "reference-medium@high"):
        with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "store") as store:
            around = Surroundings(corpus=corpus, verifier=model, asker=Asker(store))
            is_wrong = lambda item: item.question.id.startswith("planted")  # noqa: E731
            yield "wrong answers", "verified", model, tally(Verified(), [*items, *wrong], around, is_wrong)
            few = [*items[:50], *wrong[:50]]
            yield "wrong answers, 3 samples", "agreed", model, tally(Agreed(), few, around, is_wrong)
            bare = [
                renamed(
                    item, place, text=item.question.text.replace(item.question.extra["subject"], "the one from here")
                )
                for place, item in enumerate(items)
            ]
            yield (
                "leans on its document, unnamed",
                "stands-alone",
                model,
                tally(StandsAlone(), [*items, *bare], around, is_wrong),
            )


# --- the almanac ------------------------------------------------------------------------------------------------------


def attributes_of(items: Sequence[Item], entities: dict[str, Entity]) -> dict[tuple[str, str], str]:
    """(kind, relation) -> the attribute that most of its answers are values of."""
    votes: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for item in items:
        entity = entity_in(item.question.text, entities)
        for fact in entity.facts.values() if entity else ():
            if value(fact.value) == value(item.question.golds[0]):
                votes[entity.kind.name, item.question.extra["relation"]][fact.attribute.name] += 1
    return {key: found.most_common(1)[0][0] for key, found in votes.items()}


def entity_in(text: str, entities: dict[str, Entity]) -> Entity | None:
    """The entity that a text names first."""
    padded = f" {fold_text(text)} "
    found = [name for name in entities if f" {name} " in padded]
    return entities[min(found, key=lambda name: (padded.index(f" {name} "), -len(name)))] if found else None


def on_almanac(write: Callable[[Path], Path]) -> dict[str, object]:
    world = make_world()
    entities = {fold_text(entity.name): entity for entity in world.entities}
    with tempfile.TemporaryDirectory() as folder:
        corpus, _ = read_corpus([str(write(Path(folder)))])
    # An item counts as unique and answerable where the printed almanac gives its subject this one value.
    options = DocumentOptions(unanswerable=0.15, as_of=date(2026, 1, 31), conditions=(Condition.NONE,))
    built = build_from_corpus(corpus, options)
    asked = [item for item in built.items if item.question.stratum is Stratum.ANSWERABLE]
    none = [item for item in built.items if item.question.stratum is Stratum.UNANSWERABLE]
    means = attributes_of(asked, entities)
    right = 0
    for item in asked:
        entity = entity_in(item.question.text, entities)
        fact = entity and entity.facts.get(means.get((entity.kind.name, item.question.extra["relation"]), ""))
        right += bool(fact and fact.in_almanac and value(fact.value) == value(item.question.golds[0]))
    truly = [item for item in none if is_unanswerable(item, entities, world)]
    return {
        "made": len(asked),
        "right": right,
        "facts": sum(fact.in_almanac for _, fact in world.facts()),
        "none": len(none),
        "truly": len(truly),
        "failed": [item.question.text for item in none if item not in truly],
        "ways": built.facts["unanswerable"],
    }


def is_unanswerable(item: Item, entities: dict[str, Entity], world: World) -> bool:
    """By the world's truth, not by the builder's own checks."""
    entity = entity_in(item.question.text, entities)
    way = item.made.removeprefix("unanswerable: ")
    if way == "invented entity":
        return entity is None
    if entity is None:
        return False
    text = f" {fold_text(item.question.text)} "
    if way == "false premise":  # what it takes for granted is no value of the entity, printed or not
        assumed = [
            fact.value
            for _, fact in world.facts()
            if f" {value(fact.value)} " in text and value(fact.value) not in fold_text(entity.name)
        ]
        return bool(assumed) and not any(
            value(one) in {value(f.value) for f in entity.facts.values()} for one in assumed
        )
    asked = [
        attribute
        for attribute in entity.kind.attributes
        if fold_text(item.question.text) in {fold_text(sentence(q.format(e=entity.name))) for q in attribute.questions}
    ]
    if asked:
        return not any(
            attribute.name in entity.facts and entity.facts[attribute.name].in_almanac for attribute in asked
        )
    # A question of the builder's own wording: its nouns tell the attribute, or it belongs to another kind of thing.
    words = set(text.split())
    named = [one for one in entity.kind.attributes if words & WORDS.get((entity.kind.name, one.name), set())]
    return not any(one.name in entity.facts and entity.facts[one.name].in_almanac for one in named)


WORDS = {
    ("person", "birthplace"): {"birthplace", "where"}, ("person", "profession"): {"profession", "work"},
    ("person", "teacher"): {"teacher", "taught"}, ("person", "instrument"): {"instrument"},
    ("person", "birth year"): {"year"}, ("town", "founding year"): {"year"}, ("town", "river"): {"lie", "stand", "river"},
    ("town", "mayor"): {"mayor", "led"}, ("river", "source"): {"source", "rise"}, ("river", "length"): {"length", "long"},
    ("river", "mouth"): {"mouth", "flow"}, ("company", "founder"): {"founder", "started"},
    ("company", "seat"): {"seat", "office"}, ("company", "product"): {"product"}, ("company", "opening year"): {"year"},
    ("law", "year"): {"year"}, ("law", "proposer"): {"author", "proposed"}, ("law", "subject"): {"subject", "about"},
    ("law", "penalty"): {"penalty"}, ("book", "author"): {"writer", "written", "wrote"}, ("book", "year"): {"year"},
    ("book", "setting"): {"set", "place", "story"},
}  # fmt: skip


# --- judged items, speed ----------------------------------------------------------------------------------------------


def judged(folder: str | None) -> Iterator[str]:
    rows = [json.loads(line) for line in AUDIT.read_text(encoding="utf-8").splitlines()]
    right = sum(row["verdict"] == "right" for row in rows)
    low, high = interval(right, len(rows))
    yield f"{right} of {len(rows)} right: {right / len(rows):.1%} (Wilson 95 %: {low:.1%} to {high:.1%})."
    by_way: dict[str, list[bool]] = defaultdict(list)
    for row in rows:
        by_way[row["made"]].append(row["verdict"] == "right")
    yield ""
    yield "| made by | judged | right |"
    yield "|---|--:|--:|"
    for way, verdicts in sorted(by_way.items(), key=lambda pair: -len(pair[1])):
        yield f"| {way} | {len(verdicts)} | {sum(verdicts)} |"
    yield ""
    for row in rows:
        if row["verdict"] != "right":
            yield f"- wrong: *{row['question']}* ({row['gold']}): {row['note']}"
    if folder is not None:
        corpus, _ = read_corpus([f"{folder}/**/*.html"])
        made = build_from_corpus(corpus, DocumentOptions(domain="Python")).items
        there = {(item.question.text, item.question.golds[0]) for item in made}
        still = [row for row in rows if (row["question"], row["gold"]) in there]
        wrong = sum(row["verdict"] != "right" for row in still)
        yield f"\nThe code as it is makes {len(made):,} questions of these pages; of the judged ones {len(still)}, {wrong} of them wrong."


def held_out() -> Iterator[str]:
    rows = [json.loads(line) for line in HELD_OUT.read_text(encoding="utf-8").splitlines()]
    yield "| round | prose | made by | judged | right | Wilson 95 % |"
    yield "|--:|---|---|--:|--:|---|"
    for number in sorted({row["round"] for row in rows}):
        of_round = [row for row in rows if row["round"] == number]
        places = ", ".join(sorted({row["corpus"] for row in of_round}))
        free = [
            row for row in of_round if not row["made"].startswith("rules: term") or "parameter added" in row["made"]
        ]
        for name, some in (("all", of_round), ("the new structures and free prose", free)):
            yield judged_row(number, places, name, some)
    for made in sorted({row["made"] for row in rows}):
        for number in (1, 2, 3):
            some = [row for row in rows if row["made"] == made and row["round"] == number]
            if some:
                yield judged_row(number, ", ".join(sorted({row["corpus"] for row in some})), made, some)
    yield ""
    for row in rows:
        if row["verdict"] != "right":
            yield f"- round {row['round']}, wrong: *{row['question']}* ({row['gold']}): {row['note']}"


def judged_row(number: int, places: str, name: str, rows: Sequence[dict[str, str]]) -> str:
    right = sum(row["verdict"] == "right" for row in rows)
    low, high = interval(right, len(rows))
    return (
        f"| {number} | {places} | {name} | {len(rows)} | {right} ({right / len(rows):.1%}) | {low:.1%} to {high:.1%} |"
    )


def interval(successes: int, count: int) -> tuple[float, float]:
    found = wilson(successes, count)
    return found.low, found.high


def speed() -> str:
    """2,000 pages of PDF, read, cut, read for facts, near-duplicates taken out."""
    with tempfile.TemporaryDirectory() as folder:
        pages = write_pages(Path(folder))
        began = time.process_time()
        corpus, _ = read_corpus([folder])
        read = time.process_time()
        chunks = len(corpus.chunks)
        items = Rules()(corpus).items
        made = time.process_time()
        fresh = Repeated()(items, Surroundings(corpus=corpus)).kept
        repeated = time.process_time()
        kept = Distinct()(fresh, Surroundings(corpus=corpus)).kept
        end = time.process_time()
    return (
        f"{pages:,} pages of PDF in {len(corpus.documents)} files: {chunks:,} chunks, {len(items):,} questions, {len(fresh):,} "
        f"after repeated pieces and {len(kept):,} after near-duplicates went. Reading {read - began:.1f} s, chunks and "
        f"questions {made - read:.1f} s, repeated pieces {repeated - made:.1f} s, near-duplicates {end - repeated:.1f} s; "
        f"together {end - began:.1f} s of CPU."
    )


def write_pages(folder: Path, wanted: int = 2000) -> int:
    import pypdfium2

    pages = seed = 0
    while pages < wanted:
        seed += 1
        rows = almanac(make_world(1000 + seed))
        parts = [("Heading1", f"The almanac of world {seed}")]
        for row in (
            rows * 2
        ):  # every entry twice, to fill pages: its questions have one id and are merged before any filter
            parts += [("Heading2", title_of(row)), ("BodyText", row["text"])]
        content = pdf_of(parts, f"World {seed}")
        (folder / f"world-{seed}.pdf").write_bytes(content)
        pages += len(pypdfium2.PdfDocument(content))
    return pages


NOTE_FAULTS = """
How far to trust this: faults and filters were written by the same hand, and three filters were changed after a first run
of this table, so their figures are not held out. That first run gave: self-contained 100 of 120 caught; dated 11 of 12;
distinct 78 of 120 at likeness .55 with no clean item dropped. At .3 it catches all, and drops a second question about one
thing with the same answer (*who founded X*, *who owns X*): the 40 clean items are made so. The 12 and 8 sentences for
`dated` are too few for a rate. Twelve more and eight lasting ones were written after it: it caught 5 of the 12 at first
sight, and was mended after (who *does* something now, amounts of members and prices), so that their row is not held out.
Hashed n-grams, an embedding of spelling without any neural model, are worse than TF-IDF at other words for one thing; they
are here to measure the path and not to be used. `stands-alone` was asked about questions whose subject is put as *the one
from here*, which the rules for `self-contained` cannot see; those that it misses still lead to their own piece, by their
other words. A planted item counts as caught where it did not stay: dropped, or left without a verdict. Verifiers were
asked about pieces of at most 800 characters: the reference models read no more."""
NOTE_ALMANAC = """
The patterns were written with the almanac's wordings in view; a register of other wordings gives fewer questions. A first
run called 187 of 205 unanswerables truly so: the builder took *Jena* and *the town of Jena* for two things (mended), and
the check itself took the person named in a premise for the one asked about (mended too)."""
NOTE_JUDGED = """One labeller, with no second opinion: the language model that wrote the rules. It read each item with its
quote and, for version notes, the 110 characters before, and judged whether the question reads the page rightly, stands
alone and has one answer; not whether the page is right. It had seen questions of these same pages while the rules were
written, so this is not held out. Nearly all 200 come from signatures, version notes and *raises if* sentences of a
reference manual; not one comes from the patterns for free prose, whose precision this does not tell. The faults found
were looked into afterwards.
"""


NOTE_HELD_OUT = """Three rounds, each after the rules were frozen; between them the faults found were mended, so a round tells of the rules as
they were then. The structures of lists, tables, definitions and abbreviations were written on the documentation of
Calibrant, Git and PostgreSQL. Round 1: 200 items of Python's documentation, as many of each structure as there were, up to
about 18, and 60 of the older ones at random. Round 2: 70 items of SQLite's documentation and the next 50 definitions and
described entries of Python's. Round 3: 100 items of the Apache HTTP server's documentation. **One labeller, with no second
opinion: the language model that wrote the rules**, who had not seen these items or questions like them before the freeze, and
judged from the question and the quote whether it reads the page rightly, stands alone and has one answer. After round 2
definitions that begin with *The* went (6 of 15 were wrong), and a table's question names its first column. After round 3
pages in another language went (7 of the 10 faults). Sources: Debian's python3.11-doc, sqlite3-doc, apache2-doc (licences: PSF,
public domain, Apache 2.0).
"""


def share(part: int, whole: int) -> str:
    return "-" if not whole else f"{part / whole:.1%}"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--python-docs", help="html folder of Debian's python3.11-doc")
    given = arguments.parse_args()
    print("# The document path, measured\n\nBy `python benchmarks/builder_documents.py`. Everything is seeded.\n")
    print("## Planted faults\n\nPrecision counts clean items that were dropped as false alarms.\n")
    print(
        "| fault | filter | planted | caught | clean | dropped wrongly | recall | precision |\n|---|---|--:|--:|--:|--:|--:|--:|"
    )
    by_models = ((f"{fault}, {model}", name, found) for fault, name, model, found in verifiers())
    rows = [*planted_faults(), *by_models]
    for fault, name, (planted, caught, clean, wrong) in rows:
        print(
            f"| {fault} | {name} | {planted} | {caught} | {clean} | {wrong} | {share(caught, planted)} | {share(caught, caught + wrong)} |"
        )
    print(NOTE_FAULTS)
    print("\n## The almanac by rules, truth known\n")
    print(
        "| as | questions | correct, unique, answerable | unanswerable | truly so | by way |\n|---|--:|--:|--:|--:|---|"
    )
    for name, write in (("markdown", write_markdown), ("pdf", write_pdf)):
        found = on_almanac(write)
        ways = ", ".join(f"{count} {way}" for way, count in found["ways"].items())
        print(
            f"| {name} | {found['made']} of {found['facts']} facts | {found['right']} ({share(found['right'], found['made'])}) "
            f"| {found['none']} | {found['truly']} ({share(found['truly'], found['none'])}) | {ways} |"
        )
        for text in found["failed"][:5]:
            print(f"<!-- not truly unanswerable: {text} -->")
    print(NOTE_ALMANAC)
    print("\n## Python's documentation by rules, judged one by one\n")
    print(NOTE_JUDGED)
    for line in judged(given.python_docs):
        print(line)
    print("\n## Prose that the rules had not seen\n")
    print(NOTE_HELD_OUT)
    for line in held_out():
        print(line)
    print(f"\n## Speed\n\n{speed()}")


if __name__ == "__main__":
    main()
