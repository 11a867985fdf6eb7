"""How sure an answer is: signals read from what models give. Calibrators live in ``calibrant.confidence.calibrate``."""

from calibrant.confidence.agreement import AGREEMENT_OF_REPEATS, agreement, with_agreement
from calibrant.confidence.logprobs import LOGPROB_SIGNALS, read_logprobs
from calibrant.confidence.stated import read_stated, split_stated

__all__ = [
    "AGREEMENT_OF_REPEATS",
    "LOGPROB_SIGNALS",
    "agreement",
    "read_logprobs",
    "read_stated",
    "split_stated",
    "with_agreement",
]
