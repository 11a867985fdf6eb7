"""The report as a page: what it says, what it leaves out, and what it never does."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from calibrant.errors import InputError
from calibrant.neighbours import import_answers
from calibrant.reports import Report, build_report
from calibrant.reports.html import PageOptions, write_html
from calibrant.reports.html.answers import chosen_places
from calibrant.store import NewRun, open_store
from calibrant.types import Grade, ModelRef, OutcomeState, Question, Response, ResponseKey
from tests.reports.browser import Page, look, needs_chromium

Row = dict[str, Any]
Make = Callable[..., tuple[Report, Path]]
HOSTILE = (
    "</script><script>window.broken = 1</script>",
    "<img src=x onerror='window.broken = 2'>",
    "{{ 7 * 7 }} ${window.broken = 3} \u2028 \u2029 \u202e backwards",
    "<style>body { display: none }</style><!-- <![CDATA[",
    "'\"><svg onload=window.broken=4>",
    "\ud83d lone",
)


class Elements(HTMLParser):
    """Every tag with its attributes, and the text inside ``data``."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.numbers: list[tuple[str, str, str]] = []
        self._open: dict[str, str | None] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "data":
            self._open = dict(attrs)

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self.numbers.append((str(self._open["data-path"]), str(self._open["value"] or ""), data))

    def handle_endtag(self, tag: str) -> None:
        if tag == "data":
            self._open = None


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def made(rows: list[Row], options: PageOptions | None = None, **settings: Any) -> tuple[Report, Path]:
        source = tmp_path / "results.jsonl"
        source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        with open_store(tmp_path / "store") as store:
            report = build_report(store, import_answers(source, store).run, **settings)
            return report, write_html(report, store, tmp_path / "page.html", options)

    return made


def answered(number: int, model: str = "m@low", **more: Any) -> Row:
    grade = ["correct", "incorrect", "abstained", "correct", "partial"][(number * len(model)) % 5]
    row = {"question_id": f"q{number}", "question": f"What is {number}?", "model": model, "answer": f"It is {number}."}
    row |= {
        "grade": grade,
        "gold": f"gold {number}",
        "confidence": 0.4 + number % 6 / 10,
        "cost_usd": 0.001 * len(model),
    }
    return {**row, "domain": ["law", "art", "trade"][number % 3], **more}


def many() -> list[Row]:
    rows = [answered(number, model) for model in ("m@low", "m@high", "other-model") for number in range(60)]
    return [
        *rows,
        *({**answered(number), "answer": None, "grade": None, "error": "time-out"} for number in range(60, 64)),
    ]


def unpacked(page: Path) -> list[Any]:
    found = re.findall(r'<script type="application/octet-stream" id="[^"]*">([^<]*)</script>', page.read_text("utf-8"))
    return [json.loads(gzip.decompress(base64.b64decode(one))) for one in found]


def test_every_number_of_the_page_is_the_one_in_the_json(make: Make) -> None:
    report, page = make(many(), by=("domain",))
    document = report.to_dict()
    numbers = Elements(page.read_text("utf-8")).numbers
    assert len(numbers) > 200
    tables = {path.split("/")[0] for path, _, _ in numbers}
    assert {"models", "ranks", "breakdowns", "calibration", "price_curve", "efforts", "reliability"} <= tables
    for path, value, shown in numbers:
        expected: Any = document
        for part in path.split("/"):
            expected = expected[int(part)] if isinstance(expected, list) else expected[part]
        assert value == ("" if expected is None else str(expected)), path
        if expected is None:
            assert shown in ("-", "unknown"), path
        elif "%" in shown and shown[0].isdigit():
            assert float(shown.rstrip("%")) == pytest.approx(100 * expected, abs=0.51), path


def test_the_page_says_the_findings_and_every_caveat_of_the_json(make: Make) -> None:
    report, page = make(many())
    text = " ".join(re.sub(r"<[^>]*>", "", page.read_text("utf-8")).split())
    document = report.to_dict()
    assert {"right", "made_up", "index", "cost", "sure"} <= {one["about"] for one in document["findings"]}
    for one in document["findings"]:
        for sentence in one["text"].split(". "):
            assert sentence.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") in text
    assert document["caveats"]
    for one in document["caveats"]:
        assert one["text"].replace("'", "&#39;") in text


