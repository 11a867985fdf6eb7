"""Computed signals hang on a run's item: replaced by name, gone with the response or the run they are about."""

from __future__ import annotations

from calibrant.store import NewRun, RunInfo, Store
from calibrant.types import Confidence, ConfidenceSource, ModelRef, Question, Response, ResponseKey, TokenLogprob


def key(question: str) -> ResponseKey:
    return ResponseKey(question=question, model="m", prompt="p", sampling="s")


def response(question: str, **given: object) -> Response:
    stated = Confidence(source=ConfidenceSource.STATED, value=0.8)
    found: dict[str, object] = {"text": "Paris", "confidences": (stated,), "logprobs": (TokenLogprob("Paris", -0.1),)}
    return Response(key=key(question), model=ModelRef(model="m"), **(found | given))  # type: ignore[arg-type]


def begun(store: Store, digest: str, **given: object) -> RunInfo:
    run = store.begin_run(NewRun(kind="ask", source="q.csv", source_digest=digest))
    with store.writer(run) as writer:
        for number in range(3):
            question = Question(id=f"q{number}", text=f"Capital {number}?", golds=("Paris",))
            writer.add(question, f"h{number}", response(f"h{number}", **given))
    return run


def signal(value: float, cost: float | None = None) -> Confidence:
    return Confidence(
        source=ConfidenceSource.AGREEMENT, value=value, name="agreement", extra_calls=5, extra_cost_usd=cost
    )


def test_a_signal_stands_behind_what_came_with_the_reply_and_replaces_its_namesake(store: Store) -> None:
    run = begun(store, "a")
    items = [one.item for one in store.gradable(run)]
    assert store.keep_signals(run, [(item, signal(0.2, 0.5)) for item in items]) == 3
    store.keep_signals(run, [(items[0], signal(0.6))])
    first, second, _ = store.outcomes(run)
    assert [one.name for one in first.confidences] == ["stated", "agreement"]
    assert first.confidences[1] == signal(0.6)
    assert second.confidences[1] == signal(0.2, 0.5)
    assert [item.response.confidences[1].value for item in store.items(run)] == [0.6, 0.2, 0.2]


def test_a_page_of_answers_has_confidences_and_tokens_on_request(store: Store) -> None:
    run = begun(store, "a")
    item = store.gradable(run)[1].item
    store.keep_signals(run, [(item, signal(0.4))])
    bare, full = store.gradable(run), store.gradable(run, sure=True)
    assert [one.item for one in bare] == [one.item for one in full]
    assert [len(one.response.confidences) for one in full] == [1, 2, 1]
    assert full[0].response.logprobs == (TokenLogprob("Paris", -0.1),)
    assert bare[0].response.logprobs == ()


def test_signals_belong_to_one_run_though_the_response_is_shared(store: Store) -> None:
    first, second = begun(store, "a"), begun(store, "b")
    store.keep_signals(first, [(one.item, signal(0.4)) for one in store.gradable(first)])
    assert all(len(outcome.confidences) == 1 for outcome in store.outcomes(second))
    store.delete_run(first)
    assert store.check().ok
    assert all(len(outcome.confidences) == 1 for outcome in store.outcomes(second))


def test_a_failed_response_that_gives_way_takes_its_signals_along(store: Store) -> None:
    run = begun(store, "a", text=None, error="timeout: no answer", confidences=(), logprobs=())
    with store.writer(run) as writer:
        writer.add(Question(id="q0", text="Capital 0?", golds=("Paris",)), "h0", response("h0"))
    (item,) = [one.item for one in store.gradable(run)]
    store.keep_signals(run, [(item, signal(0.4))])
    assert len(next(iter(store.outcomes(run))).confidences) == 2


def test_failed_responses_and_tokens_are_read_on_request(store: Store) -> None:
    from calibrant.store import response_digest

    begun(store, "a")
    digest = response_digest(key("h0"))
    assert store.responses([digest])[digest].logprobs == ()
    assert store.responses([digest], logprobs=True)[digest].logprobs == (TokenLogprob("Paris", -0.1),)
    failed = Response(key=key("h9"), model=ModelRef(model="m"), error="timeout: none")
    run = store.begin_run(NewRun(kind="ask", source="q.csv", source_digest="c"))
    with store.writer(run) as writer:
        writer.add(Question(id="q9", text="Capital 9?", golds=("Paris",)), "h9", failed)
    other = response_digest(key("h9"))
    assert store.responses([other]) == {}
    assert store.responses([other], failed=True)[other].error == "timeout: none"
