"""A decision between two models, from a run to the page."""

from __future__ import annotations

import json
import re
import stat
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from calibrant.errors import InputError
from calibrant.neighbours import ImportOptions, import_answers
from calibrant.policies import Promise, certify
from calibrant.reports.capability import join_capability, read_capability
from calibrant.reports.decision import Decision, DecisionOptions, build_decision, read_policy
from calibrant.reports.decision.page import decision_page, write_page
from calibrant.reports.decision.printing import find_browser
from calibrant.reports.decision.terminal import print_decision
from calibrant.store import Store, open_store

HEAD = "question_id,question,model,response,grade,confidence,topic,document,cost_usd,gold\n"


def answers(path: Path, models: dict[str, tuple[float, float, str]], count: int = 400, start: int = 0) -> Path:
    """A file of answers: model -> (skill, share it declines, dollars of an answer)."""
    random = np.random.default_rng(7 + start)
    hard = random.normal(size=count)
    rows = [HEAD]
    for model, (skill, declines, dollars) in models.items():
        for number in range(count):
            chance = 1 / (1 + np.exp(1.5 * hard[number] - skill))
            sure = 1 / (1 + np.exp(1.5 * hard[number] - skill + 0.5 * random.normal()))
            declined = sure < declines
            grade = "abstained" if declined else "correct" if random.random() < chance else "incorrect"
            rows.append(
                f"q{start + number},What is {start + number}?,{model},It is <b>{number}</b>,{grade},{sure:.4f},"
                f"topic {number % 4},doc {number // 2},{dollars},x{number}\n"
            )
    path.write_text("".join(rows), encoding="utf-8")
    return path


MODELS = {"cheap@low": (0.6, 0.0, "0.001"), "dear@high": (1.6, 0.1, "0.02"), "silent": (0.6, 0.6, "0.001")}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("decision")
    with open_store(folder / "store") as opened:
        for name, models, start in (
            ("other", {"third": (1.0, 0.0, "")}, 1000),
            ("again", {"cheap@low": (1.4, 0.0, "0.001")}, 0),
            ("three", MODELS, 0),
        ):
            path = answers(folder / f"{name}.csv", models, start=start)
            import_answers(path, opened, ImportOptions(name=name))
        yield opened


def decided(store: Store, one: str = "cheap@low", other: str = "dear@high", runs: Any = (), **more: Any) -> Decision:
    return build_decision(store, one, other, DecisionOptions(**{"wrong_costs": 1.0, **more}), runs)


@pytest.fixture(scope="module")
def decision(store: Store) -> Decision:
    """Between the cheap and the dear one where a wrong answer costs four right ones."""
    return decided(store, wrong_costs=4.0)


def test_the_better_model_is_recommended_and_every_printed_number_is_in_the_json(store: Store) -> None:
    decision = decided(store)
    assert decision.choice.settled or set(decision.choice.open) <= {"dear@high", "dear@high, certified 50 %"}
    assert "dear@high" in decision.recommendation[0]
    found = json.loads(json.dumps(decision.to_dict(), allow_nan=False))
    assert found["shared_questions"] == 400
    assert found["clusters"] == 200
    assert found["ways"][0]["name"] == "cheap@low"
    assert found["monthly"][1]["dollars"] == pytest.approx(2000.0)
    assert len(found["errors"]) == 10
    assert {row["model"] for row in found["errors"]} == {"cheap@low", "dear@high"}


def test_values_are_the_index_at_the_price_that_the_report_shows(decision: Decision) -> None:
    rows = {row.model: row for row in decision.analysis.models}
    for way in decision.ways:
        if way.certified is None:
            assert 100 * way.value == pytest.approx(rows[way.name].measured.values["index_at_price"])
            assert way.risk == pytest.approx(rows[way.name].measured.values["selective_risk"])
            assert way.coverage == pytest.approx(rows[way.name].measured.values["attempt_rate"])


