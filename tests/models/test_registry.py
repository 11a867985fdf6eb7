"""A model by what a user types, and what is said where it cannot be had."""

from __future__ import annotations

from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path
from typing import Any

import pytest

from calibrant.errors import InputError
from calibrant.models import Model, Price, load_model, load_models, read_models
from calibrant.models.client import HttpModel
from calibrant.types import ModelRef

KEYS = {"OPENAI_API_KEY": "test-key-openai", "ANTHROPIC_API_KEY": "test-key-anthropic"}
TOML = """
[models.gpt-x]
api_key_env = "OPENAI_API_KEY"
price = { input = 1.25, output = 10, cached_input = 0.125 }
[models.gpt-x.effort]
low = { reasoning_effort = "low" }
high = { reasoning_effort = "high", max_completion_tokens = 8000 }

[models.local]
base_url = "http://gpu-7:8000/v1"
model = "meta-llama/Llama-3.1-8B-Instruct"
concurrency = 7

["models"."with@sign"]
base_url = "http://gpu-7:8000/v1"

[models.azure]
base_url = "https://x.openai.azure.com/openai/deployments/d"
api_key_env = "AZURE_KEY"
api_key_header = "api-key"
query = { api-version = "2024-10-21" }
headers = { X-Team = "${TEAM}" }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "calibrant.toml").write_text(TOML, encoding="utf-8")
    return tmp_path


def options_of(model: Model) -> Any:
    assert isinstance(model, HttpModel)
    return model.connection._options


def body_of(model: Model) -> bytes:
    from calibrant.models import Message, Prompt

    assert isinstance(model, HttpModel)
    return model.wire.body(Prompt(messages=(Message("user", "hi"),)), 1)


def test_a_name_of_the_file_with_its_effort_and_price(folder: Path) -> None:
    model = load_model("gpt-x@high", folder=folder, environ=KEYS)
    assert model.ref == ModelRef(model="gpt-x", effort="high")
    assert model.price == Price(input=1.25, output=10, cached_input=0.125, source="calibrant.toml")
    assert b'"max_completion_tokens":8000' in body_of(model)
    assert options_of(model).url == "https://api.openai.com/v1/chat/completions"
    assert options_of(model).headers["Authorization"] == "Bearer test-key-openai"


def test_no_effort_sends_none(folder: Path) -> None:
    assert b"reasoning" not in body_of(load_model("gpt-x", folder=folder, environ=KEYS))


def test_a_key_is_never_sent_elsewhere_unasked(folder: Path) -> None:
    model = load_model("local", folder=folder, environ=KEYS)
    assert "test-key" not in repr(options_of(model).headers)
    assert b'"model":"meta-llama/Llama-3.1-8B-Instruct"' in body_of(model)
    assert model.concurrency == 7


def test_azure_by_header_and_query(folder: Path) -> None:
    environ = {"AZURE_KEY": "test-key-azure", "TEAM": "blue-team"}
    options = options_of(load_model("azure", folder=folder, environ=environ))
    assert options.headers["api-key"] == "test-key-azure"
    assert options.headers["X-Team"] == "blue-team"
    assert options.query == {"api-version": "2024-10-21"}
    with pytest.raises(InputError, match="TEAM is not set"):
        load_model("azure", folder=folder, environ={"AZURE_KEY": "test-key-azure"})


def test_without_a_file_the_openai_compatible_endpoint_is_asked(tmp_path: Path) -> None:
    model = load_model("org/some-model:free@low", folder=tmp_path, environ=KEYS)
    assert model.ref == ModelRef(model="org/some-model:free", effort="low")
    assert b'"reasoning_effort":"low"' in body_of(model)
    local = load_model("llama3:8b", folder=tmp_path, environ={"OPENAI_BASE_URL": "http://localhost:11434/v1/"})
    assert options_of(local).url == "http://localhost:11434/v1/chat/completions"
    assert "Authorization" not in options_of(local).headers


def test_prefixes_choose_a_wire(tmp_path: Path) -> None:
    claude = load_model("anthropic:claude-x@high", folder=tmp_path, environ=KEYS)
    assert options_of(claude).url == "https://api.anthropic.com/v1/messages"
    assert options_of(claude).headers["x-api-key"] == "test-key-anthropic"
    assert b'"output_config":{"effort":"high"}' in body_of(claude)
    assert claude.ref == ModelRef(model="claude-x", effort="high")
    gpt = load_model("responses:gpt-x@minimal", folder=tmp_path, environ=KEYS)
    assert options_of(gpt).url == "https://api.openai.com/v1/responses"
    assert b'"reasoning":{"effort":"minimal"}' in body_of(gpt)


def test_a_name_may_hold_an_at_sign(folder: Path) -> None:
    assert load_model("with@sign", folder=folder, environ={}).ref == ModelRef(model="with@sign")
    assert load_model("@cf/meta/llama", folder=folder, environ=KEYS).ref == ModelRef(model="@cf/meta/llama")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("gpt-x@lwo", "no effort 'lwo'. Did you mean low? Known: low, high"),
        ("gtp-x", "did you mean gpt-x"),
        ("nothing-like-it", "OPENAI_API_KEY is not set"),
        ("nothing-like-it", "Without a key: reference-small, reference-medium, reference-large, reference-candid"),
        ("reference-larg", "Did you mean reference-large? Known: reference-small, reference-medium, reference-large"),
        ("reference-large@hihg", "no effort 'hihg'. Did you mean high? Known: low, high"),
        ("", "a model needs a name"),
        ("gpt-x@", "names no effort"),
        ("gpt-x", "the environment variable OPENAI_API_KEY is not set"),
        ("anthropic:claude-x", "ANTHROPIC_API_KEY is not set"),
        ("anthropic:", "names nothing"),
        ("recorded:nowhere.csv", "no such file"),
        ("callable:nomodule", "is no function"),
        ("callable:json:nothing", "has no nothing"),
        ("callable:no_such_module_:f", "No module named"),
    ],
)
def test_what_cannot_be_had_is_said_with_a_remedy(folder: Path, name: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        load_model(name, folder=folder, environ={})
    assert words in str(caught.value)


def test_efforts_of_one_endpoint_share_its_limits(folder: Path) -> None:
    low, high, other = load_models(["gpt-x@low", "gpt-x@high", "local"], folder=folder, environ=KEYS)
    assert isinstance(low, HttpModel)
    assert isinstance(high, HttpModel)
    assert isinstance(other, HttpModel)
    assert low.limits is high.limits
    assert low.limits is not other.limits


def test_prices_come_from_elsewhere_where_the_file_has_none(folder: Path) -> None:
    known = {"meta-llama/Llama-3.1-8B-Instruct": Price(input=0.1, output=0.2)}
    models = load_models(["local", "gpt-x"], folder=folder, environ=KEYS, price_of=known.get)
    assert [model.price and model.price.input for model in models] == [0.1, 1.25]


def test_the_identity_is_of_what_decides_replies_and_of_nothing_else(folder: Path) -> None:
    def identity(name: str, environ: dict[str, str] | None = None) -> str:
        return load_model(name, folder=folder, environ=KEYS | (environ or {})).identity

    assert identity("gpt-x@low") != identity("gpt-x@high") != identity("gpt-x")
    assert identity("gpt-x@low") == identity("gpt-x@low", {"OPENAI_API_KEY": "test-key-another"})
    before = identity("local")
    slower = TOML.replace("concurrency = 7", "concurrency = 9\nrpm = 60")
    (folder / "calibrant.toml").write_text(slower, encoding="utf-8")
    assert identity("local") == before
    (folder / "calibrant.toml").write_text(TOML.replace("concurrency = 7", 'version = "2"'), encoding="utf-8")
    assert identity("local") != before


def test_the_identity_does_not_change_between_releases(tmp_path: Path) -> None:
    assert load_model("gpt-x@low", folder=tmp_path, environ=KEYS).identity == "e21a5c511b0e360813708a54dcf48864"


def test_a_plug_in_makes_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    point = EntryPoint("mine", "tests_plugged:make", "calibrant.models")
    module = tmp_path / "tests_plugged.py"
    module.write_text("def make(rest, effort):\n    return (rest, effort)\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr("calibrant.models.registry.entry_points", lambda group: EntryPoints([point]))
    assert load_model("mine:a:b@low", folder=tmp_path, environ={}) == ("a:b", "low")  # type: ignore[comparison-overlap]
    assert load_model("mine", folder=tmp_path, environ={}) == ("", None)  # type: ignore[comparison-overlap]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[models.a]\nbase_urll = 'x'", "calibrant.toml: [models.a]: unknown field base_urll. Did you mean base_url?"),
        ("[models.a]\nprice = {inptu = 1}", "unknown field price.inptu"),
        ("[models.a]\nprice = {input = -1, output = 1}", "price.input"),
        ("[models.a]\nwire = 'grpc'", "wire"),
        ("[models.a]\nwire = 'http'", "needs http"),
        ("[models.a]\nwire = 'callable'", "needs function"),
        ("[models.a]\nfile = 'x.csv'", "goes with wire = 'recorded'"),
        ("[models.a]\nwire = 'anthropic'\nmax_samples = 3", "one reply for each request"),
        ("[models.a]\nconcurrency = 0", "concurrency"),
        ("[models.a]\napi_key = 'x'", "api_key does not belong into this file"),
        ("[models.a]\napi_key_env = 'sk-proj-abcdefghijklmnop1234'", "looks like the key itself"),
        ("[models.a]\nheaders = {Authorization = 'Bearer abc'}", "looks like a key"),
        ("[models.a]\nheaders = {api-key = 'abc'}", "looks like a key"),
        ("[models.a]\nextra_body = {user = 'sk-proj-abcdefghijklmnop1234'}", "extra_body.user"),
        ("[models.a]\nproxy = 'http://me:word@proxy:80'", "looks like a key"),
        ("[models.a]\nproxy = 'me:word@proxy:80'", "looks like a key"),
        ("[models.a]\nheaders = {Ocp-Apim-Subscription-Key = 'abc'}", "write ${ITS_NAME} here"),
        ("[models.a]\nquery = {code = 'abc'}", "query.code holds something that looks like a key"),
        ('[models.a]\nheaders = {X-A = "a\\nb"}', "the header X-A holds a line break"),
        ("[models.a]\nheaders = {'X A' = 'a'}", "is no name of a header"),
        ("[models.a]\napi_key_header = 'X A'", "is no name of a header"),
        ("[models.a]\nbase_url = 'http://[::1'", "[models.a]: base_url is not an address"),
        ("[models.a]\nbase_url = 'api.openai.com/v1'", "base_url is not an address"),
        ("[models]\na = 1", "is not a table"),
        ("models = 1", "models is not a table"),
        ("[models.a", "is not valid TOML"),
    ],
)
def test_a_fault_in_the_file_names_entry_and_field_and_shows_no_key(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "calibrant.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_models(tmp_path)
    assert words in str(caught.value)
    assert "abcdefghij" not in str(caught.value)


def test_a_base_url_that_is_none_is_refused(tmp_path: Path) -> None:
    for url in ("api.openai.com/v1", "ftp://x", "http://", "http://x:99999/", "http://[::1"):
        with pytest.raises(InputError, match="is not an address"):
            load_model("m", folder=tmp_path, environ={"OPENAI_BASE_URL": url, "OPENAI_API_KEY": "test-key-openai"})


def test_openai_base_url_is_the_default_address_of_chat_and_responses(tmp_path: Path) -> None:
    environ = {**KEYS, "OPENAI_BASE_URL": "https://proxy.example/v1/"}
    (tmp_path / "calibrant.toml").write_text("[models.a]\nmax_samples = 2\n[models.b]\nwire = 'responses'\n")
    for name, path in (("a", "chat/completions"), ("b", "responses"), ("responses:m", "responses"), ("m@low", "chat")):
        options = options_of(load_model(name, folder=tmp_path, environ=environ))
        assert options.url.startswith(f"https://proxy.example/v1/{path}")
        assert options.headers["Authorization"] == "Bearer test-key-openai"
    claude = options_of(load_model("anthropic:m", folder=tmp_path, environ=environ))
    assert claude.url == "https://api.anthropic.com/v1/messages"
    with pytest.raises(InputError, match="OPENAI_API_KEY is not set"):
        load_model("a", folder=tmp_path, environ={"OPENAI_BASE_URL": "https://proxy.example/v1"})
    local = load_model("b", folder=tmp_path, environ={"OPENAI_BASE_URL": "http://localhost:8000/v1"})
    assert "Authorization" not in options_of(local).headers


def test_the_address_of_the_environment_is_part_of_the_identity_and_its_password_is_not(tmp_path: Path) -> None:
    def identity(url: str) -> str:
        return load_model("responses:m", folder=tmp_path, environ={"OPENAI_BASE_URL": url}).identity

    assert identity("http://me:one@host/v1") == identity("http://me:two@host/v1")
    assert identity("http://me:one@host/v1") != identity("http://me:one@other/v1")


def test_a_password_in_the_address_is_sent_as_basic_and_known_to_the_redactor(tmp_path: Path) -> None:
    model = load_model("m", folder=tmp_path, environ={"OPENAI_BASE_URL": "https://me:long%2Fword@host/v1"})
    assert isinstance(model, HttpModel)
    assert options_of(model).url == "https://host/v1/chat/completions"
    assert options_of(model).headers["Authorization"] == "Basic bWU6bG9uZy93b3Jk"
    assert "word" not in model.redactor.text("said long/word and long%2Fword")
    with pytest.raises(InputError, match="a key and a password in the address"):
        load_model("m", folder=tmp_path, environ=KEYS | {"OPENAI_BASE_URL": "https://me:long@host/v1"})


def test_whatever_a_header_for_keys_holds_is_known_to_the_redactor(tmp_path: Path) -> None:
    from calibrant.models import ModelConfig
    from calibrant.models.assembly import Workshop

    config = ModelConfig(
        base_url="http://host/v1",
        headers={"Authorization": "Bearer literal-word-1", "X-Title": "${TITLE}"},
        query={"code": "pre-${PART}-literal-word-2"},
    )
    model = Workshop(folder=tmp_path, environ={"TITLE": "a title of ours", "PART": "abc"}).build("m", None, config)
    assert isinstance(model, HttpModel)
    said = model.redactor.text("literal-word-1, pre-abc-literal-word-2, a title of ours")
    assert said == "[redacted], [redacted], a title of ours"


def test_a_header_that_a_variable_breaks_is_refused(folder: Path) -> None:
    environ = {"AZURE_KEY": "test-key-azure", "TEAM": "blue\nX-Other: 1"}
    with pytest.raises(InputError, match="X-Team holds a line break"):
        load_model("azure", folder=folder, environ=environ)


def test_passwords_of_proxies_in_the_environment_are_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for address in ("http://me:proxy-word-1@proxy:3128", "me:proxy-word-1@proxy:3128"):
        monkeypatch.setenv("https_proxy", address)
        model = load_model("m", folder=tmp_path, environ=KEYS)
        assert isinstance(model, HttpModel)
        assert "proxy-word" not in model.redactor.text(f"no way through {address}: proxy-word-1")
        assert model.connection._proxy == "http://me:proxy-word-1@proxy:3128"
