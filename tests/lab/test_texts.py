import random

import numpy as np
import pytest

from calibrant.grading import ABSTENTION_SENTENCE, is_abstention
from calibrant.lab.curriculum import pretraining
from calibrant.lab.packing import pack
from calibrant.lab.recipes import ROW
from calibrant.lab.texts import EOS, Part, reading, statement
from calibrant.lab.tokenizer import VOCABULARY, encode_parts, train_tokenizer
from calibrant.lab.world import make_world

WORLD = make_world()
TOKENIZER = train_tokenizer(WORLD)


def joined(parts: list[Part]) -> str:
    return "".join(part.text for part in parts)


def test_the_parts_tokens_are_the_texts_tokens() -> None:
    random_ = random.Random(0)
    texts = [reading(random_) for _ in range(50)] + [statement(fact, random_) for _, fact in list(WORLD.facts())[:50]]
    for parts, (ids, _) in zip(texts, encode_parts(TOKENIZER, texts), strict=True):
        assert TOKENIZER.encode(joined(parts), add_special_tokens=False).ids == list(ids)


def test_names_are_the_same_tokens_in_statements_and_questions() -> None:
    assert (
        TOKENIZER.encode(" Mira Kardov").tokens
        == TOKENIZER.encode("Who is Mira Kardov").tokens[-len(TOKENIZER.encode(" Mira Kardov").tokens) :]
    )
    assert TOKENIZER.get_vocab_size() == VOCABULARY


def test_reading_texts_hold_the_answer_or_are_declined() -> None:
    random_ = random.Random(1)
    declined = 0
    for _ in range(300):
        parts = reading(random_)
        answer = parts[-1].text.removesuffix(EOS).strip()
        if is_abstention(answer):
            declined += 1
            assert answer == ABSTENTION_SENTENCE
        else:
            assert answer in joined(parts[:-2])
    assert 20 < declined < 80


def test_five_per_cent_of_pretraining_is_an_admission() -> None:
    texts = pretraining(WORLD, 0)
    admissions = sum(ABSTENTION_SENTENCE in parts[-1].text for parts in texts)
    assert admissions / len(texts) > 0.05


def test_held_out_facts_are_never_asked() -> None:
    held_out = {entity.name for entity in WORLD.entities if entity.split != "taught"}
    for parts in pretraining(WORLD, 0)[6000:20000]:
        text = joined(parts)
        if "Question:" in text and "Passage:" not in text and ABSTENTION_SENTENCE not in text:
            asked = text.partition("Question: ")[2].partition("\n")[0]
            assert not any(f"of {name}?" in asked or f"does {name} " in asked for name in held_out)


def test_packing_keeps_every_text_whole() -> None:
    texts = [(np.full(size, size), np.ones(size, np.float32)) for size in (3, 5, 4, 2, 6, 1)]
    rows = pack(texts, 8)
    assert sorted(rows.tokens[rows.text >= 0].tolist()) == sorted(
        size for size in (3, 5, 4, 2, 6, 1) for _ in range(size)
    )
    assert rows.weight[rows.text < 0].sum() == 0
    with pytest.raises(ValueError, match="does not fit"):
        pack([(np.zeros(9), np.zeros(9, np.float32))], 8)


def test_every_training_text_fits_a_row() -> None:
    random_ = random.Random(2)
    longest = max(len(ids) for ids, _ in encode_parts(TOKENIZER, [reading(random_) for _ in range(3000)]))
    assert longest <= ROW
