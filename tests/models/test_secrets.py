"""Keys stay out of texts, whole, in part, and in every spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibrant.models.secrets import REDACTED, Redactor, is_secret_name, looks_like_key, userinfo_of

KEY = "proj+very/secret=key 42"


@pytest.mark.parametrize(
    "text",
    [
        f"You sent {KEY}.",
        "https://host/?x=proj%2Bvery%2Fsecret%3Dkey%2042",
        "Incorrect: proj**********42",
        "Incorrect: proj...42",
    ],
)
def test_a_known_key_is_found_in_every_form(text: str) -> None:
    cleaned = Redactor([KEY]).text(text)
    assert REDACTED in cleaned
    assert "secret" not in cleaned
    assert "42" not in cleaned.replace(KEY, "")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("key sk-proj-abcdefghijklmnop1234 refused", f"key {REDACTED} refused"),
        ("provided: sk-abc***********wxyz. You", f"provided: {REDACTED}. You"),
        ("provided: sk-abc...wxyz", f"provided: {REDACTED}"),
        ("Authorization: Bearer abcdef123456", f"Authorization: Bearer {REDACTED}"),
        ("http://user:password@host:80/x", f"http://{REDACTED}@host:80/x"),
        ("GET /v1?key=abcdef&alt=json", f"GET /v1?key={REDACTED}&alt=json"),
        ("nothing of this kind: a task-oriented sketch", "nothing of this kind: a task-oriented sketch"),
        ("bearer of bad news", "bearer of bad news"),
    ],
)
def test_what_is_shaped_like_a_key_goes_and_the_rest_stays(text: str, left: str) -> None:
    assert Redactor().text(text) == left


def test_the_body_of_an_answer_keeps_the_models_words() -> None:
    payload = b'{"content": "An example key is sk-proj-abcdefghijklmnop1234", "echo": "proj+very/secret=key 42"}'
    cleaned = Redactor([KEY]).answer(payload)
    assert b"sk-proj-abcdefghijklmnop1234" in cleaned
    assert KEY.encode() not in cleaned
    assert b"sk-proj" not in Redactor([KEY]).body(payload)
    assert Redactor([KEY]).body(b"\xff" + KEY.encode()) == b"\xff" + REDACTED.encode()


def test_placeholders_are_no_secrets() -> None:
    assert Redactor(["EMPTY", "none"]).text("EMPTY or none") == "EMPTY or none"


KEYS = st.text(min_size=8, max_size=40).filter(lambda text: len(text.strip()) >= 8)


@given(KEYS, st.text(max_size=40), st.text(max_size=40))
def test_no_key_survives(key: str, before: str, after: str) -> None:
    assert key.strip() not in Redactor([key]).text(before + key + after).replace(REDACTED, "\0")


def test_names_of_variables_do_not_look_like_keys() -> None:
    assert not looks_like_key("OPENAI_API_KEY")
    assert not looks_like_key("meta-llama/Llama-3.1-8B-Instruct")
    assert not looks_like_key("https://my-resource.openai.azure.com/openai/deployments/gpt-4o")
    assert looks_like_key("sk-proj-abcdefghijklmnop1234")
    assert looks_like_key("Bearer abcdefgh12345678")


SLASHED = "ab/cd+ef/gh=12"


@pytest.mark.parametrize(
    "echo",
    [
        r"ab\/cd+ef\/gh=12",
        r"ab\u002fcd\u002bef\u002Fgh\u003d12",
        r"\u0061b/cd\u002Bef\/gh=12",
        "ab%2Fcd%2Bef%2Fgh%3D12",
        "ab%2fcd%2bef%2fgh=12",
    ],
)
def test_a_key_is_found_however_json_or_an_address_spells_it(echo: str) -> None:
    redactor = Redactor([SLASHED])
    assert redactor.text(f"x {echo} y") == f"x {REDACTED} y"
    assert redactor.body(f'{{"a": "{echo}"}}'.encode()) == f'{{"a": "{REDACTED}"}}'.encode()
    if "%" not in echo:
        assert redactor.answer(f'{{"a": "{echo}"}}'.encode()) == f'{{"a": "{REDACTED}"}}'.encode()
        assert redactor.body(b"\xff" + echo.encode()) == b"\xff" + REDACTED.encode()


KEY_NAMES = (
    "Ocp-Apim-Subscription-Key code sig api-key X-My-Token client_secret X-Auth-Key Authorization key access_token"
)
OTHER_NAMES = "api-version anthropic-version X-Title X-Team tokens keyboard encoding deployment"


@pytest.mark.parametrize("name", KEY_NAMES.split())
def test_names_that_speak_of_a_key(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", OTHER_NAMES.split())
def test_names_that_do_not(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize("address", ["http://me:word%2F1234@host:80/x", "me:word%2F1234@host:80"])
def test_the_password_of_an_address_is_known_in_its_forms(address: str) -> None:
    redactor = Redactor(userinfo_of(address))
    for form in (address, "word/1234", "word%2F1234", "bWU6d29yZC8xMjM0"):
        assert "word" not in redactor.text(f"no way through {form}")
        assert "bWU6" not in redactor.text(f"no way through {form}")


def test_an_address_without_a_password_has_no_secret() -> None:
    assert userinfo_of("http://host:80/a@b") == ()
    assert userinfo_of("") == ()


def test_a_short_password_of_a_proxy_is_taken_out_where_it_stands() -> None:
    assert (
        Redactor(userinfo_of("u:pw@proxy:80")).text("no way through u:pw@proxy:80")
        == f"no way through {REDACTED}proxy:80"
    )
