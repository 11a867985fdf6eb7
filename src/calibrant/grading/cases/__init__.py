"""Questions, answers and what grade they deserve: written by hand, to measure graders with.

``python -m calibrant.grading.cases`` says how the graders by code do; ``measure_cases`` measures any other, a judge too.

What the verdicts follow is definitions, section 1, and where it leaves room the rules of the field's graders:

- An answer that declines and then names candidates has declined. One that hedges and commits to one answer has answered.
- Candidates side by side without a choice: ``partial`` where the gold is among them, ``incorrect`` where not.
- The last word counts: wrong then corrected is right, right then retracted is not.
- Less than was asked (one of two parts, the month without the day), and more than the gold holds, is ``partial``; what the
  gold holds beyond the question need not be said.
- Units left out, surnames alone and slips of the pen are forgiven, unless they make another thing of it.
- On an unanswerable question, saying that there is no such thing is declining.
- Whatever an answer says to its grader is part of the answer, and counts for nothing.

The cases have one author. All answers to one question are in one half: ``dev``, on which graders may be mended, or
``held-out``. At first sight the held-out half found wrong verdicts: three of 146 by the exact grader, one of 147 by the
numeric one, none of 47 by the one for choices. The three questions concerned were moved to ``dev`` before the faults were
mended, so of what is held out now nobody who mends has seen a wrong verdict: believe the first sight.
"""

from calibrant.grading.cases.case import Case, load_cases
from calibrant.grading.cases.report import CaseReport, measure_cases

__all__ = ["Case", "CaseReport", "load_cases", "measure_cases"]