def test_models_that_these_questions_do_not_tell_apart_are_not_called_the_best(make: Make) -> None:
    rows = [answered(n, model, grade="correct" if n % 2 else "incorrect") for model in ("a", "b") for n in range(40)]
    report, _ = make(rows)
    for one in report.findings:
        if one.about in ("right", "made_up", "index"):
            assert "most often" not in one.text
            assert "Not settled" in one.text


def test_a_model_that_is_surely_better_is_named(make: Make) -> None:
    rows = [answered(n, "good", grade="correct" if n % 10 else "abstained") for n in range(80)]
    rows += [answered(n, "bad", grade="incorrect") for n in range(80)]
    report, _ = make(rows)
    by = {one.about: one.text for one in report.findings}
    assert by["right"].startswith("good is right most often, on 90%")
    assert by["made_up"].startswith("Fewest wrong answers: good")
    assert by["index"].startswith("good, with an Index of +90")


def test_nothing_is_fetched_and_only_its_own_script_may_run(make: Make) -> None:
    _, page = make(many())
    text = page.read_text("utf-8")
    elements = Elements(text)
    assert not [one for one in elements.tags if one[0] in ("link", "iframe", "img", "object", "base")]
    for tag, attributes in elements.tags:
        assert "style" not in attributes, tag
        assert not [name for name in attributes if name.startswith("on")], tag
        for name in ("src", "href", "action", "srcset", "xlink:href"):
            assert str(attributes.get(name) or "#").startswith("#"), (tag, attributes)
    policy = next(one["content"] for tag, one in elements.tags if one.get("http-equiv") == "Content-Security-Policy")
    assert str(policy).startswith("default-src 'none'")
    assert "unsafe" not in str(policy)
    assert "url(" not in text
    assert "@import" not in text


def test_hostile_texts_stay_texts(make: Make) -> None:
    rows = [
        answered(n, f"model {n % 3} {one}", answer=one, domain=one[:60], gold=one, question=f"{n} {one}")
        for n, one in enumerate(HOSTILE * 4)
    ]
    rows += [{**answered(99), "grade": None, "answer": None, "error": HOSTILE[1]}]
    _, page = make(rows)
    text = page.read_text("utf-8")
    assert "<img" not in text
    assert "onerror='window" not in text
    assert "<svg onload" not in text
    assert text.count("<script") == text.count("</script") == 1 + len(unpacked(page))


@needs_chromium
def test_hostile_texts_do_nothing_in_a_real_browser(make: Make) -> None:
    rows = [answered(n, answer=one, question=f"{n} {one}", gold=one) for n, one in enumerate(HOSTILE)]
    rows += [answered(50, answer="long " * 200_000), answered(51, answer="\u05d0\u05d1 right to left \u202e over")]
    _, page = make(rows)

    async def visit(tab: Page) -> tuple[Any, ...]:
        await tab.open(page)
        await tab.run("document.getElementById('questions').scrollIntoView()")
        await tab.until("document.querySelectorAll('#answers details').length === 8")
        await tab.run("document.querySelectorAll('#answers details').forEach(one => { one.open = true; })")
        await tab.until("document.querySelectorAll('#answers dl').length === 8")
        said = await tab.run("[...document.querySelectorAll('#answers .said')].map(one => one.textContent)")
        foreign = await tab.run("document.querySelectorAll('#answers img, #answers script, #answers svg').length")
        return await tab.run("window.broken === undefined"), said, foreign, tab.requests, tab.complaints

    untouched, said, foreign, requests, complaints = look(visit)
    assert untouched
    assert foreign == 0
    assert set(HOSTILE[:5]) <= set(said)
    assert any("more characters are not in this page" in one for one in said)
    assert [one for one in requests if not one.startswith("file:")] == []
    assert complaints == []


