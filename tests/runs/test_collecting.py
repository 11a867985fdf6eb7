"""What signals need beyond the answers is asked once, kept apart from the attempts, and paid within the budget."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Sequence

import pytest

from calibrant.confidence import find_signals
from calibrant.errors import InputError
from calibrant.grading import ABSTENTION_SENTENCE
from calibrant.models import Failure, Model, Price, Prompt, Reply, Sampling
from calibrant.reports import build_report
from calibrant.reports.signals import build_signal_report
from calibrant.runs import Plan, RunOptions, RunSummary, Stop, aa_template, execute
from calibrant.runs.collecting import collect_run, estimate_collecting, prepare_collecting
from calibrant.runs.expecting import expected_extras
from calibrant.runs.extras import Collecting
from calibrant.runs.scoring import Scoring, score_run
from calibrant.store import NewRun, RunInfo, Store
from calibrant.types import Confidence, ConfidenceSource, OutcomeState, Purpose, Question, TokenLogprob
from tests.runs.conftest import USAGE, ScriptedModel, failing

DEAR = Price(input=1000, output=1000)


def number_of(prompt: Prompt) -> int:
    text = next(message.content for message in prompt.messages if "Capital" in message.content)
    return int(text.partition("Capital ")[2].split()[0])


def knowing(prompt: Prompt) -> Reply:
    """Knows the even capitals; of the others it says another town with every sample, and finds them half as likely."""
    number, words = number_of(prompt), " ".join(message.content for message in prompt.messages)
    knows = number % 2 == 0
    if "True or False" in words:
        share = 0.9 if knows else 0.3
        top = (("True", math.log(share)), ("False", math.log(1 - share)))
        return Reply(text="True", logprobs=(TokenLogprob("True", math.log(share), top),), usage=USAGE)
    if "How likely is it" in prompt.text:
        return Reply(text="90 %" if knows else "40 %", usage=USAGE)
    if number == 19:
        return Reply(text=ABSTENTION_SENTENCE, usage=USAGE)
    town = "Paris" if knows else f"Town {prompt.repeats[0]}"
    stated = "\nConfidence: 80 %" if "Confidence" in words else ""
    return Reply(text=town + stated, logprobs=(TokenLogprob(town, -0.5 if knows else -2.0),), usage=USAGE)


def questions(count: int = 20) -> list[Question]:
    return [Question(id=f"q{n}", text=f"Capital {n} ?", golds=("Paris",)) for n in range(count)]


def asked(store: Store, model: Model | Sequence[Model], **options: object) -> RunInfo:
    models = [model] if isinstance(model, Model) else list(model)
    plan = Plan(questions(), models, RunOptions(**options))  # type: ignore[arg-type]
    return asyncio.run(execute(plan, store)).run


def collect(
    store: Store, run: RunInfo, names: str, models: Sequence[Model], **more: object
) -> tuple[RunSummary, Scoring]:
    collecting = prepare_collecting(store, run, find_signals(names.split(",")), models=models, **more)  # type: ignore[arg-type]
    return asyncio.run(collect_run(store, collecting)), score_run(store, collecting)


def signals(store: Store, run: RunInfo) -> dict[str, dict[str, Confidence]]:
    """Question -> name -> signal, of those that did not come with the reply."""
    return {
        one.question_id: {c.name: c for c in one.confidences if c.source is not ConfidenceSource.LOGPROB}
        for one in store.outcomes(run)
    }


def test_samples_and_calls_become_signals_with_what_they_cost(store: Store) -> None:
    model = ScriptedModel(reply=knowing, price=DEAR)
    run = asked(store, model)
    summary, scoring = collect(store, run, "agreement:3,p_true,stated_two_step", [model])
    assert (summary.total, summary.asked, summary.complete, summary.ok) == (19 * 5, 19 * 5, True, True)
    assert (scoring.answers, scoring.declined, scoring.missing) == (19, 1, {})
    found = signals(store, run)
    assert found["q19"] == {}  # it declined, and nothing was asked about it
    even, odd = found["q0"], found["q1"]
    assert {name: one.value for name, one in even.items()} == pytest.approx(
        {"agreement:3": 1.0, "p_true": 0.9, "stated_two_step": 0.9}
    )
    assert {name: one.value for name, one in odd.items()} == pytest.approx(
        {"agreement:3": 0.0, "p_true": 0.3, "stated_two_step": 0.4}
    )
    assert [even[name].extra_calls for name in ("agreement:3", "p_true", "stated_two_step")] == [3, 1, 1]
    assert [even[name].extra_cost_usd for name in ("agreement:3", "p_true")] == pytest.approx([3 * 1.1, 1.1])
    rows = {row["confidence"]: row for row in build_signal_report(store, run).to_dict()["signals"]}
    assert rows["agreement:3"]["extra_calls"] == 3
    assert rows["agreement:3"]["extra_cost_usd"] == pytest.approx(3.3)
    assert rows["p_true"]["ece"] is not None


def test_extra_replies_are_no_attempts_and_stand_by_their_purpose_in_the_spending(store: Store) -> None:
    model = ScriptedModel(reply=knowing, price=DEAR)
    run = asked(store, model)
    before = build_report(store, run)
    collect(store, run, "scvc,p_true", [model])
    after = build_report(store, store.find_run(run.id))
    assert (after.run.responses, after.run.counts) == (before.run.responses, before.run.counts)
    assert after.analysis.models == before.analysis.models
    spent = {purpose: one.responses for purpose, one in store.spending(run).items()}
    assert spent == {Purpose.ANSWER: 20, Purpose.SAMPLE: 19, Purpose.PTRUE: 19}


def test_nothing_is_asked_twice_and_a_new_signal_asks_only_what_is_new(store: Store) -> None:
    model = ScriptedModel(reply=knowing)
    run = asked(store, model)
    collect(store, run, "agreement:3", [model])
    calls = len(model.prompts)
    again, _ = collect(store, run, "agreement:3,discrete_semantic_entropy:3,agreement:2", [model])
    assert (again.asked, again.reused, len(model.prompts)) == (0, 57, calls)
    more, _ = collect(store, run, "agreement:4", [model])
    assert (more.asked, more.reused) == (19, 57)


def test_samples_are_drawn_at_a_temperature_with_the_runs_own_prompt(store: Store) -> None:
    model = ScriptedModel(reply=knowing)
    run = asked(store, model, templates=(aa_template(price=0.5, confidence=True),), sampling=Sampling(max_tokens=50))
    first = {prompt.text: prompt for prompt in model.prompts}
    collect(store, run, "scvc,semantic_entropy:2", [model])
    samples = model.prompts[20:]
    assert len(samples) == 38
    for prompt in samples:
        assert prompt.messages == first[prompt.text].messages
        assert (prompt.sampling.temperature, prompt.sampling.max_tokens, prompt.sampling.logprobs) == (1.0, 50, True)
    assert Counter(prompt.repeats for prompt in samples) == {(1,): 19, (2,): 19}
    found = signals(store, run)
    assert found["q0"]["scvc"].value == pytest.approx(0.5 + 0.5 * 0.8)
    assert found["q1"]["scvc"].value == pytest.approx(0.25 + 0.5 * 0.8)
    assert found["q0"]["semantic_entropy:2"].value == 0.0
    assert found["q1"]["semantic_entropy:2"].value == pytest.approx(-math.log(2))


def test_a_run_without_stated_confidences_lacks_scvc_and_says_so(store: Store) -> None:
    model = ScriptedModel(reply=knowing)
    run = asked(store, model)
    _, scoring = collect(store, run, "scvc", [model])
    assert scoring.missing == {"scvc": 19}


def test_repeats_drawn_at_a_temperature_stand_for_samples(store: Store) -> None:
    model = ScriptedModel(reply=knowing, price=DEAR)
    run = asked(store, model, repeats=4, sampling=Sampling(temperature=0.7))
    summary, scoring = collect(store, run, "agreement:3", [model])
    assert (summary.total, summary.asked, scoring.missing) == (0, 0, {})
    found = signals(store, run)
    assert (found["q0"]["agreement:3"].value, found["q1"]["agreement:3"].value) == (1.0, 0.0)
    assert found["q0"]["agreement:3"].extra_calls == 3
    assert found["q0"]["agreement:3"].extra_cost_usd == pytest.approx(3.3)


def test_repeats_of_a_run_at_temperature_0_are_no_samples(store: Store) -> None:
    run = asked(store, ScriptedModel(reply=knowing), repeats=4, sampling=Sampling(temperature=0.0))
    collecting = Collecting(run=run, chosen=find_signals(["agreement:3"]))
    assert score_run(store, collecting).missing == {"agreement:3": 76}


def test_a_second_model_is_asked_the_same_and_a_judge_about_the_answer(store: Store) -> None:
    model = ScriptedModel(reply=knowing)
    other = ScriptedModel(reply=knowing, name="other", price=DEAR)
    run = asked(store, model)
    first = {prompt.text: prompt for prompt in model.prompts}
    seconds = {"other": other}
    summary, _ = collect(store, run, "second_model:other,judge_probability:other", [model], seconds=seconds)
    assert (summary.asked, len(model.prompts)) == (38, 20)
    same = [prompt for prompt in other.prompts if prompt.text in first]
    assert [prompt.messages for prompt in same] == [first[prompt.text].messages for prompt in same]
    assert len(same) == 19
    found = signals(store, run)
    assert {name: one.value for name, one in found["q0"].items()} == {
        "second_model:other": 1.0,
        "judge_probability:other": 0.9,
    }
    assert found["q0"]["second_model:other"].source is ConfidenceSource.AGREEMENT
    assert found["q1"]["judge_probability:other"].value == 0.4


def test_a_second_model_that_answered_in_the_run_is_not_asked_again(store: Store) -> None:
    models = [ScriptedModel(reply=knowing, price=DEAR), ScriptedModel(reply=knowing, name="other", price=DEAR)]
    run = asked(store, models)
    summary, scoring = collect(store, run, "second_model:other", models, seconds={"other": models[1]})
    assert (summary.asked, summary.reused) == (0, 38)
    assert scoring.missing == {}
    assert signals(store, run)["q0"]["second_model:other"].extra_cost_usd == pytest.approx(1.1)


def test_a_word_cut_off_after_its_first_token_is_as_good(store: Store) -> None:
    def chatty(prompt: Prompt) -> Reply:
        reply = knowing(prompt)
        if "True or False" not in prompt.text:
            return reply
        cut = "cut off at the token limit"
        return Reply(text="True. The", error=cut, failure=Failure.TRUNCATED, logprobs=reply.logprobs, usage=USAGE)

    model = ScriptedModel(reply=chatty)
    run = asked(store, model)
    summary, scoring = collect(store, run, "p_true", [model])
    assert (summary.errors, scoring.missing) == (0, {})


def test_what_failed_is_asked_again_another_day(store: Store) -> None:
    model = ScriptedModel(reply=knowing)
    run = asked(store, model)
    summary, scoring = collect(store, run, "p_true", [ScriptedModel(reply=failing)])
    assert (summary.errors, summary.ok, scoring.missing) == (19, False, {"p_true": 19})
    summary, scoring = collect(store, run, "p_true", [model])
    assert (summary.asked, summary.errors, scoring.missing) == (19, 0, {})


def test_a_budget_holds_and_the_same_again_goes_on(store: Store) -> None:
    model = ScriptedModel(reply=knowing, price=DEAR, concurrency=1)
    run = asked(store, model)
    summary, _ = collect(store, run, "agreement:3", [model], budget_usd=20.0)
    assert summary.stopped_by is Stop.BUDGET
    assert 0 < summary.cost_known_usd <= 20.0
    rest, _ = collect(store, run, "agreement:3", [model])
    assert (rest.reused, rest.asked, rest.complete) == (summary.asked, 57 - summary.asked, True)


def test_what_it_will_cost_is_told_before_and_is_no_less_than_it_does(store: Store) -> None:
    model = ScriptedModel(reply=knowing, price=DEAR)
    other = ScriptedModel(reply=knowing, name="other", price=DEAR)
    chosen = find_signals(["agreement:3", "p_true", "judge_probability:other"])
    plan = Plan(questions(), [model], RunOptions())
    told = {str(one.ref): part.responses for one, part in expected_extras(plan, chosen, {"other": other}, store)}
    assert told == {"scripted": 20 * 4, "other": 20}
    run = asked(store, model)
    collecting = prepare_collecting(store, run, chosen, models=[model], seconds={"other": other})
    exact = {str(one.ref): part for one, part in estimate_collecting(store, collecting)}
    assert {name: part.responses for name, part in exact.items()} == {"scripted": 19 * 4, "other": 19}
    assert all(part.cost_usd is not None for part in exact.values())
    again = {str(one.ref): part.responses for one, part in expected_extras(plan, chosen, {"other": other}, store)}
    assert again == {"scripted": 19 * 4, "other": 19}


def test_a_budget_needs_the_prices_of_all_and_imported_answers_have_no_model(store: Store) -> None:
    model = ScriptedModel(reply=knowing, price=DEAR)
    run = asked(store, model)
    with pytest.raises(InputError, match="no price is known for other"):
        collect(
            store,
            run,
            "judge_probability:other",
            [model],
            seconds={"other": ScriptedModel(name="other")},
            budget_usd=1.0,
        )
    imported = store.begin_run(NewRun(kind="import", source="x.csv", source_digest="x"))
    with pytest.raises(InputError, match="were imported, so there is no model to ask for agreement"):
        prepare_collecting(store, imported, find_signals(["agreement"]))


def test_another_model_of_the_same_name_is_refused(store: Store) -> None:
    class Other(ScriptedModel):
        @property
        def identity(self) -> str:
            return "another endpoint"

    run = asked(store, ScriptedModel(reply=knowing))
    with pytest.raises(InputError, match="is not the model that was asked"):
        collect(store, run, "p_true", [Other(reply=knowing)])


def test_signals_go_with_their_run_and_stay_when_it_is_read_again(store: Store) -> None:
    model = ScriptedModel(reply=knowing)
    run = asked(store, model)
    collect(store, run, "p_true", [model])
    collect(store, run, "p_true", [model])
    found = [signals(store, run)[f"q{number}"] for number in range(19)]
    assert [list(one) for one in found] == [["p_true"]] * 19
    names = [confidence.name for outcome in store.outcomes(run) for confidence in outcome.confidences]
    assert names.count("p_true") == 19
    store.delete_run(run)
    assert store.check().ok


def test_a_confidence_in_words_is_read_beside_the_answer(store: Store) -> None:
    def wordy(prompt: Prompt) -> Reply:
        sure = "Highly likely" if number_of(prompt) % 2 == 0 else "about even"
        return Reply(text=f"Paris\nConfidence: {sure}", usage=USAGE)

    run = asked(store, ScriptedModel(reply=wordy), templates=(aa_template(confidence="words"),))
    found = list(store.outcomes(run))
    assert {outcome.state for outcome in found} == {OutcomeState.CORRECT}
    assert Counter((c.name, c.value) for outcome in found for c in outcome.confidences) == {
        ("stated_words", 0.9): 10,
        ("stated_words", 0.5): 10,
    }


def test_samples_of_one_answer_are_one_request_where_the_endpoint_gives_several(store: Store) -> None:
    model = ScriptedModel(reply=knowing, price=DEAR, max_samples=4)
    run = asked(store, model)
    before = len(model.prompts)
    summary, scoring = collect(store, run, "agreement,p_true", [model])
    assert (summary.asked, scoring.missing) == (19 * 6, {})
    samples = Counter(prompt.repeats for prompt in model.prompts[before:] if "True or False" not in prompt.text)
    assert samples == {(1, 2, 3, 4): 19, (5,): 19}
    again, _ = collect(store, run, "agreement,p_true", [model])
    assert (again.asked, again.reused) == (0, 19 * 6)
