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