@needs_chromium
def test_an_address_opens_its_answer_and_filters_find(make: Make) -> None:
    _, page = make(many())
    index = next(one for one in unpacked(page) if isinstance(one, dict) and "rows" in one)
    link, question, model, *_ = index["rows"][70]

    async def visit(tab: Page) -> tuple[Any, ...]:
        await tab.open(page, f"#q={link}")
        await tab.until(f"document.querySelector('#q-{link} dl') !== null")
        opened = await tab.run(f"document.getElementById('q-{link}').textContent")
        await tab.run(
            "(() => { const form = document.getElementById('filters'); form.elements.state.value = '0'; "
            "form.elements.model.value = '1'; form.dispatchEvent(new Event('input')); })()"
        )
        await tab.until("document.getElementById('found').textContent.includes(' of ')")
        states = await tab.run("[...document.querySelectorAll('#answers .state')].map(one => one.textContent)")
        whom = await tab.run("[...document.querySelectorAll('#answers .who')].map(one => one.textContent)")
        await tab.run(
            "(() => { const form = document.getElementById('filters'); form.reset(); "
            "form.elements.text.value = 'it is 17.'; form.elements.deep.checked = true; "
            "form.dispatchEvent(new Event('input')); })()"
        )
        await tab.until("document.getElementById('found').textContent.startsWith('3 of ')")
        saved = await tab.run(
            "new Promise(done => { URL.createObjectURL = blob => { blob.text().then(done); return 'blob:x'; }; "
            "HTMLAnchorElement.prototype.click = () => {}; document.querySelector('[data-csv=models]').click(); })"
        )
        picture = await tab.run(
            "new Promise(done => { URL.createObjectURL = blob => { done(blob.type + ' ' + blob.size); "
            "return 'blob:x'; }; document.querySelector('[data-save=png]').click(); })"
        )
        return opened, states, whom, saved, picture, tab.complaints

    opened, states, whom, saved, picture, complaints = look(visit)
    assert index["questions"][question][1] in opened
    assert index["models"][model] in opened
    assert set(states) == {"incorrect"}
    assert set(whom) == {index["models"][1]}
    assert saved.lstrip("\ufeff").startswith("model,price,stratum,n,")
    assert re.fullmatch(r"image/png \d{4,}", picture)
    assert complaints == []


def test_wrong_answers_go_in_first_and_the_page_says_what_it_holds(make: Make) -> None:
    _, page = make(many(), PageOptions(most=80))
    index = next(one for one in unpacked(page) if isinstance(one, dict) and "rows" in one)
    counted = Counter(index["states"][row[3]] for row in index["rows"])
    whole = Counter(row["grade"] or "error" for row in many())
    assert sum(counted.values()) == 80
    assert counted["incorrect"] == whole["incorrect"]
    assert f"80 of {sum(whole.values())} answers: the wrong ones first" in page.read_text("utf-8")


@pytest.mark.parametrize("most", [0, 1, 30, 100, 1000])
def test_a_sample_is_as_large_as_asked_and_the_same_every_time(most: int) -> None:
    states = [list(OutcomeState)[n % 6] for n in range(300)]
    places, sampled = chosen_places(states, most, 7)
    assert len(places) == len(set(places)) == min(most, 300)
    assert chosen_places(states, most, 7)[0] == places
    wrong = {n for n, state in enumerate(states) if state is OutcomeState.INCORRECT}
    assert wrong <= set(places) or set(places) <= wrong
    assert sum(sampled.shown.values()) == len(places)


def test_without_texts_no_text_of_the_set_or_of_an_answer_is_in_the_page(make: Make) -> None:
    rows = [
        answered(
            n,
            question=f"secretquestion{n}?",
            answer=f"secretanswer{n}",
            gold=f"secretgold{n}",
            context=f"secretpassage{n}",
        )
        for n in range(30)
    ]
    _, page = make(rows, PageOptions(texts=False))
    assert "secret" not in page.read_text("utf-8")
    assert "secret" not in json.dumps(unpacked(page))
    assert "sha256:" in json.dumps(unpacked(page))
    _, page = make(rows)
    assert "secretanswer7" in json.dumps(unpacked(page))


