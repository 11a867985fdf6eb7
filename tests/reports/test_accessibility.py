"""axe-core finds nothing to object to, at desktop and phone width, light and dark, with everything unfolded."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from calibrant.neighbours import import_answers
from calibrant.reports import build_report
from calibrant.reports.html import write_html
from calibrant.store import open_store
from tests.reports.browser import Page, look, needs_chromium
from tests.reports.test_html import many

VERSION = "4.10.2"


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The source of axe-core: from AXE_CORE (a path of axe.min.js), else by npm."""
    named = os.environ.get("AXE_CORE")
    if named:
        return Path(named).read_text(encoding="utf-8")
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("axe-core: neither AXE_CORE names its file nor is npm installed")
    folder = tmp_path_factory.mktemp("axe")
    done = subprocess.run(
        [npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund", f"axe-core@{VERSION}"],
        capture_output=True,
        check=False,
        timeout=180,
    )
    if done.returncode:
        pytest.skip(f"axe-core {VERSION} cannot be installed by npm: {done.stderr.decode()[-200:]}")
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    source = folder / "results.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in many()), encoding="utf-8")
    with open_store(folder / "store") as store:
        run = import_answers(source, store).run
        return write_html(build_report(store, run, by=("domain", "topic")), store, folder / "page.html")


@needs_chromium
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(axe: str, page: Path, width: int, scheme: str) -> None:
    async def visit(tab: Page) -> Any:
        await tab.send(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 500
        )
        await tab.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        await tab.open(page)
        await tab.run("document.getElementById('questions').scrollIntoView()")
        await tab.until("document.querySelectorAll('#answers details').length > 0")
        await tab.run("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        await tab.until("document.querySelectorAll('#answers dl').length === 25")
        wide = await tab.run("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        await tab.run(axe + "; undefined")
        return wide, await tab.run(
            "axe.run(document, {resultTypes: ['violations']}).then(found => "
            "found.violations.map(one => one.id + ': ' + one.nodes[0].html.slice(0, 300)))"
        )

    wide, violations = look(visit, width=width)
    assert violations == []
    assert wide <= 0, "the page is wider than the window"
