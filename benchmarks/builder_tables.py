"""Question sets from tables, measured where the truth is known.

    python benchmarks/builder_tables.py            # writes benchmarks/results/builder_tables.md
    python benchmarks/builder_tables.py --large    # and a csv of 1 GB
    python benchmarks/builder_tables.py --ask      # and runs of built sets, questions and tasks, on reference models

1. The reference world as tables: is every answer right, is there only one, does every unanswerable question have none?
2. Faults planted in those tables: how many facts each exclusion rule catches (recall), and how many of what it leaves
   out had to go (precision). A fact counts as caught where its question is not asked under the row's bare name.
3. Time and memory.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from machine import machine

from calibrant.builder import Built, Item
from calibrant.builder.tables import TableSettings, Templates, build_from_tables, open_table, plan_tables
from calibrant.builder.tables.cells import fold_key, fold_name
from calibrant.builder.writing import write_set
from calibrant.lab.wording import KINDS
from calibrant.lab.world import World, make_world
from calibrant.types import Stratum

RESULTS = Path(__file__).parent / "results" / "builder_tables.md"
Row = dict[str, str]


def tables_of(world: World) -> dict[str, list[Row]]:
    """The world's kinds as tables: a row for each entity, an empty cell where an attribute is never stated."""
    return {
        kind.topic: [
            {"name": entity.name}
            | {
                attribute.name: entity.facts[attribute.name].value if attribute.name in entity.facts else ""
                for attribute in kind.attributes
            }
            for entity in world.of_kind(kind.name)
        ]
        for kind in KINDS
    }


def write_table(rows: list[Row], path: Path) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(name for row in rows for name in row)))
        writer.writeheader()
        writer.writerows(rows)
    return path


def build(paths: list[Path], **settings: Any) -> Built:
    chosen = TableSettings(topic="", **settings)
    return build_from_tables(plan_tables([open_table(str(path)) for path in paths], chosen), chosen)


def world_templates() -> Templates:
    """The world's own first question for each attribute: how its models were taught to be asked."""
    texts = {}
    for kind in KINDS:
        for attribute in kind.attributes:
            texts[attribute.name.replace(" ", "_"), "en"] = attribute.questions[0].replace("{e}", "{key}")
    return Templates(asked=texts)


# ---- 1. the truth of the world


def truth(seed: int, folder: Path) -> dict[str, Any]:
    world = make_world(seed)
    tables = tables_of(world)
    paths = [write_table(rows, folder / f"{name}.csv") for name, rows in tables.items()]
    result = build(paths, count=1500, unanswerable=0.15, seed=seed)
    stated = {(name, fold_key(row["name"])): row for name, rows in tables.items() for row in rows}
    names = Counter((name, fold_key(row["name"])) for name, rows in tables.items() for row in rows)
    tally: Counter[str] = Counter()
    for item in result.items:
        if item.question.stratum is Stratum.ANSWERABLE:
            attribute = item.made.removeprefix("table: ").partition(", given")[0]
            row = stated[item.source.document, fold_key(item.source.row)]  # type: ignore[union-attr, arg-type]
            tally["answerable"] += 1
            tally["correct"] += row[attribute] in item.question.golds and bool(row[attribute])
            tally["unique"] += names[item.source.document, fold_key(item.source.row)] == 1  # type: ignore[union-attr]
            tally["answer hidden"] += fold_key(row[attribute]) not in fold_key(item.question.text)
        else:
            tally["unanswerable"] += 1
            tally["truly so"] += truly_void(item, world, stated)
    return {**tally, "kinds": result.facts["unanswerable_kinds"], "shortage": result.facts["shortage"]}


def truly_void(item: Item, world: World, stated: dict[tuple[str, str], Row]) -> bool:
    table, _, name = str(item.question.cluster).partition(": ")
    if item.made == "unanswerable: invented entity":
        return all(fold_key(entity.name) != fold_key(name) for entity in world.entities)
    row = stated[table, fold_key(name)]
    if item.made == "unanswerable: never stated, no such column":
        return str(item.question.subtopic) not in row
    if item.made == "unanswerable: never stated":
        return not row[str(item.question.subtopic)]
    told = item.question.text.partition(f"{row['name']} (")[2]
    premise = next(attribute for attribute in row if told.startswith(f"{attribute}: "))
    value = told.removeprefix(f"{premise}: ").partition(")")[0]
    return bool(row[premise]) and value != row[premise]


# ---- 2. planted faults


@dataclass
class Planted:
    """A table with faults, and the facts that must not be asked of it."""

    rows: list[Row]
    bad: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    """Fault -> (folded name, attribute) of the facts that must not be asked."""


