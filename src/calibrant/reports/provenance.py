"""Where a report comes from: who was asked with which words, when, and with which versions it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import scipy

if TYPE_CHECKING:
    from calibrant.reports.model import Report

__all__ = ["provenance"]


def provenance(report: Report) -> dict[str, Any]:
    """Plain values; no address, key or path beyond what the run is called by."""
    from calibrant import __version__

    texts: dict[str, dict[str, Any]] = {}
    for one in report.setups:
        if one.template is not None and one.content is not None:
            texts[one.template] = {"name": one.template_name, **one.content}
    return {
        "versions": {"calibrant": __version__, "numpy": np.__version__, "scipy": scipy.__version__},
        "sampling": report.run.manifest.get("sampling"),
        "repeats": report.run.manifest.get("repeats"),
        "run_seed": report.run.seed,
        "setups": [
            {
                "model": str(one.model),
                "model_hash": one.model_hash,
                "sampling_hash": one.sampling_hash,
                "template": one.template,
                "prompts": one.prompts,
                "responses": one.responses,
            }
            for one in report.setups
        ],
        "templates": texts,
    }
