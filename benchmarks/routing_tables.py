"""Recorded outcomes of real models as tables of arms.

Dollars are modelled where the records hold none: characters / 4 x list price, prompt and answer; each table says so in
its facts. Blanks (no answer could be read) are wrong unless a table says that they were left out.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from calibrant.policies.routing import Arm, ArmTable

DATA = Path(os.environ.get("CALIBRANT_SHARED_DATA", "../shared/data"))
csv.field_size_limit(10**9)

# Dollars per million tokens (prompt, answer), as listed when the answers were recorded; small open models as hosted.
PRICES = {
    "mixtral-8x7b": (0.60, 0.60),
    "gpt-4-1106": (10.0, 30.0),
    "gemini-1.5-flash": (0.075, 0.30),
    "gemini-1.5-pro": (1.25, 5.0),
    "llama-3.1-8b": (0.18, 0.18),
    "phi-3-mini": (0.10, 0.10),
    "llama-3.1-70b": (0.88, 0.88),
    "gpt-4o": (2.5, 10.0),
    "gpt-4-turbo": (10.0, 30.0),
    "gpt-4": (30.0, 60.0),
    "gpt-3.5": (0.5, 1.5),
    "claude-3-opus": (15.0, 75.0),
    "code-davinci-002": (2.0, 2.0),
    "o1": (15.0, 60.0),
    "open weights": (0.8, 0.8),
}


def lines(name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(DATA / name, "rt", encoding="utf-8") as rows:
        for row in rows:
            yield json.loads(row)


def columns(name: str) -> list[dict[str, str]]:
    with gzip.open(DATA / name, "rt", encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


def dollars(model: str, asked: np.ndarray, answered: np.ndarray) -> np.ndarray:
    """Of characters, at four a token."""
    low, high = PRICES[model]
    return (asked * low + answered * high) / 4e6


def codes(texts: list[str]) -> np.ndarray:
    """One cluster for each distinct text: a question asked twice is no fresh question."""
    return np.unique(np.array([hashlib.sha256(one.encode()).hexdigest() for one in texts]), return_inverse=True)[1]


def take(table: ArmTable, rows: np.ndarray) -> ArmTable:
    """These questions."""
    return ArmTable(
        arms=table.arms,
        right=table.right[rows],
        failed=table.failed[rows],
        cost=table.cost[rows],
        clusters=table.clusters[rows],
        signals={name: values[rows] for name, values in table.signals.items()},
        texts=None if table.texts is None else [table.texts[i] for i in rows],
        domains=None if table.domains is None else [table.domains[i] for i in rows],
        questions=[table.questions[i] for i in rows] if table.questions else (),
        facts=table.facts,
    )


def build(arms: list[Arm], right: np.ndarray, cost: np.ndarray, texts: list[str], **rest: Any) -> ArmTable:
    return ArmTable(
        arms=tuple(arms),
        right=right,
        failed=rest.pop("failed", np.zeros(right.shape, dtype=bool)),
        cost=cost,
        clusters=rest.pop("clusters", codes(texts)),
        texts=texts,
        questions=[hashlib.sha256(one.encode()).hexdigest() for one in texts],
        **rest,
    )


def routellm(name: str) -> ArmTable:
    """Mixtral-8x7B -> GPT-4-1106 on ``mmlu`` or ``gsm8k``, the tables of RouteLLM's published results."""
    rows = columns(f"routing/routellm_{name}_mixtral_gpt4.csv.gz")
    models = ("mistralai/Mixtral-8x7B-Instruct-v0.1", "gpt-4-1106-preview")
    right = np.array([[row[model] in ("1", "True", "1.0") for model in models] for row in rows], dtype=float)
    texts = [row["prompt"] for row in rows]
    asked = np.array([len(text) for text in texts], dtype=float)
    answered = np.full(len(rows), 8.0) if name == "mmlu" else np.full(len(rows), 600.0)
    cost = np.stack([dollars(model, asked, answered) for model in ("mixtral-8x7b", "gpt-4-1106")], axis=1)
    domains = [row["domain"] for row in rows] if "domain" in rows[0] else None
    facts = {"costs": f"modelled: {answered[0]:.0f} characters an answer"}
    return build([Arm("Mixtral-8x7B"), Arm("GPT-4-1106")], right, cost, texts, domains=domains, facts=facts)


