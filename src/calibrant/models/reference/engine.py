"""One model with all that it needs: questions in, replies out, in batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from calibrant.errors import ModelError
from calibrant.models.protocol import Sampling
from calibrant.models.reference.almanac import Entry
from calibrant.models.reference.batching import Batches
from calibrant.models.reference.blas import one_thread
from calibrant.models.reference.decoding import Job, Written, write
from calibrant.models.reference.files import TOKENIZER, ReferenceFiles
from calibrant.models.reference.spans import Spans
from calibrant.models.reference.tokens import Tokens
from calibrant.models.reference.transcript import News
from calibrant.models.reference.transformer import Transformer
from calibrant.models.reference.weights import read_weights
from calibrant.models.reference.wording import ADMISSION, Asked

__all__ = ["PASSAGES", "Answers", "Engine", "Request", "TooLongError"]

PASSAGES = 5
"""Passages that fit a question best; at the effort ``high`` the first of them that is about it is read."""
BATCH = 64
"""Replies that are written at once."""


class TooLongError(ValueError):
    """A prompt that the context does not hold.

    Args:
        tokens: of the prompt.
        context: most tokens of prompt and reply together.
    """

    def __init__(self, tokens: int, context: int) -> None:
        super().__init__(f"the prompt has {tokens} tokens; the context holds {context}, the reply's among them")
        self.tokens = tokens
        self.context = context


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A question to one model."""

    asked: Asked
    looks_up: bool = False
    """Whether the almanac is read, where nothing else is given to read and it has something about what is asked."""
    sampling: Sampling = Sampling()  # noqa: RUF009 - frozen
    demands: bool = False
    """Whether the reply must not begin as `ADMISSION` does, by which a model declines."""
    seeds: Sequence[Sequence[int]] = ((0,),)
    """One for each reply: what its draws start from."""
    heard: Callable[[int, News, str | None], None] | None = None
    is_left: Callable[[], bool] = field(default=lambda: False)


@dataclass(frozen=True, slots=True)
class Answers:
    """The replies to a request."""

    prompt_tokens: int
    replies: Sequence[Written]
    entry: Entry | None = None
    """The passage of the almanac that was read; None = answered from memory, or from what the user gave."""


class Engine:
    """A model, its tokenizer and the almanac.

    Args:
        files: where they lie.
        name: of the model.

    Raises:
        InputError: there is no such model.
        ModelError: a file is missing or damaged, or the weights were trained with another tokenizer.
    """

    def __init__(self, files: ReferenceFiles, name: str) -> None:
        self.name = name
        self._files = files
        file = files.weights(name)
        try:
            self.tokens = Tokens(files.read(TOKENIZER))
            weights = read_weights(files.read(file))
            self.transformer = Transformer(weights)
        except ValueError as error:
            raise ModelError(str(error), place=str(files.folder)) from None
        if weights.tokenizer != files.digest(TOKENIZER):
            with_which = f"{weights.tokenizer[:12]}..." if weights.tokenizer else "one they do not name"
            message = (
                f"the weights were trained with another tokenizer: {with_which}, not {files.digest(TOKENIZER)[:12]}..."
            )
            raise ModelError(
                message,
                place=str(files.folder / file),
                remedy=f"Put the {TOKENIZER} beside them that they were trained with.",
            )
        if self.tokens.size != self.transformer.shape.vocab:
            message = f"the tokenizer has {self.tokens.size} tokens, and {name} {self.transformer.shape.vocab}"
            raise ModelError(message, place=str(files.folder))
        self._declining = self.tokens.encode(f" {ADMISSION}")[0]
        self._batches: Batches[Request, Answers] = Batches(
            self.answer, size=lambda request: len(request.seeds), most=BATCH
        )

    @property
    def context(self) -> int:
        """Most tokens of a prompt and its reply together."""
        return self.transformer.shape.context

    def hand_in(self, request: Request) -> Future[Answers]:
        """Have a request answered together with others. The future raises `TooLongError` where its prompt is.

        Raises:
            FullError: too many are waiting.
        """
        return self._batches.hand_in(request)

    def answer(self, requests: Sequence[Request]) -> list[Answers | Exception]:
        """Answer requests at once; for those that cannot be, why."""
        results: list[Answers | Exception] = []
        jobs: list[Job] = []
        for request in requests:
            prepared = self._prepared(request)
            results.append(prepared if isinstance(prepared, Exception) else Answers(len(prepared[0]), (), prepared[1]))
            if not isinstance(prepared, Exception):
                jobs.append(
                    Job(
                        prompt=prepared[0],
                        spans=prepared[2],
                        sampling=request.sampling,
                        not_first=self._declining if request.demands else None,
                        seeds=request.seeds,
                        heard=request.heard,
                        is_left=request.is_left,
                    )
                )
        with one_thread():
            written = iter(write(self.transformer, self.tokens, jobs) if jobs else ())
        return [
            result if isinstance(result, Exception) else Answers(result.prompt_tokens, next(written), result.entry)
            for result in results
        ]

    def _prepared(self, request: Request) -> tuple[list[int], Entry | None, Spans | None] | Exception:
        """The tokens of a prompt, what was looked up for it, and the answers that may be read from it."""
        asked = request.asked
        entry: Entry | None = None
        try:
            if request.looks_up and not asked.passages:
                entry = self._files.almanac.about(asked.question, PASSAGES)
        except ModelError as error:
            return error
        if entry is not None:
            asked = asked.reading(entry.text)
        prompt = [self.tokens.bos, self.tokens.ask, *self.tokens.encode(asked.text)]
        # One place must be left for the reply.
        if len(prompt) >= self.context:
            return TooLongError(len(prompt), self.context)
        return prompt, entry, self._spans(asked) if asked.passages else None

    def _spans(self, asked: Asked) -> Spans:
        passages = [self.tokens.encode(f" {line}") for line in asked.lines if line]
        return Spans(passages, self.tokens.encode(f" {ADMISSION}"), self.tokens.eos, self.tokens.pieces)
