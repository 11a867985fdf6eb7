"""How sure an answer is: signals read from what models give. Calibrators live in ``calibrant.confidence.calibrate``.

Each signal is one file with one object of the shape of `Signal`; ``SIGNALS`` lists them, `find_signals` finds them by
name.
"""

from calibrant.confidence.agreement import AGREEMENT_OF_REPEATS, agreement, with_agreement
from calibrant.confidence.ask import Ask
from calibrant.confidence.equivalence import same_by
from calibrant.confidence.logprobs import LOGPROB_SIGNALS, answer_tokens, read_logprobs
from calibrant.confidence.names import SIGNALS, Chosen, find_signals, signal_names
from calibrant.confidence.signal import Evidence, Needs, Said, Signal
from calibrant.confidence.stated import read_stated, split_stated
from calibrant.confidence.stated_words import read_words, split_words

__all__ = [
    "AGREEMENT_OF_REPEATS",
    "LOGPROB_SIGNALS",
    "SIGNALS",
    "Ask",
    "Chosen",
    "Evidence",
    "Needs",
    "Said",
    "Signal",
    "agreement",
    "answer_tokens",
    "find_signals",
    "read_logprobs",
    "read_stated",
    "read_words",
    "same_by",
    "signal_names",
    "split_stated",
    "split_words",
    "with_agreement",
]