MMLU_PRO = {
    "gemini-1.5-flash": "gemini-1.5-flash-002",
    "gemini-1.5-pro": "gemini-1.5-pro-002",
    "llama-3.1-8b": "Meta-Llama-3_1-8B-Instruct",
    "phi-3-mini": "Phi-3-mini-4k-instruct",
    "llama-3.1-70b": "Meta-Llama-3_1-70B-Instruct",
}


def mmlu_pro(*, helpers: bool = True) -> ArmTable:
    """Gemini 1.5 flash -> pro; with helpers, the answers of Llama-3.1-8B and Phi-3-mini come with every flash call.

    A question is left out where flash or pro has no readable answer, as in the figures this is compared with. A helper's
    blank agrees with nothing.
    """
    items = {str(row["question_id"]): row for row in lines("routing/mmlu_pro_items.jsonl.gz")}
    flash, pro = MMLU_PRO["gemini-1.5-flash"], MMLU_PRO["gemini-1.5-pro"]
    rows = [row for row in columns("routing/mmlu_pro_preds.csv.gz") if row[f"{flash}|pred"] and row[f"{pro}|pred"]]
    given = {name: np.array([row[f"{column}|pred"] for row in rows]) for name, column in MMLU_PRO.items()}
    length = {
        name: np.array([float(row[f"{column}|out_chars"] or 0) for row in rows]) for name, column in MMLU_PRO.items()
    }
    truth = np.array([row["answer"] for row in rows])
    asked_items = [items[row["question_id"]] for row in rows]
    texts = [item["question"] + "\n" + "\n".join(item["options"]) for item in asked_items]
    asked = np.array([len(text) for text in texts], dtype=float)
    cost = {name: dollars(name, asked, length[name]) for name in MMLU_PRO}
    weak = cost["gemini-1.5-flash"]
    signals = {"answer length": length["gemini-1.5-flash"]}
    signals["options"] = np.array([len(item["options"]) for item in asked_items], dtype=float)
    if helpers:
        weak = weak + cost["llama-3.1-8b"] + cost["phi-3-mini"]
        signals |= helper_signals(given, length)
    right = np.stack([given["gemini-1.5-flash"] == truth, given["gemini-1.5-pro"] == truth], axis=1).astype(float)
    return build(
        [Arm("gemini-1.5-flash"), Arm("gemini-1.5-pro")],
        right,
        np.stack([weak, cost["gemini-1.5-pro"]], axis=1),
        texts,
        domains=[item["category"] for item in asked_items],
        signals={name: first_arm(values, 2) for name, values in signals.items()},
        facts={
            "costs": "modelled: characters / 4 at list prices, helpers' answers included" if helpers else "modelled"
        },
    )


