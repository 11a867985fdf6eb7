"""Every rule of the exact grader by hand-made cases: (gold or golds, answer, verdict[, question])."""

import pytest

from calibrant.grading import grade_exact
from calibrant.types import Question

C, I, A, U = "correct", "incorrect", "abstained", "ungraded"  # noqa: E741

PLAIN_QUESTION = "Which one is it?"
CAPITAL = "What is the capital of France?"
PYTHON = "def f(x):\n    return x\nassert f(1) == ??"

SPELLING = [
    ("Paris", "paris", C),
    ("Paris", "  PARIS.\n", C),
    ("Paris", "**Paris**", C),
    ("Paris", "`Paris`", C),
    ("Paris", "# Paris", C),
    ("Paris", "- Paris", C),
    ("Paris", "“Paris”", C),
    ("Paris", "Ｐａｒｉｓ", C),
    ("Paris", "Pa\u00adris\u200b", C),
    ("Paris", r"$\boxed{\text{Paris}}$", C),
    ("fish", "ﬁsh", C),
    ("O'Brien", "O’Brien", C),
    ("Paul Cézanne", "Paul Cezanne", C),
    ("Düsseldorf", "Duesseldorf", C),
    ("Łódź", "Lodz", C),
    ("Cafe\u0301", "Café", C),
    ("año", "ãno", U),
    ("The Beatles", "Beatles", C),
    ("the Golden Gate Bridge", "Golden Gate Bridge", C),
    ("P J Harvey", "P.J. Harvey", C),
    ("DOMBEY & SON", "Dombey and Son", C),
    ("U.S.S. MISSOURI", "USS Missouri", C),
    ("Spider-Man", "Spiderman", C),
    ("AC/DC", "ACDC", C),
    ("東京", "「東京」です。", C),
    ("C#", "C", U),
    ("C++", "C", U),
    ("A+", "A-", U),
    ("Vitamin A", "Vitamin", U),
    ("Hepatitis B", "Hepatitis A", U),
    ("F-16", "F16", C),
    ("10²", "102", U),
    ("10²", "107", I),
    ("H₂O", "H2O", C),
]

LEAD_INS = [
    ("Paris", "The answer is Paris.", C),
    ("Paris", "Answer: Paris", C),
    ("Paris", "It's Paris!", C),
    ("Paris", "I think it's Paris", C),
    ("Paris", "So the correct answer is: **Paris**", C),
    ("Paris", "Die Antwort lautet Paris.", C),
    ("Paris", "La réponse est Paris", C),
    ("Paris", "Es Paris", C),
    ("巴黎", "答案是巴黎。", C),
    ("Paris", "The capital of France is Paris.", C, CAPITAL),
    ("Paris", "Paris is the capital of France.", C, CAPITAL),
    ("It", "It", C),
    ("It's a Wonderful Life", "The answer is It's a Wonderful Life", C),
    ("Answer", "Answer", C),
    ("River Severn", "Severn", C, "Which river flows through Shrewsbury?"),
    ("Dirty Dancing", "Dirty Dancing: Havana Nights", U, "What movie's sequel is subtitled Havana Nights?"),
]

NOT_SURELY_RIGHT = [
    ("Paris", "not Paris", U),
    ("Paris", "It is not Paris", U),
    ("Paris", "Paris or Lyon", U),
    ("Paris", "Paris, Lyon", U),
    ("Paris", "Paris, Texas", U),
    ("Paris", "The capital of France is not Paris.", U, CAPITAL),
    ("Paris", "Anywhere but Paris", U),
    ("Albert Einstein", "Einstein", U),
    ("Einstein", "Albert Einstein", U),
    ("Nadal", "Federer beat Nadal", U, "Who beat Federer?"),
    ("Paris", "Paris\nLyon", U),
    ("Paris", "Paris " * 400, U),
    ("Aubergine", "Eggplant", U),
    ("Netherlands", "Holland", U, "Which country is it?"),
    ("Vienna", "Wien", U),
    ("NATO", "North Atlantic Treaty Organization", U),
    ("People's Dispensary for Sick Animals", "PDSA", U),
    ("David Seville", "Ross Bagdasarian", U, "Who was the man behind The Chipmunks?"),
    ("Samuel Clemens", "Mark Twain", U, "Who was the author, better known by his pen name?"),
    ("Clement Attlee", "Clement Atlee", U),
    ("Москва", "Moscow", U),
    ("Elizabeth I", "Queen Elizabeth", U),
]

SURELY_WRONG = [
    ("Denmark", "Belgium", I, "Which country brews it?"),
    ("Denmark", "Sweden", I),
    ("Tuesday", "Thursday", I),
    ("Yes", "No.", I),
    ("Noel Edmonds", "John Peel", I, "Who became the presenter in 1973?"),
    ("Apollo 11", "Apollo 12", I),
    ("Charles II", "Charles 3", U),
    ("iron", "copper", I),
]