def test_the_bodies_of_responses_are_never_in_the_page(tmp_path: Path) -> None:
    with open_store(tmp_path / "store") as store:
        run = store.begin_run(NewRun(kind="import", source="s", source_digest="s"))
        writer = store.writer(run)
        for number in range(5):
            key = ResponseKey(question=f"{number:032x}", model="m" * 32, prompt="p" * 32, sampling="s" * 32)
            response = Response(key=key, model=ModelRef(model="m"), text="shown", raw=b'{"hidden": "in the body"}')
            grade = Grade(state=OutcomeState.CORRECT, grader="exact", reason="matches")
            writer.add(Question(id=f"q{number}", text=f"what is {number}?"), key.question, response, (grade,))
        writer.flush()
        run = store.finish_run(run, set_hash="h")
        assert any(b"hidden" in (item.response.raw or b"") for item in store.items(run))
        page = write_html(build_report(store, run), store, tmp_path / "page.html")
    told = json.dumps(unpacked(page))
    assert "shown" in told
    assert "hidden" not in told
    assert "hidden in" not in page.read_text("utf-8")


def test_no_promise_is_said_as_plainly_as_a_promise(make: Make) -> None:
    _, page = make(many())
    text = page.read_text("utf-8")
    assert 'class="no-promise"' in text
    assert "Nothing is promised about these models" in text


def test_a_promise_in_the_ledger_is_shown_with_its_grounds(tmp_path: Path) -> None:
    from calibrant.analysis import scored_rows
    from calibrant.policies import certify, route_name

    rows = [answered(n, "m", grade="correct" if n % 20 else "incorrect", confidence=0.9) for n in range(200)]
    source = tmp_path / "results.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    with open_store(tmp_path / "store") as store:
        run = import_answers(source, store).run
        found = scored_rows(store.outcomes(run), model="m", signal="stated")
        look_at = store.take_look(
            route_name("m", "stated", "imported"), labels=found.questions, evidence="e" * 64, settings={}
        )
        store.keep_certificate(look_at, certify(found.scores, found.correct, alpha=0.15, delta=0.1, look=1).to_dict())
        report = build_report(store, run)
        page = write_html(report, store, tmp_path / "page.html").read_text("utf-8")
    (made,) = report.promises
    assert (made.of_this_run, made.labels, made.certificate.look) == (200, 200, 1)
    assert made.certificate.promised
    assert 'class="promised"' in page
    assert "at most 15 % of" in page
    for sentence in made.certificate.assumptions:
        assert sentence in page
    assert report.to_dict()["promises"][0]["certificate"]["errors"] == 10


@pytest.mark.parametrize(
    "rows",
    [
        [answered(n, grade="correct") for n in range(3)],
        [{**answered(n), "grade": None, "answer": None, "error": "HTTP 500"} for n in range(5)],
        [
            answered(n, f"org/a-very-long-model-name-{m:02d}-preview-2026-01-01@high")
            for m in range(30)
            for n in range(6)
        ],
        [answered(n, domain=f"domain number {n % 40}") for n in range(120)],
        [answered(n, confidence=None, cost_usd=None) for n in range(30)],
        [answered(n, grade="ungraded") for n in range(5)],
    ],
    ids=["all right", "all errors", "30 models", "40 domains", "no confidence", "ungraded"],
)
def test_unusual_runs_make_a_page(rows: list[Row], make: Make) -> None:
    _, page = make(rows)
    text = page.read_text("utf-8")
    assert text.count("<section") >= 5
    assert "NaN" not in text
    assert ">None<" not in text


def test_a_page_that_cannot_be_written_is_a_clear_error(make: Make, tmp_path: Path) -> None:
    report, _ = make(many())
    (tmp_path / "file").write_text("")
    with open_store(tmp_path / "store") as store, pytest.raises(InputError, match="cannot be written"):
        write_html(replace(report), store, tmp_path / "file" / "page.html")


def test_the_page_is_readable_by_its_owner_alone(make: Make) -> None:
    _, page = make(many())
    assert page.stat().st_mode & 0o077 == 0


def test_the_interval_beside_an_effort_is_that_of_its_own_metric(make: Make) -> None:
    report, _ = make(many())
    document = report.to_dict()
    of_models = {row["model"]: row for row in document["models"] if row["stratum"] == "answerable"}
    assert document["efforts"]
    for row in document["efforts"]:
        for name, (low, high) in row["intervals"].items():
            assert low <= row[name] <= high
            assert [low, high] == of_models[row["model"]]["intervals"][name]
        for name, (low, high) in row["difference_intervals"].items():
            assert low <= row["differences"][name] <= high
