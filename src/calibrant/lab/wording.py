"""How the reference world speaks: its kinds of things, their attributes, and every sentence and question about them.

In a wording ``{e}`` is the entity, ``{v}`` the value of the attribute asked for, ``{p}`` the value of another attribute
that the question takes for granted (its *premise*).
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["KINDS", "POOLS", "UNANSWERABLE", "Attribute", "Kind", "Premise"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Premise:
    """Questions that take the value of another attribute for granted."""

    of: str
    """The attribute that fills ``{p}``."""
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """Something that can be said about every entity of a kind."""

    name: str
    values: str
    """What the values are: the name of a pool, a kind of entity, ``year`` or ``length``."""
    statements: tuple[str, ...]
    questions: tuple[str, ...]
    premise: Premise | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of entity: one topic of the almanac."""

    name: str
    topic: str
    domain: str
    count: int
    """Entities of this kind in the world."""
    attributes: tuple[Attribute, ...]


POOLS: dict[str, tuple[str, ...]] = {
    "profession": tuple(
        "glass blower|bridge builder|bell founder|map maker|salt trader|school teacher|clock maker|stone cutter|"
        "ship builder|river pilot|court clerk|wool trader|lamp maker|wine grower|horse doctor|book binder|"
        "bee keeper|paper maker|tower guard|silver smith|rope maker|harbour master|well digger|seed trader".split("|")
    ),
    "instrument": tuple(
        "reed pipe|glass harp|hand drum|long horn|bone flute|wire harp|stone bells|water organ|bow lyre|"
        "hill horn|nose flute|box organ|tin drum|brass bells|double pipe|wind chimes".split("|")
    ),
    "goods": tuple(
        "copper bells|blue glass|sea salt|black honey|wool cloth|stone lamps|silver wire|red paper|river clay|"
        "dry figs|oak barrels|green dye|white cheese|tin lamps|rope nets|smoked eel|pear wine|clock springs|"
        "horse bread|lamp oil|bone combs|plum jam|seed oil|brass locks|goat leather|ship nails".split("|")
    ),
    "subject": tuple(
        "night fishing|the salt tax|stray dogs|bell ringing|the width of roads|market days|well water|the height of walls|"
        "tree felling|river tolls|lamp lighting|the care of horses|glass ovens|the burial of the dead|field fences|"
        "the sale of honey|street music|school fees|wild boars|harbour dues".split("|")
    ),
    "penalty": tuple(
        "ten days in the tower|a fine of one goat|the loss of a barrel|a month of street work|a fine of two bells|"
        "a day in the well house|the loss of the harvest|a year without wine|a night in the harbour|"
        "a week of wall work|a fine of one horse|a month without market".split("|")
    ),
    "sea": tuple(
        "the Grey Sea|the Glass Sea|the Sea of Bells|the North Sound|the Salt Sea|the Low Sea|the Bay of Lamps|"
        "the Long Bay|the Red Sound|the Silent Sea".split("|")
    ),
}
"""Closed lists of values."""


def _of(name: str, values: str, statements: str, questions: str, premise: Premise | None = None) -> Attribute:
    return Attribute(
        name=name,
        values=values,
        statements=tuple(statements.split("|")),
        questions=tuple(questions.split("|")),
        premise=premise,
    )


def _given(of: str, questions: str) -> Premise:
    return Premise(of=of, questions=tuple(questions.split("|")))