NUMBERS = [
    ("42", "forty-two", C),
    ("forty two", "42", C),
    ("42", "43", I),
    ("42", "42.0", C),
    ("-5", "5", I),
    ("5", "minus 5", I),
    (".5", "1/2", C),
    ("½", "0.5", C),
    ("1½", "1.5", C),
    ("two and a half", "2.5", C),
    ("1,234,567", "1234567", C),
    ("1234567", "1 234 567", C),
    ("1234.5", "1,234.5", C),
    ("1234.5", "1.234,5", C),
    ("1234", "1.234", U),
    ("1234", "1,234", C),
    ("1,234", "1.234", U),
    ("12,34,567", "1234567", C),
    ("6.02e23", "6.02 × 10²³", C),
    ("1000000", "1 million", C),
    ("1000000", "one million", C),
    ("3.5 billion", "3,500,000,000", C),
    ("28", "28.1", U),
    ("3.14159", "3.14", U),
    ("299792", "300000", U),
    ("300", "over 300", U),
    ("300", "around 300", C),
    ("300", "around 290", U),
    ("300", "around 900", I),
    ("21st", "twenty-first", C),
    ("21st", "21", U),
    ("21st", "22nd", I),
    ("٤٢", "42", C),
    ("1984", "nineteen eighty-four", C),
    ("1984", "1985", I),
    ("21", "einundzwanzig", C),
    ("97", "quatre-vingt-dix-sept", C),
    ("11", "once", U),
    ("5%", "5 percent", C),
    ("5%", "5", U),
    ("5%", "5", C, "What percent of people agreed?"),
    ("40", "40,000,000", U),
    ("$5 million", "5 million dollars", C),
    ("$5 million", "US$5m", C),
    ("$5", "€5", U),
    ("9 seasons", "9", U),
    ("9 seasons", "9", C, "How many seasons are there?"),
    ("9", "nine seasons", C, "How many seasons are there?"),
    ("9 seasons", "8 seasons", I),
    ("3-1", "3-2", I),
    ("2-1", "1-2", U),
    ("1990s", "1990's", C),
    ("40's", "1640s", U),
    ("11", "Paris", U),
]

UNITS = [
    ("5 km", "5 kilometres", C),
    ("5 km", "5000 m", C),
    ("5km", "5 KM", C),
    ("5 km", "5", U),
    ("5 km", "6 km", I),
    ("5 km", "5 kg", U),
    ("5 km", "five kilometers", C),
    ("100 °C", "212 °F", C),
    ("0 °C", "273.15 kelvin", C),
    ("1 hour", "60 minutes", C),
    ("1 year", "12 months", C),
    ("26.2 miles", "42.16 km", U),
    ("5 km", "5 km", C),
]

DATES = [
    ("14 December 1972", "Dec 14, 1972", C),
    ("14 December 1972", "1972-12-14", C),
    ("14 December 1972", "14. Dezember 1972", C),
    ("14 December 1972", "le 14 décembre 1972", C),
    ("14 December 1972", "December 14th, 1972", C),
    ("14 December 1972", "on Thursday, 14 December 1972", C),
    ("14 December 1972 UTC", "14 December 1972", C),
    ("14 December 1972", "15 December 1972", I),
    ("14 December 1972", "12/14/1972", C),
    ("14 December 1972", "14.12.1972", C),
    ("12 November 1972", "12/11/1972", U),
    ("13 November 1974", "12/11/1972", I),
    ("11 November 1972", "11/11/1972", C),
    ("December 1972", "14 December 1972", U),
    ("December 1972", "14 November 1972", I),
    ("14 December 1972", "December 1972", U),
    ("14 December 1972", "1972", U),
    ("14 December 1972", "1973", I),
    ("1972", "in 1972", C),
    ("44 BC", "44 BCE", C),
    ("44 BC", "44 AD", I),
    ("May", "April", I),
    ("Mars", "March", U),
    ("1972年12月14日", "14 December 1972", C),
]

CODE = [
    ("[(4, 1)]", "[(4,1)]", C),
    ("{'a': 1}", '{"a": 1}', C),
    ("[1, 2]", "[2, 1]", I),
    ("[1, 2]", "```python\n[1, 2]\n```", C),
    ("'Abc'", "'abc'", I, PYTHON),
    ("'abc'", '"abc"', C, PYTHON),
    ("'abc'", "abc", U, PYTHON),
    ("True", "False", I, PYTHON),
    ("True", "1", U, PYTHON),
    ("5", "Output: 5", C, PYTHON),
    ("5", "assert f(4) == 5", C, PYTHON),
    ("5", "2 + 3", U, PYTHON),
    ("'?'", "'??'", I, PYTHON),
    ("--no-cache", "--no-cache", C),
    ("-R", "-r", U),
    ("np.clip", "`np.clip()`", C),
    ("snake_case", "snakeCase", U),
    ("ASC 606-10-25-1", "asc 606-10-25-1", C),
    ("ASC 606-10-25-1", "ASC 606-10-25-2", I),
    ("1.5.0", "1.5", U),
    ("1.5.0", "1.5.1", I),
    ("v2.3", "2.3", C),
    ("Section 404(b)", "404(b)", C),
    ("404(b)", "404(a)", U),
    ("404(b)", "404(B)", U),
    ("Section 404(b)", "Article 404(b)", U),
    ("Chapter 11", "11", U),
]

ABSTAINING = [
    ("Paris", "I don't know", A),
    ("Paris", "Unknown", A),
    ("Unknown", "unknown.", C),
    ("I Don't Know", "I don't know", C),
    ("I have no comment", "I have no comment.", C),
    ("Paris", "Je ne sais pas.", A),
    ("Paris", "I'm not sure, but I think it is Paris", U),
    ("Paris", "I don't know, it could be Paris or Lyon.", A),
    ("Paris", "I can't help with that.", A),
]

ALL = SPELLING + LEAD_INS + NOT_SURELY_RIGHT + SURELY_WRONG + NUMBERS + UNITS + DATES + CODE + ABSTAINING


@pytest.mark.parametrize("case", ALL, ids=lambda case: f"{case[0][:20]}|{case[1][:24]}")
def test_the_rule_gives_the_verdict(case):
    gold, answer, verdict, *question = case
    asked = Question(id="1", text=question[0] if question else PLAIN_QUESTION, golds=(gold,))
    grade = grade_exact(asked, answer)
    assert grade.state == verdict, grade.reason
    assert grade.grader == "exact"
    assert grade.reason
