"""The tokenizer that all models share: byte-pair encoding, trained on made-up texts.

The names it is trained on are drawn afresh, so that known and invented ones are cut into the same kind of pieces and no
known name becomes a token of its own.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence

import numpy as np
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from calibrant.lab.texts import ASK, BOS, EOS, PAD, Part, reading, unanswerable
from calibrant.lab.world import World

__all__ = ["VOCABULARY", "encode_parts", "tokenizer_digest", "tokenizer_text", "train_tokenizer"]

VOCABULARY = 1024
_UNKNOWN = "<unk>"
_TEXTS = 30_000


def train_tokenizer(world: World, *, seed: int = 0) -> Tokenizer:
    """Train the tokenizer on reading texts and unanswerable questions.

    Digits are tokens of their own. Characters beyond printable ASCII become ``<unk>``.
    """
    tokenizer = Tokenizer(models.BPE(unk_token=_UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=[PAD, BOS, EOS, ASK, _UNKNOWN],
        initial_alphabet=[chr(code) for code in range(33, 127)],
        show_progress=False,
    )
    tokenizer.train_from_iterator(_texts(world, random.Random(f"tokenizer {seed}")), trainer)
    return tokenizer


def _texts(world: World, random_: random.Random) -> Iterator[str]:
    for number in range(_TEXTS):
        parts = unanswerable(world, random_) if number % 10 == 0 else reading(random_)
        text = "".join(part.text for part in parts)
        for special in (BOS, EOS, ASK):
            text = text.replace(special, "")
        yield text


def tokenizer_text(tokenizer: Tokenizer) -> str:
    """The tokenizer as it ships, in ``tokenizer.json``."""
    text: str = tokenizer.to_str(pretty=False)
    return text


def tokenizer_digest(tokenizer: Tokenizer) -> str:
    """The sha256 of the tokenizer as it ships, hexadecimal: the weights say with which one they were trained."""
    return hashlib.sha256(tokenizer_text(tokenizer).encode()).hexdigest()


def encode_parts(tokenizer: Tokenizer, texts: Sequence[Sequence[Part]]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Token ids and loss weights of each text, both of shape [T].

    Parts are cut at token boundaries by their wording, so that the parts' tokens are the text's tokens.
    """
    flat = [part for text in texts for part in text]
    encoded = iter(tokenizer.encode_batch_fast([part.text for part in flat], add_special_tokens=False))
    result = []
    for text in texts:
        pieces = [(next(encoded).ids, part.weight) for part in text]
        ids = np.array([token for piece, _ in pieces for token in piece], dtype=np.int64)
        weights = np.array([weight for piece, weight in pieces for _ in piece], dtype=np.float32)
        result.append((ids, weights))
    return result