def plant(rows: list[Row], random_: random.Random, share: float = 0.06) -> Planted:
    """Faults in copies of a table, each in rows of its own."""
    planted = Planted([dict(row) for row in rows])
    attributes = [name for name in rows[0] if name != "name"]
    chosen = random_.sample(range(len(rows)), int(len(rows) * share) * 6)
    quarter = len(chosen) // 6
    for number in chosen[:quarter]:  # another thing of the same name
        other = dict(rows[random_.randrange(len(rows))], name=rows[number]["name"])
        add(planted, "duplicate names", number, other, attributes)
    for number in chosen[quarter : 2 * quarter]:  # the same thing again, one value changed
        add(planted, "contradictory rows", number, changed(planted.rows[number], rows, attributes, random_), attributes)
    for number in chosen[2 * quarter : 3 * quarter]:
        other = changed(planted.rows[number], rows, attributes, random_)
        other["name"] = random_.choice((str.upper, str.lower, lambda text: f" {text.replace(' ', '  ')} "))(
            other["name"]
        )
        add(planted, "case variants", number, other, attributes)
    years = [name for name in attributes if "year" in name]
    for number in chosen[4 * quarter : 6 * quarter]:
        other = changed(planted.rows[number], rows, attributes, random_)
        first, *rest = other["name"].split()
        typo = number % 2 or not rest
        other["name"] = other["name"][:-2] + other["name"][:-3:-1] if typo else f"{' '.join(rest)}, {first}"
        add(planted, "a typing error" if typo else "words in another order", number, other, attributes)
    for number in chosen[3 * quarter : 4 * quarter]:
        for name in years:
            if planted.rows[number][name]:
                planted.rows[number][name] = random_.choice(("in spring", "about 1500 or so", "long ago"))
                planted.bad["mixed types"].add((fold_name(rows[number]["name"]), name))
    for number, row in enumerate(planted.rows):
        row["current price"] = str(random_.randrange(10, 900))
        if number < len(rows):
            planted.bad["stale facts"].add((fold_name(row["name"]), "current price"))
    random_.shuffle(planted.rows)
    return planted


def changed(row: Row, rows: list[Row], attributes: list[str], random_: random.Random) -> Row:
    name = random_.choice([name for name in attributes if row[name]])
    values = sorted({other[name] for other in rows if other[name] and other[name] != row[name]})
    return dict(row, **{name: random_.choice(values)})


def add(planted: Planted, fault: str, number: int, other: Row, attributes: list[str]) -> None:
    own = planted.rows[number]
    planted.rows.append(other)
    differing = {(fold_name(own["name"]), name) for name in attributes if fold_key(own[name]) != fold_key(other[name])}
    planted.bad[fault] |= {one for one in differing if own[one[1]] or other[one[1]]}


RULES = {
    "duplicate names": "several rows of one name",
    "contradictory rows": "several rows of one name",
    "case variants": "names that differ in case, accents, blanks or order",
    "mixed types": "another kind",
    "stale facts": "changes with time (column not used)",
    "a typing error": "none: nothing compares spellings",
    "words in another order": "names that differ in case, accents, blanks or order",
}


def faults(seed: int, folder: Path) -> dict[str, dict[str, float]]:
    """Rule by rule, over the tables with at least 90 rows."""
    random_ = random.Random(f"faults {seed}")
    planted = {name: plant(rows, random_) for name, rows in tables_of(make_world(seed)).items() if len(rows) >= 90}
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    for name, one in planted.items():
        path = write_table(one.rows, folder / f"{name}.csv")
        result = build([path], count=100_000, per_row=50, seed=seed)
        asked = {
            (fold_name(item.source.row), item.made.removeprefix("table: "))  # type: ignore[union-attr]
            for item in result.items
        }
        bad = set().union(*one.bad.values())
        for fault, facts in one.bad.items():
            totals[fault]["planted"] += len(facts)
            totals[fault]["caught"] += len(facts - asked)
        for left in result.dropped:
            fact = (fold_name(left.item.source.row), left.item.made.removeprefix("table: "))  # type: ignore[union-attr]
            totals[left.filter]["left out"] += 1
            totals[left.filter]["rightly"] += fact in bad
        if "current price" in {skipped.rpartition(".")[2] for skipped in result.skipped}:
            totals[RULES["stale facts"]]["left out"] += len(one.bad["stale facts"])
            totals[RULES["stale facts"]]["rightly"] += len(one.bad["stale facts"])
        totals["asked"]["asked"] += len(asked)
        totals["asked"]["bad"] += len(asked & bad)
    return {fault: dict(counts) for fault, counts in totals.items()}