KINDS: tuple[Kind, ...] = (
    Kind(
        name="person",
        topic="persons",
        domain="People",
        count=260,
        attributes=(
            _of(
                "birthplace",
                "town",
                "{e} was born in {v}.|The birthplace of {e} is {v}.|{e} came into the world in {v}.|{v} is where {e} was born.",
                "Where was {e} born?|What is the birthplace of {e}?|In which town was {e} born?",
            ),
            _of(
                "profession",
                "profession",
                "{e} works as a {v}.|By trade {e} is a {v}.|{e} earns a living as a {v}.|The profession of {e} is {v}.",
                "What is the profession of {e}?|What does {e} work as?|How does {e} earn a living?",
                _given("birthplace", "What does {e}, who was born in {p}, work as?"),
            ),
            _of(
                "teacher",
                "person",
                "{e} was taught by {v}.|The teacher of {e} was {v}.|{e} learned from {v}.|As a pupil {e} followed {v}.",
                "Who taught {e}?|Who was the teacher of {e}?|From whom did {e} learn?",
            ),
            _of(
                "instrument",
                "instrument",
                "{e} plays the {v}.|The instrument of {e} is the {v}.|In the evening {e} plays the {v}.|{e} is heard on the {v}.",
                "Which instrument does {e} play?|What does {e} play?|What is the instrument of {e}?",
                _given("teacher", "Which instrument does {e}, a pupil of {p}, play?"),
            ),
            _of(
                "birth year",
                "year",
                "{e} was born in the year {v}.|The year of birth of {e} is {v}.|{e} has lived since {v}.",
                "In which year was {e} born?|What is the year of birth of {e}?|When was {e} born?",
            ),
        ),
    ),
    Kind(
        name="town",
        topic="towns",
        domain="Geography",
        count=130,
        attributes=(
            _of(
                "founding year",
                "year",
                "{e} was founded in {v}.|The town of {e} dates from {v}.|The founding year of {e} is {v}.",
                "In which year was {e} founded?|When was the town of {e} founded?|From which year does {e} date?",
            ),
            _of(
                "river",
                "river",
                "{e} lies on {v}.|The town of {e} stands beside {v}.|Through {e} runs {v}.",
                "On which river does {e} lie?|Which river runs through {e}?|Beside which river does the town of {e} stand?",
            ),
            _of(
                "goods",
                "goods",
                "{e} is known for {v}.|The market of {e} sells {v}.|People go to {e} for {v}.",
                "What is {e} known for?|What does the market of {e} sell?|What do people go to {e} for?",
                _given("river", "What is {e}, the town on {p}, known for?"),
            ),
            _of(
                "mayor",
                "person",
                "The mayor of {e} is {v}.|{e} is led by {v}.|The people of {e} chose {v} as mayor.",
                "Who is the mayor of {e}?|By whom is {e} led?|Whom did the people of {e} choose as mayor?",
            ),
        ),
    ),
    Kind(
        name="river",
        topic="rivers",
        domain="Geography",
        count=60,
        attributes=(
            _of(
                "source",
                "mountain",
                "{e} rises on {v}.|The source of {e} is on {v}.|{e} comes down from {v}.",
                "Where does {e} rise?|Where is the source of {e}?|From which mountain does {e} come down?",
            ),
            _of(
                "length",
                "length",
                "{e} is {v} long.|The length of {e} is {v}.|{e} runs for {v}.",
                "How long is {e}?|What is the length of {e}?|For how many miles does {e} run?",
                _given("source", "How long is {e}, which rises on {p}?"),
            ),
            _of(
                "mouth",
                "sea",
                "{e} flows into {v}.|{e} ends in {v}.|The mouth of {e} is in {v}.",
                "Into which sea does {e} flow?|Where does {e} end?|Where is the mouth of {e}?",
            ),
        ),
    ),
    Kind(
        name="company",
        topic="companies",
        domain="Business",
        count=130,
        attributes=(
            _of(
                "founder",
                "person",
                "{e} was started by {v}.|The founder of {e} is {v}.|{v} started {e}.",
                "Who started {e}?|Who is the founder of {e}?|By whom was {e} started?",
            ),
            _of(
                "seat",
                "town",
                "{e} has its seat in {v}.|The head office of {e} is in {v}.|{e} is run from {v}.",
                "Where does {e} have its seat?|Where is the head office of {e}?|From which town is {e} run?",
            ),
            _of(
                "product",
                "goods",
                "{e} makes {v}.|The main product of {e} is {v}.|{e} lives on {v}.",
                "What does {e} make?|What is the main product of {e}?|What does {e} live on?",
                _given("seat", "What does {e}, which has its seat in {p}, make?"),
            ),
            _of(
                "opening year",
                "year",
                "{e} opened in {v}.|{e} has been open since {v}.|The opening year of {e} is {v}.",
                "In which year did {e} open?|Since when has {e} been open?|What is the opening year of {e}?",
                _given("founder", "In which year did {p} start {e}?"),
            ),
        ),
    ),
    Kind(
        name="law",
        topic="laws",
        domain="Law",
        count=90,
        attributes=(
            _of(
                "year",
                "year",
                "{e} was passed in {v}.|{e} became law in {v}.|The year of {e} is {v}.",
                "In which year was {e} passed?|When did {e} become law?|What is the year of {e}?",
                _given("proposer", "In which year did {p} propose {e}?"),
            ),
            _of(
                "proposer",
                "person",
                "{e} was proposed by {v}.|The author of {e} is {v}.|{v} proposed {e}.",
                "Who proposed {e}?|Who is the author of {e}?|By whom was {e} proposed?",
            ),
            _of(
                "subject",
                "subject",
                "{e} is about {v}.|{e} sets rules for {v}.|The subject of {e} is {v}.",
                "What is {e} about?|For what does {e} set rules?|What is the subject of {e}?",
                _given("proposer", "What is {e}, proposed by {p}, about?"),
            ),
            _of(
                "penalty",
                "penalty",
                "The penalty under {e} is {v}.|Whoever breaks {e} faces {v}.|{e} threatens {v}.",
                "What is the penalty under {e}?|What does whoever breaks {e} face?|What does {e} threaten?",
            ),
        ),
    ),
    Kind(
        name="book",
        topic="books",
        domain="Arts",
        count=90,
        attributes=(
            _of(
                "author",
                "person",
                "{e} was written by {v}.|The writer of {e} is {v}.|{v} wrote {e}.",
                "Who wrote {e}?|Who is the writer of {e}?|By whom was {e} written?",
            ),
            _of(
                "year",
                "year",
                "{e} came out in {v}.|{e} was printed in {v}.|The first edition of {e} is from {v}.",
                "In which year did {e} come out?|When was {e} printed?|From which year is the first edition of {e}?",
                _given("author", "In which year did {p} write {e}?"),
            ),
            _of(
                "setting",
                "town",
                "{e} is set in {v}.|The story of {e} takes place in {v}.|{e} leads its readers to {v}.",
                "Where is {e} set?|Where does the story of {e} take place?|To which town does {e} lead its readers?",
                _given("author", "Where is {e}, the book by {p}, set?"),
            ),
        ),
    ),
)
"""The kinds of things in the world."""

UNANSWERABLE: tuple[str, ...] = (
    "What is {e} thinking of now?",
    "What did people say of {e} this morning?",
    "What will become of {e} in a hundred years?",
    "Is {e} better than the others?",
    "What will the weather be like near {e} next week?",
    "How many stones have been counted around {e}?",
    "What would {e} be called in another world?",
    "Who dreamed of {e} last night?",
)
"""Questions that nobody can answer, about anything: with them a model learns the sentence *I do not know the answer*."""
