"""The wires without a network: what is sent, and what is read from bodies as the APIs' references show them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from calibrant.errors import InputError
from calibrant.models import Failure, Message, Prompt, Reply, Sampling
from calibrant.models.anthropic import AnthropicWire
from calibrant.models.chat import ChatWire
from calibrant.models.config import HttpFields
from calibrant.models.decisions import DecisionsWire, SystemOneWire
from calibrant.models.http_template import HttpWire, value_at
from calibrant.models.responses import ResponsesWire
from calibrant.models.wire import Wire, WireError, error_of, fitted, merged, short, with_defaults
from calibrant.types import Passage, Question

TWO = Prompt(messages=(Message("system", "Answer only."), Message("user", "Symbol of tungsten?")))
FULL = Sampling(temperature=0.5, top_p=0.9, max_tokens=64, seed=3, stop=("END",), logprobs=True, top_logprobs=2)


def sent(wire: Wire, prompt: Prompt = TWO, samples: int = 1) -> dict[str, Any]:
    found = json.loads(wire.body(prompt, samples))
    assert isinstance(found, dict)
    return found


def read(wire: Wire, body: object) -> Reply:
    (reply,) = wire.read(json.dumps(body).encode(), TWO)
    return reply


def http_wire(body: object, *, fields: dict[str, Any] | None = None, **paths: Any) -> HttpWire:
    return HttpWire(HttpFields.model_validate({"body": body, **paths}), fields=fields)


def with_sampling(sampling: Sampling) -> Prompt:
    return Prompt(messages=TWO.messages, sampling=sampling)


CHAT: dict[str, Any] = {
    "id": "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT",
    "object": "chat.completion",
    "created": 1741569952,
    "model": "gpt-x",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "W", "refusal": None, "annotations": []},
            "logprobs": {
                "content": [
                    {
                        "token": "W",
                        "logprob": -0.31725305,
                        "bytes": [87],
                        "top_logprobs": [
                            {"token": "W", "logprob": -0.31725305, "bytes": [87]},
                            {"token": "Tu", "logprob": -1.3190403, "bytes": [84, 117]},
                        ],
                    }
                ],
                "refusal": None,
            },
            "finish_reason": "stop",
        }
    ],
    "usage": {
        "prompt_tokens": 19,
        "completion_tokens": 10,
        "total_tokens": 29,
        "prompt_tokens_details": {"cached_tokens": 4, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 6, "audio_tokens": 0},
    },
    "service_tier": "default",
}


def chat_with(**choice: Any) -> dict[str, Any]:
    return {**CHAT, "choices": [{**CHAT["choices"][0], **choice}]}


def test_chat_sends_only_what_is_set() -> None:
    assert sent(ChatWire("gpt-x")) == {
        "model": "gpt-x",
        "messages": [
            {"role": "system", "content": "Answer only."},
            {"role": "user", "content": "Symbol of tungsten?"},
        ],
    }


def test_chat_sends_sampling_samples_effort_and_extra_body() -> None:
    wire = ChatWire("gpt-x", fields={"reasoning_effort": "low"}, max_tokens_field="max_completion_tokens")
    body = sent(wire, with_sampling(FULL), samples=3)
    assert body["n"] == 3
    assert body["max_completion_tokens"] == 64
    assert "max_tokens" not in body
    assert body["reasoning_effort"] == "low"
    assert (body["logprobs"], body["top_logprobs"]) == (True, 2)
    assert "logprobs" not in sent(ChatWire("gpt-x", logprobs=False), with_sampling(FULL))


def test_chat_reads_text_logprobs_and_usage() -> None:
    reply = read(ChatWire("gpt-x"), CHAT)
    assert reply.text == "W"
    assert reply.finish_reason == "stop"
    assert reply.logprobs[0].token == "W"
    assert reply.logprobs[0].top[1] == ("Tu", -1.3190403)
    assert (reply.usage.input_tokens, reply.usage.cached_input_tokens) == (19, 4)
    assert (reply.usage.output_tokens, reply.usage.reasoning_tokens) == (10, 6)
    assert reply.cost_usd is None


def test_chat_takes_the_cost_that_a_provider_reports() -> None:
    reply = read(ChatWire("m"), {**CHAT, "usage": {"prompt_tokens": 1, "completion_tokens": 2, "cost": 0.00014}})
    assert reply.cost_usd == 0.00014


def test_chat_a_refusal_is_a_text() -> None:
    reply = read(ChatWire("m"), chat_with(message={"content": None, "refusal": "I can't help with that."}))
    assert reply.text == "I can't help with that."
    assert reply.error is None
    assert reply.extra == {"refusal": True}


def test_chat_a_text_in_parts_leaves_thinking_out() -> None:
    parts = [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, {"type": "text", "text": "W"}]
    assert read(ChatWire("m"), chat_with(message={"content": parts})).text == "W"


@pytest.mark.parametrize(
    ("choice", "failure", "text"),
    [
        ({"finish_reason": "length"}, Failure.TRUNCATED, "W"),
        ({"finish_reason": "length", "message": {"content": None}}, Failure.TRUNCATED, None),
        ({"finish_reason": "content_filter"}, Failure.FILTERED, "W"),
        ({"message": {"content": None}}, Failure.MALFORMED, None),
        ({"message": {"content": ""}}, Failure.MALFORMED, None),
        ({"message": None}, Failure.MALFORMED, None),
        ({"message": {"content": None, "tool_calls": [{"id": "call_1"}]}}, Failure.MALFORMED, None),
    ],
)
def test_chat_what_is_no_answer_is_an_error_and_keeps_text_and_usage(
    choice: dict[str, Any], failure: Failure, text: str | None
) -> None:
    reply = read(ChatWire("m"), chat_with(**choice))
    assert reply.failure == failure
    assert reply.text == text
    assert reply.usage.output_tokens == 10


def test_chat_several_choices_share_the_usage_and_lose_none_of_it() -> None:
    body = {**CHAT, "choices": [chat_with(message={"content": text})["choices"][0] for text in ("W", "Tungsten", "?")]}
    replies = ChatWire("m").read(json.dumps(body).encode(), TWO)
    assert [reply.text for reply in replies] == ["W", "Tungsten", "?"]
    assert sum(reply.usage.output_tokens or 0 for reply in replies) == 10
    assert sum(reply.usage.reasoning_tokens or 0 for reply in replies) == 6
    assert [reply.usage.input_tokens for reply in replies] == [19, 0, 0]


RESPONSE: dict[str, Any] = {
    "id": "resp_67ccd2bed1ec8190b14f964abc054267",
    "object": "response",
    "status": "completed",
    "error": None,
    "incomplete_details": None,
    "output": [
        {"type": "reasoning", "id": "rs_1", "summary": []},
        {
            "type": "message",
            "id": "msg_67ccd2bf17f0819081ff3bb2cf6508e6",
            "status": "completed",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "W", "annotations": [], "logprobs": []}],
        },
    ],
    "usage": {
        "input_tokens": 36,
        "input_tokens_details": {"cached_tokens": 3},
        "output_tokens": 87,
        "output_tokens_details": {"reasoning_tokens": 80},
        "total_tokens": 123,
    },
}


def test_responses_sends_instructions_and_stores_nothing() -> None:
    body = sent(ResponsesWire("gpt-x", fields={"reasoning": {"effort": "low"}}), with_sampling(FULL))
    assert body["instructions"] == "Answer only."
    assert body["input"] == [{"role": "user", "content": "Symbol of tungsten?"}]
    assert body["store"] is False
    assert body["max_output_tokens"] == 64
    assert body["reasoning"] == {"effort": "low"}
    assert body["include"] == ["message.output_text.logprobs"]
    assert not {"seed", "stop", "n"} & set(body)


def test_responses_reads_the_message_and_the_usage() -> None:
    reply = read(ResponsesWire("gpt-x"), RESPONSE)
    assert (reply.text, reply.error) == ("W", None)
    assert (reply.usage.cached_input_tokens, reply.usage.reasoning_tokens) == (3, 80)


@pytest.mark.parametrize(
    ("change", "failure"),
    [
        ({"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}, Failure.TRUNCATED),
        ({"status": "incomplete", "incomplete_details": {"reason": "content_filter"}}, Failure.FILTERED),
        ({"output": []}, Failure.MALFORMED),
    ],
)
def test_responses_that_end_otherwise_are_errors(change: dict[str, Any], failure: Failure) -> None:
    assert read(ResponsesWire("m"), {**RESPONSE, **change}).failure == failure


def test_responses_a_refusal_is_a_text_and_a_failed_one_has_none() -> None:
    content = [{"type": "refusal", "refusal": "No."}]
    assert read(ResponsesWire("m"), {**RESPONSE, "output": [{"type": "message", "content": content}]}).text == "No."
    with pytest.raises(WireError, match="The server had an error"):
        failed = {"status": "failed", "error": {"code": "server_error", "message": "The server had an error"}}
        read(ResponsesWire("m"), {**RESPONSE, **failed})


MESSAGE: dict[str, Any] = {
    "id": "msg_013Zva2CMHLNnXjNJJKqJ2EF",
    "type": "message",
    "role": "assistant",
    "model": "claude-x",
    "content": [
        {"type": "thinking", "thinking": "Hm.", "signature": "abc"},
        {"type": "text", "text": "W"},
        {"type": "text", "text": "."},
    ],
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "usage": {
        "input_tokens": 10,
        "cache_creation_input_tokens": 5,
        "cache_read_input_tokens": 100,
        "output_tokens": 25,
    },
}


def test_anthropic_sends_system_apart_and_always_a_limit() -> None:
    wire = AnthropicWire("claude-x", fields={"output_config": {"effort": "low"}})
    body = sent(wire)
    assert body["system"] == "Answer only."
    assert body["max_tokens"] == 4096
    assert body["messages"] == [{"role": "user", "content": "Symbol of tungsten?"}]
    assert body["output_config"] == {"effort": "low"}
    full = sent(wire, with_sampling(FULL))
    assert (full["max_tokens"], full["stop_sequences"]) == (64, ["END"])
    assert not {"seed", "logprobs", "stop"} & set(full)
    assert wire.headers["anthropic-version"] == "2023-06-01"


def test_anthropic_reads_text_blocks_and_counts_the_cache_as_input() -> None:
    reply = read(AnthropicWire("claude-x"), MESSAGE)
    assert reply.text == "W."
    assert reply.usage.input_tokens == 115
    assert reply.usage.cached_input_tokens == 100
    assert reply.usage.output_tokens == 25


@pytest.mark.parametrize(
    ("stop", "failure"), [("max_tokens", Failure.TRUNCATED), ("refusal", Failure.FILTERED), ("end_turn", None)]
)
def test_anthropic_endings(stop: str, failure: Failure | None) -> None:
    reply = read(AnthropicWire("m"), {**MESSAGE, "stop_reason": stop})
    assert reply.failure == failure
    assert reply.text == "W."


@pytest.mark.parametrize("wire", [ChatWire("m"), ResponsesWire("m"), AnthropicWire("m"), http_wire({}, answer="a")])
@pytest.mark.parametrize("payload", [b"", b"<html>", b'{"choices": [{', b"[1]", b"null", b"\xff\xfe{", b"{}"])
def test_no_wire_takes_a_body_that_is_none(wire: Wire, payload: bytes) -> None:
    with pytest.raises(WireError) as caught:
        wire.read(payload, TWO)
    assert caught.value.failure is Failure.MALFORMED
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("wire", [ChatWire("m"), ResponsesWire("m"), AnthropicWire("m"), http_wire({}, answer="a")])
def test_an_error_inside_a_200_keeps_its_words_and_status(wire: Wire) -> None:
    with pytest.raises(WireError, match="Overloaded for now") as caught:
        wire.read(b'{"error": {"message": "Overloaded for now", "code": 503}}', TWO)
    assert caught.value.status == 503


ASKED = Question(id="q7", text='Who said "no"?\nName one.', passages=(Passage(text="A said no."), Passage(text="B")))


def test_a_template_fills_in_and_paths_find() -> None:
    wire = http_wire(
        '{"q": {{ question | tojson }}, "docs": {{ passages | tojson }}, "id": "{{ id }}", "k": {{ k }} }',
        answer="result.0.text",
        confidence="result.0.score",
        usage={"input_tokens": "usage.prompt", "output_tokens": "usage.completion"},
        cost="usage.dollars",
        fields={"k": 3},
    )
    prompt = Prompt(messages=TWO.messages, question=ASKED)
    assert sent(wire, prompt) == {"q": ASKED.text, "docs": ["A said no.", "B"], "id": "q7", "k": 3}
    body = {"result": [{"text": "A", "score": 0.8}], "usage": {"prompt": 5, "completion": 1, "dollars": 0.01}}
    reply = read(wire, body)
    assert (reply.text, reply.extra, reply.cost_usd) == ("A", {"confidence": 0.8}, 0.01)
    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (5, 1)


def test_a_template_may_ask_for_a_passage_by_its_number() -> None:
    wire = http_wire({"context": "{{ passages[0] }}", "last": "{{ passages[-1] }}"}, answer="")
    prompt = Prompt(messages=TWO.messages, question=ASKED)
    assert sent(wire, prompt) == {"context": "A said no.", "last": "B"}


def test_a_table_of_templates_needs_no_quoting() -> None:
    wire = http_wire({"query": "{{ question }}", "options": {"top_k": 5, "tags": ["{{ system }}"]}}, answer="")
    prompt = Prompt(messages=TWO.messages, question=ASKED)
    assert sent(wire, prompt) == {"query": ASKED.text, "options": {"top_k": 5, "tags": ["Answer only."]}}
    assert read(wire, "A").text == "A"
    assert read(wire, 42).text == "42"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"q": "{{ question }}"}', "does not render to JSON"),
        ('{"q": {{ nosuch | tojson }} }', "nosuch"),
        ('{"q": {{ question ', "is not a template"),
        ({"q": "{{ ''.__class__.__mro__ }}"}, "cannot be filled in"),
    ],
)
def test_a_template_that_cannot_work_is_refused_at_once(body: str | dict[str, str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        http_wire(body, answer="a")


def test_a_path_that_leads_nowhere_says_what_was_there() -> None:
    with pytest.raises(WireError, match="nothing at 'answer'"):
        read(http_wire({}, answer="answer"), {"result": "x"})
    assert value_at({"a": [{"b": None}]}, "a.0.b") is None
    assert value_at({"a": [1, 2]}, "a.-1") == 2
    assert value_at({"a": [1, 2]}, "a.2") is None


@pytest.mark.parametrize(
    ("payload", "message"),
    [
        (b'{"error": {"message": "Bad key", "type": "auth"}}', "Bad key"),
        (b'{"error": "model not found"}', "model not found"),
        (b'{"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}', "Overloaded"),
        (b'[{"error": {"code": 400, "message": "API key not valid"}}]', "API key not valid"),
        (b'{"detail": "Not Found"}', "Not Found"),
        (b'{"detail": [{"loc": ["body"], "msg": "field required"}]}', "field required"),
        (b'{"message": "no route"}', "no route"),
        (b"<html><head><title>502 Bad\n Gateway</title>", "an HTML page ('502 Bad Gateway')"),
        (b"upstream connect error", "upstream connect error"),
        (b"", "an empty body"),
    ],
)
def test_the_words_of_an_error_are_found_in_any_shape(payload: bytes, message: str) -> None:
    assert error_of(payload).message == message


def test_tables_merge_and_the_second_has_the_last_word() -> None:
    base = {"reasoning": {"summary": "auto", "effort": "high"}, "n": 1}
    assert merged(base, {"reasoning": {"effort": "low"}}) == {"reasoning": {"summary": "auto", "effort": "low"}, "n": 1}
    assert base["n"] == 1


def test_a_prompt_overrules_the_models_defaults() -> None:
    defaults = Sampling(temperature=1.0, seed=1)
    assert with_defaults(Sampling(temperature=0.0), defaults) == Sampling(temperature=0.0, seed=1)
    assert with_defaults(Sampling(), defaults) is defaults


def test_replies_are_made_to_fit() -> None:
    reply = Reply(text="a")
    assert fitted([reply, reply], 1) == [reply]
    assert fitted([reply], 2)[1].failure is Failure.MALFORMED


def test_a_line_is_short_and_printable() -> None:
    assert short("a\x1b[31m\n b" + "c" * 900, 20) == "a [31m bccccccccc..."


SCHEMA = {"type": "object", "properties": {"verdict": {"type": "string"}}, "required": ["verdict"]}


@pytest.mark.parametrize(
    ("wire", "place"),
    [
        (ChatWire("m"), ("response_format", "json_schema", "schema")),
        (ResponsesWire("m"), ("text", "format", "schema")),
        (AnthropicWire("m", fields={"output_config": {"effort": "low"}}), ("output_config", "format", "schema")),
    ],
)
def test_each_wire_asks_for_a_schema_in_its_own_words(wire: Any, place: tuple[str, ...]) -> None:
    asked = Prompt(messages=(Message("user", "?"),), schema=SCHEMA)
    found = json.loads(wire.body(asked, 1))
    assert found.get("output_config", {}).get("effort") in {None, "low"}
    for name in place:
        found = found[name]
    assert found == SCHEMA
    without = json.loads(wire.body(Prompt(messages=(Message("user", "?"),)), 1))
    assert place[0] not in without or place[1] not in without[place[0]]


CONDITION = Prompt(messages=(Message("system", "The answer is correct."), Message("user", "Question: 1+1? Answer: 2")))


def test_a_predicate_is_asked_of_decisions_and_a_noul_of_systemone() -> None:
    # The API references of OpenAI ("Create a decision") and TypeSafe, with their own field names.
    assert sent(DecisionsWire("luna", fields={"safety_identifier": "x"}), CONDITION) == {
        "model": "luna",
        "input": "Question: 1+1? Answer: 2",
        "questions": [{"type": "predicate", "name": "condition", "instructions": "The answer is correct."}],
        "safety_identifier": "x",
    }
    assert sent(SystemOneWire("jev"), CONDITION) == {
        "model": "jev",
        "state": "Question: 1+1? Answer: 2",
        "questions": {"condition": {"type": "noul", "instructions": "The answer is correct."}},
    }


def test_a_decision_is_its_probability_as_text() -> None:
    usage = {
        "input_tokens": 164,
        "input_tokens_details": {"cached_tokens": 64, "cache_write_tokens": 0},
        "output_tokens": 0,
        "total_tokens": 164,
    }
    answer = {"type": "predicate", "name": "condition", "probability": 0.9312345678}
    reply = read(DecisionsWire("luna"), {"model": "luna", "answers": [answer], "usage": usage})
    assert (reply.text, reply.error) == ("0.931235", None)
    assert (reply.usage.input_tokens, reply.usage.cached_input_tokens, reply.usage.output_tokens) == (164, 64, 0)
    noul = {"model": "jev", "answers": {"condition": {"type": "noul", "noul": 0.91}}, "usage": {"input_tokens": 412}}
    assert read(SystemOneWire("jev"), noul).text == "0.91"


def test_a_refusal_to_decide_is_a_failure_that_was_paid_for() -> None:
    body = {"model": "luna", "answers": [{"type": "refusal", "name": "condition"}], "usage": {"input_tokens": 9}}
    reply = read(DecisionsWire("luna"), body)
    assert (reply.text, reply.failure, reply.usage.input_tokens) == (None, Failure.FILTERED, 9)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"answers": []},
        {"answers": [{"type": "predicate"}]},
        {"answers": [{"type": "predicate", "probability": 1.5}]},
        {"answers": [{"type": "predicate", "probability": "high"}]},
        {"answers": {"condition": {"noul": 0.5}}},
        {"error": {"message": "no such model"}},
        [],
    ],
)
def test_a_body_without_a_probability_is_malformed(body: object) -> None:
    with pytest.raises(WireError) as caught:
        DecisionsWire("luna").read(json.dumps(body).encode(), CONDITION)
    assert caught.value.failure is Failure.MALFORMED