def helper_signals(given: dict[str, np.ndarray], length: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {}
    one, two, own = given["llama-3.1-8b"], given["phi-3-mini"], given["gemini-1.5-flash"]
    for name, said in (("8B", one), ("Phi-3", two)):
        found[f"{name} agrees"] = np.where(said == "", 0.0, said == own)
        found[f"{name} silent"] = (said == "").astype(float)
    found["helpers agree"] = np.where(one == "", 0.0, one == two)
    found["8B length"], found["Phi-3 length"] = length["llama-3.1-8b"], length["phi-3-mini"]
    return found


def first_arm(values: np.ndarray, arms: int) -> np.ndarray:
    """A signal that only the first arm has."""
    return np.concatenate([values[:, None].astype(float), np.full((len(values), arms - 1), np.nan)], axis=1)


CRUX = {
    "gpt-4-0613": "gpt-4",
    "gpt-4o": "gpt-4o",
    "gpt-4-turbo-2024-04-09": "gpt-4-turbo",
    "gpt-3.5-turbo-0613": "gpt-3.5",
    "codellama-34b": "open weights",
    "codellama-13b": "open weights",
}
REASONED = 1_200.0
"""Characters of a chain of thought, which the records do not hold."""


def cruxeval(model: str, task: str) -> ArmTable:
    """Direct answers -> chain of thought; the first sample is the answer, all samples of it are paid for.

    Where there are ten samples, those of temperature .8.
    """
    items = {row["id"]: row for row in lines("effort/cruxeval_items.jsonl.gz")}
    found: dict[int, dict[str, dict[str, Any]]] = {0: {}, 1: {}}
    hottest = 0.8 if model not in ("gpt-4o", "gpt-4-turbo-2024-04-09") else 0.2
    for row in lines("effort/cruxeval_samples.jsonl.gz"):
        if (row["model"], row["task"], row["temp"]) == (model, task, hottest):
            found[row["cot"]][row["id"]] = row
    names = sorted(set(found[0]) & set(found[1]))
    direct = [found[0][name]["answers"] for name in names]
    known = "output" if task == "input" else "input"
    texts = [f"{items[name]['code']}\n{items[name][known]}" for name in names]
    asked = np.array([len(text) for text in texts], dtype=float)
    answered = np.array([sum(len(one) for one in given) for given in direct], dtype=float)
    price = CRUX[model]
    cost = np.stack([dollars(price, asked, answered), dollars(price, asked, np.full(len(names), REASONED))], axis=1)
    right = np.array([[found[cot][name]["correct"][0] for cot in (0, 1)] for name in names], dtype=float)
    signals = {
        "agreement": np.array([sum(one == given[0] for one in given[1:]) / (len(given) - 1) for given in direct]),
        "distinct answers": np.array([len(set(given)) for given in direct], dtype=float),
        "answer length": np.array([len(given[0]) for given in direct], dtype=float),
    }
    return build(
        [Arm(model, "direct", len(direct[0])), Arm(model, "chain of thought")],
        right,
        cost,
        texts,
        signals={name: first_arm(values, 2) for name, values in signals.items()},
        facts={"costs": f"modelled: {REASONED:.0f} characters a chain of thought, the prompt once for all samples"},
    )


def lcb() -> ArmTable:
    """o1 at low, medium and high effort on LiveCodeBench. No answers, so no signals, and no lengths, so no dollars."""
    rows = list(lines("effort/lcb_880x19_o1_effort.jsonl.gz"))
    efforts = {"low": "Low", "medium": "Med", "high": "High"}
    right = np.array([[row[f"O1-2024-12-17 (N=1) ({one})"] for one in efforts.values()] for row in rows], dtype=float)
    texts = [f"{row['title']}\n{row['content']}" for row in rows]
    return build(
        [Arm("o1", one) for one in efforts],
        right,
        np.full(right.shape, np.nan),
        texts,
        clusters=np.arange(len(rows)),
        domains=[row["difficulty"] for row in rows],
        facts={"costs": "unknown"},
    )


def bbh() -> ArmTable:
    """code-davinci-002 on BIG-Bench Hard: direct -> chain of thought, with both texts."""
    rows = list(lines("effort/bbh_codedavinci002_direct_vs_cot.jsonl.gz"))
    right = np.array([[row["direct_correct"], row["cot_correct"]] for row in rows], dtype=float)
    texts = [row["question"] for row in rows]
    asked = np.array([len(text) for text in texts], dtype=float)
    said = {name: np.array([len(row[f"{name}_pred"]) for row in rows], dtype=float) for name in ("direct", "cot")}
    cost = np.stack([dollars("code-davinci-002", asked, said[name]) for name in said], axis=1)
    return build(
        [Arm("code-davinci-002", "direct"), Arm("code-davinci-002", "chain of thought")],
        right,
        cost,
        texts,
        domains=[row["task"] for row in rows],
        signals={"answer length": first_arm(said["direct"], 2), "question length": first_arm(asked, 2)},
        facts={"costs": "modelled: characters / 4 at the list price, few-shot examples not counted"},
    )


def two_arms(table: ArmTable, first: int, second: int) -> ArmTable:
    """The same questions with two of the arms."""
    both = [first, second]
    return ArmTable(
        arms=tuple(table.arms[i] for i in both),
        right=table.right[:, both],
        failed=table.failed[:, both],
        cost=table.cost[:, both],
        clusters=table.clusters,
        signals={name: values[:, both] for name, values in table.signals.items()},
        texts=table.texts,
        domains=table.domains,
        questions=table.questions,
        facts=table.facts,
    )