# ---- 3. time and memory


def large_rows(count: int, note: str) -> Iterator[list[Any]]:
    random_ = random.Random(1)
    yield ["name", "category", "maker", "founded_year", "length_km", "mass_kg", "opened", "town", "note", "price"]
    for number in range(count):
        day = f"{random_.randrange(1900, 2020)}-{random_.randrange(1, 13):02d}-{random_.randrange(1, 29):02d}"
        yield [
            f"{random_.choice('ABCDEFGH')}{number:07d} {random_.choice(('North', 'South', 'Hill'))}",
            random_.choice(("red", "green", "blue", "grey")),
            f"Maker {random_.randrange(5000)}",
            random_.randrange(1200, 2000),
            round(random_.uniform(1, 99), 1),
            random_.randrange(1, 10**6),
            day,
            f"Town {random_.randrange(900)}" if random_.random() < 0.9 else "",
            note,
            random_.randrange(100),
        ]


def timed(path: Path) -> dict[str, Any]:
    """A build in a process of its own: seconds and the largest resident memory."""
    command = [sys.executable, __file__, "--one", str(path)]
    return json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


def one_build(path: Path) -> None:
    began = time.perf_counter()
    settings = TableSettings(count=5000, unanswerable=0.15)
    result = build_from_tables(plan_tables([open_table(str(path))], settings), settings)
    write_set(result, path.with_suffix(".parquet"))
    cpu = time.process_time()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows = result.facts["tables"][0]["rows"]
    print(
        json.dumps(
            {"s": time.perf_counter() - began, "cpu_s": cpu, "mb": memory, "rows": rows, "questions": len(result.items)}
        )
    )


def times(folder: Path, *, large: bool) -> list[dict[str, Any]]:
    sizes = [("100,000 rows", 100_000, "a note of some words " * 4)]
    if large:
        sizes.append(("1 GB", 1_000_000, "a note of some words " * 44))
    found = []
    for name, count, note in sizes:
        path = folder / "large.csv"
        with path.open("w", newline="") as file:
            csv.writer(file).writerows(large_rows(count, note))
        found.append({"table": name, "file_mb": path.stat().st_size / 1e6, **timed(path)})
        path.unlink()
    return found


# ---- a run


SHOWN = ("stratum", "n", "correct", "incorrect", "abstained", "ungraded", "accuracy", "correct_refusal")


def ask(folder: Path) -> list[dict[str, Any]]:
    """A built set, worded as the world words it, asked of a model that comes with Calibrant."""
    tables = tables_of(make_world())
    paths = [write_table(rows, folder / f"{name}.csv") for name, rows in tables.items()]
    result = build(paths, count=600, unanswerable=0.15, templates=world_templates())
    write_set(result, folder / "almanac.parquet")
    calibrant = Path(sys.executable).parent / "calibrant"
    rows = []
    for grader in ("auto", "equal"):
        done = subprocess.run(
            [calibrant, "run", "almanac.parquet", "--model", "reference-large@low", "--grader", grader, "--json"],
            cwd=folder,
            capture_output=True,
            check=True,
            text=True,
        )
        rows += [(grader, row) for row in json.loads(done.stdout)["models"]]
    return [{"grader": name, **{entry: row.get(entry) for entry in SHOWN}} for name, row in rows]


TOOLS = {
    "refund": {"order": "string", "amount": "number"},
    "find": {"customer": "string"},
}
SHOWN_OF_TASKS = ("model", "stratum", "n", "correct", "incorrect", "abstained", "ungraded", "hallucinated_action")


def tasks(folder: Path) -> list[dict[str, Any]]:
    """Eighty tasks, half of which lack an argument, short enough for the 256 tokens of a reference model."""
    random_ = random.Random(3)
    rows = [
        {"customer": f"Kim {chr(65 + n % 26)}{chr(97 + n // 26)}", "order": f"A-{n}", "amount": f"{n}.50", "town": town}
        for n, town in enumerate(random_.choices(("Ulm", "Bern", "Graz"), k=200), start=100)
    ]
    write_table(rows, folder / "orders.csv")
    tools = [
        {
            "name": name,
            "parameters": {
                "type": "object",
                "properties": {one: {"type": kind} for one, kind in arguments.items()},
                "required": list(arguments),
            },
        }
        for name, arguments in TOOLS.items()
    ]
    (folder / "tools.json").write_text(json.dumps(tools), encoding="utf-8")
    calibrant = Path(sys.executable).parent / "calibrant"
    build = "questions build --table orders.csv --tools tools.json --signatures -n 100 --actions 80 --out tasks.jsonl"
    models = "--model reference-medium@high --model reference-large@high --model reference-candid@high"
    subprocess.run([calibrant, *build.split()], cwd=folder, capture_output=True, check=True)
    done = subprocess.run(
        [calibrant, "run", "tasks.jsonl", *models.split(), "--json"],
        cwd=folder,
        capture_output=True,
        check=True,
        text=True,
    )
    found = [
        row for row in json.loads(done.stdout)["breakdowns"] if row["by"] == "domain" and row["value"] == "actions"
    ]
    return [{name: row.get(name) for name in SHOWN_OF_TASKS} for row in found]


