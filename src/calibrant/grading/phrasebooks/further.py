"""Languages known by their commonest refusals only. Data only, not measured on the shipped set.

One row a language: its triggers, its refusals, how it commits and how it contrasts.
"""

from __future__ import annotations

from calibrant.grading.phrasebooks.book import Phrasebook

__all__ = ["FURTHER"]

# Languages known by their commonest refusals only, not measured on the shipped set.
FURTHER = tuple(
    Phrasebook(
        language=language,
        triggers=triggers,
        bare=bare,
        declines=tuple(rf"^(?:{form})(?:$|[.,;!]| )" for form in bare.split("|")),
        commits=commits,
        contrasts=contrasts,
        preambles=r".",
    )
    for language, triggers, bare, commits, contrasts in (
        (
            "sv",
            "vet ingen osaker saker",
            "jag vet inte|vet inte|ingen aning|jag vet tyvarr inte|jag ar inte saker|det vet jag inte|det vet jag tyvarr inte",
            r"\b(?:tror|troligen|nog)\b",
            r"\bmen\b",
        ),
        (
            "da/no",
            "ved vet aner ikke",
            "jeg ved det ikke|jeg ved ikke|jeg vet ikke|jeg vet det ikke|aner ikke",
            r"\b(?:tror|trolig|sandsynligvis)\b",
            r"\bmen\b",
        ),
        ("fi", "tieda", "en tieda|en valitettavasti tieda", r"\b(?:luulen|ehka|todennakoisesti)\b", r"\bmutta\b"),
        (
            "cs/sk",
            "nevim neviem",
            "nevim|to nevim|neviem|bohuzel nevim",
            r"\b(?:myslim|asi|pravdepodobne)\b",
            r"\b(?:ale|avsak)\b",
        ),
        ("hu", "tudom", "nem tudom|sajnos nem tudom", r"\b(?:szerintem|valoszinuleg|talan)\b", r"\bde\b"),
        ("ro", "stiu", "nu stiu|nu stiu raspunsul|din pacate nu stiu", r"\b(?:cred|probabil)\b", r"\bdar\b"),
        ("uk", "знаю", "я не знаю|не знаю", r"\b(?:думаю|мабуть|ймовірно)\b", r"\b(?:але|однак)\b"),
        ("el", "ξερω γνωριζω", "δεν ξερω|δεν γνωριζω", r"\b(?:νομιζω|μαλλον)\b", r"\bαλλα\b"),
        (
            "id/ms",
            "tahu",
            "saya tidak tahu|tidak tahu|saya tak tahu",
            r"\b(?:mungkin|saya rasa|saya kira)\b",
            r"\b(?:tetapi|tapi)\b",
        ),
        ("vi", "biet", "toi khong biet|khong biet", r"\b(?:co le|toi nghi)\b", r"\bnhung\b"),
        ("he", "יודע יודעת", "אני לא יודע|אני לא יודעת|לא יודע", r"(?:חושב|כנראה)", r"\bאבל\b"),
        ("fa", "نمیدانم نمی", "نمی دانم|نمیدانم|من نمی دانم", r"(?:فکر|احتمالا|شاید)", r"\bاما\b"),
    )
)