def test_curves_rest_on_the_shared_questions_and_cross_where_the_text_says(tmp_path: Path) -> None:
    """What only one has a grade for is in no number of the page that compares the two."""
    path = answers(tmp_path / "a.csv", {"a": (1.0, 0.0, ""), "b": (0.5, 0.0, "")})
    lines = path.read_text().splitlines()
    kept = [line for line in lines if not (",a," in line and ",incorrect," in line and line.startswith("q1"))]
    path.write_text("\n".join(kept))
    with open_store(tmp_path / "store") as opened:
        import_answers(path, opened)
        decision = decided(opened, "a", "b", wrong_costs=4.0)
    assert decision.shared < 400
    at_price = {row["model"]: row for row in decision.to_dict()["price_curve"] if row["price"] == 0.8}
    for way in decision.ways:
        if way.certified is None:
            assert at_price[way.name]["index_at_price"] == pytest.approx(100 * way.value)
    for curve, against in zip(decision.curves, decision.against_silence, strict=True):
        assert against.wrong_costs is not None
        price = against.wrong_costs / (1 + against.wrong_costs)
        assert all((index > 0) == (t < price) for t, index in zip(curve.prices, curve.index, strict=True))


def test_a_model_of_an_older_run_is_named_as_compare_names_it(store: Store) -> None:
    decision = decided(store, "three:dear@high", "again:cheap@low")
    assert [(side.model, side.run.name) for side in decision.sides] == [("dear@high", "three"), ("cheap@low", "again")]
    with pytest.raises(InputError, match="no model 'nobody'"):
        decided(store, "three:nobody", "again")
    with pytest.raises(InputError, match="such as three:cheap@low"):
        decided(store, "three", "again")


def test_near_models_are_not_settled_and_the_page_says_so(store: Store) -> None:
    decision = decided(store, "silent", "cheap@low", wrong_costs=0.55)
    head = decision.recommendation[0]
    assert not decision.choice.settled
    assert head.startswith("Not settled") or "is not settled" in head
    assert 'class="no-promise"' in decision_page(decision)
    assert decision.break_even.below == "cheap@low"
    assert decision.break_even.above == "silent"
    assert decision.break_even.wrong_costs is not None


def test_where_errors_are_dear_silence_is_recommended(store: Store) -> None:
    decision = decided(store, wrong_costs=500.0)
    assert decision.choice.leader == "no answer at all"
    assert decision.recommendation[0].startswith("Answer with neither")


def test_a_certificate_holds_back_what_is_wrong(decision: Decision) -> None:
    ways = {row.name: row for row in decision.ways}
    plain, certified = ways["dear@high"], ways["dear@high, certified 20 %"]
    assert plain.risk is not None
    assert certified.risk is not None
    assert certified.risk < plain.risk
    assert certified.coverage < plain.coverage
    assert certified.dollars == plain.dollars
    assert certified.dollars_per_right is not None
    assert plain.dollars_per_right is not None
    assert certified.dollars_per_right > plain.dollars_per_right


def promise(model: str, count: int = 1000) -> Promise:
    random = np.random.default_rng(1)
    score = random.random(count)
    right = (random.random(count) < 0.5 + 0.5 * score).astype(float)
    certificate = certify(score, right, alpha=0.2, delta=0.1, look=1)
    assert certificate.threshold is not None
    return Promise(
        certificate=certificate,
        model=model,
        signal="stated",
        grader="imported",
        by=None,
        set_hash=None,
        labels=(),
        naive_threshold=None,
    )


def test_a_policy_decides_by_its_own_threshold_and_states_the_error_rate(store: Store) -> None:
    made = promise("dear@high")
    decision = decided(store, promise=made, wrong_costs=2.0)
    (own,) = [one for one in decision.certificates if one.own]
    way = next(row for row in decision.ways if row.name == own.name)
    threshold = made.certificate.threshold
    assert threshold is not None
    sure = [
        one.confidences[0].value >= threshold
        for one in decision.sides[1].outcomes
        if one.confidences and one.state.value != "abstained"
    ]
    assert way.coverage == pytest.approx(sum(sure) / 400)
    assert decision.options.alpha == 0.2
    assert all(row.certified in (None, 0.2) for row in decision.ways)


