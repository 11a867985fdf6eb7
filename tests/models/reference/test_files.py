"""Files that are missing, damaged or of another model are refused before anything is answered."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from random_models import write_manifest, write_models
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from calibrant.errors import CalibrantError, InputError, ModelError
from calibrant.models.reference import DATA, NAMES, Engine, ReferenceFiles
from calibrant.models.reference.weights import read_weights


@pytest.fixture
def copy(models: ReferenceFiles, tmp_path: Path) -> Path:
    return Path(shutil.copytree(models.folder, tmp_path / "copy"))


@pytest.mark.parametrize("place", [9, 2000, -1])
@pytest.mark.parametrize("name", ["reference-small.safetensors", "tokenizer.json", "almanac.jsonl.gz"])
def test_one_flipped_bit_fails_the_checksum(copy: Path, name: str, place: int) -> None:
    content = bytearray((copy / name).read_bytes())
    content[place % len(content)] ^= 1
    (copy / name).write_bytes(content)
    with pytest.raises(ModelError, match=rf"{name}: is damaged: its checksum"):
        files = ReferenceFiles(copy)
        Engine(files, "reference-small")
        _ = files.almanac


@pytest.mark.parametrize("name", ["reference-small.safetensors", "tokenizer.json", "almanac.jsonl.gz", "manifest.json"])
def test_a_missing_file_is_named_with_a_remedy(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(CalibrantError, match=rf"{name}: cannot be read: No such file.* Write the folder anew"):
        files = ReferenceFiles(copy)
        Engine(files, "reference-small")
        _ = files.almanac


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": 1}', '{"a": {}}', "3"])
def test_what_is_no_manifest_is_said(copy: Path, text: str) -> None:
    (copy / "manifest.json").write_text(text)
    with pytest.raises(InputError, match=r"is no manifest of models|no reference model"):
        Engine(ReferenceFiles(copy), "reference-small")


@pytest.mark.parametrize("name", ["reference-small.safetensors", "tokenizer.json", "almanac.jsonl.gz"])
@pytest.mark.parametrize("content", [b"", b"{}", b"\x00" * 100, b"\xff\xff\xff\xff\xff\xff\xff\xff{}"])
def test_a_file_of_another_kind_with_a_right_checksum_is_refused(copy: Path, name: str, content: bytes) -> None:
    (copy / name).write_bytes(content)
    write_manifest(copy)
    with pytest.raises(ModelError, match="no weights|no tokenizer|no almanac"):
        files = ReferenceFiles(copy)
        Engine(files, "reference-small")
        _ = files.almanac


def test_weights_and_tokenizer_of_two_worlds_do_not_go_together(copy: Path) -> None:
    path = copy / "tokenizer.json"
    content = json.loads(path.read_text())
    vocabulary = content["model"]["vocab"]
    vocabulary["a"], vocabulary["b"] = vocabulary["b"], vocabulary["a"]  # as many tokens, with other numbers
    path.write_text(json.dumps(content))
    write_manifest(copy)
    with pytest.raises(
        ModelError, match="small.safetensors: the weights were trained with another tokenizer"
    ) as caught:
        Engine(ReferenceFiles(copy), "reference-small")
    assert "Put the tokenizer.json beside them that they were trained with" in str(caught.value)


def test_weights_that_name_no_tokenizer_are_refused(copy: Path) -> None:
    path = copy / "reference-small.safetensors"
    with safe_open(path, framework="numpy") as file:
        config = file.metadata()["config"]
    save_file(load_file(path), path, metadata={"config": config})
    write_manifest(copy)
    with pytest.raises(ModelError, match="another tokenizer: one they do not name"):
        Engine(ReferenceFiles(copy), "reference-small")


@pytest.mark.parametrize("name", NAMES)
def test_the_packages_weights_name_the_packages_tokenizer(name: str) -> None:
    files = ReferenceFiles()
    digest = hashlib.sha256(files.read("tokenizer.json")).hexdigest()
    assert read_weights(files.read(files.weights(name))).tokenizer == digest
    assert Engine(files, name).name == name


def test_models_of_ones_own_are_found_by_their_file(tmp_path: Path) -> None:
    files = ReferenceFiles(write_models(tmp_path / "own", names=("mine", "reference-large", "a")))
    assert files.models == ("reference-large", "a", "mine")
    with pytest.raises(InputError, match="Known: reference-large, a, mine"):
        files.weights("reference-small")


@pytest.mark.skipif(not (DATA / "manifest.json").is_file(), reason="the package's models are not built yet")
def test_the_packages_own_files_are_whole_and_small() -> None:
    files = ReferenceFiles()
    assert files.models == NAMES
    assert sum(len(files.read(name)) for name in files.manifest) < 16_000_000