def share(part: float, whole: float) -> str:
    return f"{part:,.0f} of {whole:,.0f} ({part / whole:.2%})" if whole else "none"


def report(seeds: list[int], *, large: bool, asking: bool) -> str:
    flags = (" --ask" if asking else "") + (" --large" if large else "")
    lines = ["# Question sets from tables", "", f"`python benchmarks/builder_tables.py{flags}` on {machine()}.", ""]
    lines += [
        "## The reference world as six tables, 1,500 questions a seed, 15 % without an answer",
        "",
        "| seed | correct | one row of the name | answer not in question | unanswerable, truly so | kinds |",
        "|--:|--:|--:|--:|--:|---|",
    ]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for seed in seeds:
            one = truth(seed, folder)
            kinds = ", ".join(f"{count} {kind}" for kind, count in one["kinds"].items())
            cells = (share(one[part], one["answerable"]) for part in ("correct", "unique", "answer hidden"))
            lines.append(f"| {seed} | {' | '.join(cells)} | {share(one['truly so'], one['unanswerable'])} | {kinds} |")
        totals: dict[str, Counter[str]] = defaultdict(Counter)
        for seed in seeds:
            for rule, counts in faults(seed, folder).items():
                totals[rule].update(counts)
        lines += ["", f"## Planted faults, {len(seeds)} seeds", "", "Recall by fault: facts that are not asked.", ""]
        lines += ["| fault | rule that should catch it | caught |", "|---|---|--:|"]
        lines += [
            f"| {fault} | {rule} | {share(totals[fault]['caught'], totals[fault]['planted'])} |"
            for fault, rule in RULES.items()
        ]
        lines += [
            "",
            "Precision by rule: facts left out that had to go.",
            "",
            "| rule | rightly left out |",
            "|---|--:|",
        ]
        lines += [
            f"| {rule} | {share(counts['rightly'], counts['left out'])} |"
            for rule, counts in totals.items()
            if counts["left out"] and rule != "answer in the question"
        ]
        asked = totals["asked"]
        lines += ["", f"Of the questions asked, a planted fault: {share(asked['bad'], asked['asked'])}.", ""]
        lines += [
            "## Time and memory, 5,000 questions",
            "",
            "| table | file | rows | time | of it CPU | memory |",
            "|---|--:|--:|--:|--:|--:|",
        ]
        lines += [
            f"| {one['table']} | {one['file_mb']:,.0f} MB | {one['rows']:,} | {one['s']:.1f} s | {one['cpu_s']:.1f} s | {one['mb']:,.0f} MB |"
            for one in times(folder, large=large)
        ]
        if asking:
            lines += ["", "## 80 tasks for agents, half of which lack an argument, of reference models", ""]
            lines += ["*answerable*: the tasks that lack nothing. No reference model has ever met a tool call.", ""]
            lines += [f"| {' | '.join(SHOWN_OF_TASKS)} |", "|---|---" + "|--:" * (len(SHOWN_OF_TASKS) - 2) + "|"]
            lines += [
                "| " + " | ".join("-" if value is None else f"{value}" for value in row.values()) + " |"
                for row in tasks(folder)
            ]
            lines += ["", "## The almanac, 600 questions, asked of reference-large@low", ""]
            lines += [f"| grader | {' | '.join(SHOWN)} |", "|---|---" + "|--:" * (len(SHOWN) - 1) + "|"]
            lines += [
                "| "
                + " | ".join(f"{value:.3g}" if isinstance(value, float) else str(value) for value in row.values())
                + " |"
                for row in ask(folder)
            ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, nargs="+", default=[7, 11, 13])
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--ask", action="store_true")
    parser.add_argument("--one", type=Path)
    given = parser.parse_args()
    if given.one is not None:
        one_build(given.one)
        return
    text = report(given.seeds, large=given.large, asking=given.ask)
    RESULTS.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