def test_a_policy_of_another_model_is_refused(store: Store) -> None:
    with pytest.raises(InputError, match="the certificate is for elsewhere, not for cheap@low and dear@high"):
        decided(store, promise=promise("elsewhere"))
    with pytest.raises(InputError, match="the policy states the error rate"):
        decided(store, promise=promise("dear@high"), error=0.1)


def test_a_policy_file_is_told_by_its_kind(tmp_path: Path) -> None:
    path = tmp_path / "policy.json"
    path.write_text(json.dumps(promise("a").to_dict()))
    assert read_policy(path) == promise("a")
    path.write_text('{"kind": "calibrant cascade"}')
    with pytest.raises(InputError, match="no certificate of one model"):
        read_policy(path)
    path.write_text('{"kind": "calibrant policy"}')
    with pytest.raises(InputError, match="about several arms together") as refused:
        read_policy(path)
    assert "calibrant evaluate policy.json RUN" in str(refused.value)
    path.write_text("[")
    with pytest.raises(InputError):
        read_policy(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_policy(tmp_path / "nowhere.json")
    nothing = certify([0.1, 0.2] * 50, [0, 0] * 50, alpha=0.1, delta=0.1, look=1)
    path.write_text(json.dumps(replace(promise("a"), certificate=nothing).to_dict()))
    with pytest.raises(InputError, match="promises nothing"):
        read_policy(path)


def test_one_model_of_two_runs_is_told_apart_by_its_run(store: Store) -> None:
    decision = decided(store, "cheap@low", "cheap@low", ["three", "again"])
    assert [side.name for side in decision.sides] == ["cheap@low (three)", "cheap@low (again)"]
    assert decision.shared == 400
    assert "cheap@low (again)" in decision.recommendation[0]


@pytest.mark.parametrize(
    ("one", "other", "runs", "message"),
    [
        ("cheap@low", "third", ["three", "other"], "no common questions"),
        ("cheap@low", "cheap@low", [], "both are cheap@low"),
        ("cheap@lo", "dear@high", [], "Did you mean cheap@low"),
        ("cheap@low", "deer@high", ["three"], "Did you mean dear@high"),
        ("three", "other", [], "run three has 3 models"),
        ("a", "b", ["three", "other", "again"], "two runs at most"),
    ],
)
def test_what_cannot_be_compared_is_refused(store: Store, one: str, other: str, runs: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        decided(store, one, other, runs)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"volume": 0}, "0 questions a month"),
        ({"wrong_costs": -1.0}, "costs 0 to 1,000"),
        ({"worth": 0.0}, "positive number of dollars"),
        ({"error": 1.5}, r"lies in \(0, 1\)"),
        ({"signal": "logprob"}, "has no signal 'logprob'"),
    ],
)
def test_numbers_out_of_range_are_refused(store: Store, more: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        decided(store, **more)


def test_without_costs_dollars_are_unknown_and_one_document_settles_nothing(tmp_path: Path) -> None:
    rows = [HEAD]
    for model, right in (("a", 40), ("b", 10)):
        rows += [
            f"q{at},What is {at}?,{model},{at},{'correct' if at < right else 'incorrect'},,t,one,,x\n"
            for at in range(50)
        ]
    path = tmp_path / "a.csv"
    path.write_text("".join(rows))
    with open_store(tmp_path / "store") as opened:
        import_answers(path, opened)
        decision = decided(opened, "a", "b")
    assert decision.recommendation[0].startswith("Not settled: all questions are of one document")
    assert all(one.dollars is None for one in decision.monthly)
    assert decision.certificates == ()
    assert all(one.has_answer for one in decision.errors)
    assert "to decline" not in decision_page(decision)
    assert decision.worth_needed == ()
    kinds = {kind for kind, _ in decision.untested}
    assert {"cost", "confidence", "clusters", "unanswerable", "repeats", "language", "traffic"} <= kinds
    assert "unknown" in decision_page(decision)


def test_constant_confidence_lets_through_all_or_nothing(tmp_path: Path) -> None:
    path = answers(tmp_path / "a.csv", {"a": (2.0, 0.0, "0.1"), "b": (0.5, 0.0, "0.1")})
    content = re.sub(r",0\.\d{4},", ",0.9,", path.read_text())
    path.write_text(content)
    with open_store(tmp_path / "store") as opened:
        import_answers(path, opened)
        decision = decided(opened, "a", "b", wrong_costs=4.0)
    assert {row.coverage for row in decision.ways if row.certified is not None} <= {0.0, 0.5, 1.0}


class _Data(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "data" and given.get("data-path"):
            self.found.append((given["data-path"] or "", given["value"] or ""))


def test_every_number_of_the_page_is_the_json_s(decision: Decision, tmp_path: Path) -> None:
    scores = tmp_path / "scores.csv"
    scores.write_text("model,GPQA\ncheap,31.5\ndear@high,52\n")
    decision = replace(decision, capability=join_capability(read_capability(scores), decision.analysis))
    document, page = decision.to_dict(), _Data()
    text = decision_page(decision)
    page.feed(text)
    assert len(page.found) >= 60
    for path, value in page.found:
        at: Any = document
        for step in path.split("/"):
            at = at[int(step)] if isinstance(at, list) else at[step]
        assert value == ("" if at is None else str(at)), path
    assert "It is &lt;b&gt;" in text
    assert "<b>0</b>" not in text
    assert "<script" not in text
    assert "What was not tested" in text


def test_the_terminal_says_the_same(decision: Decision) -> None:
    import io

    from rich.console import Console

    text = io.StringIO()
    print_decision(decision, Console(file=text, width=300))
    for sentence in (*decision.recommendation, *decision.reversals):
        assert sentence in text.getvalue()
    for one in decision.errors:
        assert f"said {one.answer!r}, right is {one.golds[0]!r}" in text.getvalue()


def test_the_page_is_its_owner_s_alone(decision: Decision, tmp_path: Path) -> None:
    (path,) = write_page(decision, html=tmp_path / "d.html", pdf=None)
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.skipif(find_browser() is None, reason="no browser that prints is installed")
def test_the_pdf_holds_the_recommendation(decision: Decision, tmp_path: Path) -> None:
    pdfium = pytest.importorskip("pypdfium2")
    (path,) = write_page(decision, html=None, pdf=tmp_path / "d.pdf")
    document = pdfium.PdfDocument(path)
    text = document[0].get_textpage().get_text_range()
    assert "Recommendation" in text
    assert "What would turn it round" in text
    document.close()


def test_without_a_browser_the_remedy_is_the_page(
    monkeypatch: pytest.MonkeyPatch, decision: Decision, tmp_path: Path
) -> None:
    monkeypatch.setenv("CALIBRANT_BROWSER", "no-such-browser")
    with pytest.raises(InputError, match="no Chromium, Chrome or Edge"):
        list(write_page(decision, html=None, pdf=tmp_path / "d.pdf"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("model,GPQA\ncheep,1\n", "for cheap@low did you mean cheep"),
        ("name of it,GPQA\ncheap,1\n", "no column 'model'"),
        ("model\ncheap\n", "no column with scores"),
        ("model,GPQA\ncheap,1\ncheap,2\n", "'cheap' has two rows"),
        ("model,GPQA\ncheap,high\n", "is no number: 'high'"),
        ("model,GPQA\ncheap,\ndear,\n", "holds no score"),
        ("model,GPQA\n,3\n", "a row without a model"),
    ],
)
def test_scores_that_cannot_be_joined_are_refused(
    decision: Decision, tmp_path: Path, content: str, message: str
) -> None:
    path = tmp_path / "scores.csv"
    path.write_text(content)
    with pytest.raises(InputError, match=message):
        join_capability(read_capability(path), decision.analysis)
