"""Make the pictures of docs/images from the demo's page: python docs/build_screenshots.py (needs Chromium)."""

from __future__ import annotations

import base64
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.reports.browser import Page, look  # noqa: E402 - the driver of the tests

FOLDER = Path(__file__).parent / "images"
LIMIT = 150_000
VIEWS = (
    ("report-answer", 1280, 860, "light", "answer"),
    ("report-models", 1280, 700, "light", "models"),
    ("report-prices", 1280, 860, "dark", "price-curve"),
    ("report-phone", 390, 844, "light", "answer"),
)


def shot(page: Path, width: int, height: int, scheme: str, where: str) -> bytes:
    async def visit(tab: Page) -> Any:
        await tab.send(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500
        )
        await tab.send("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        await tab.open(page)
        top = "0" if where == "answer" else f"document.getElementById('{where}').getBoundingClientRect().top - 60"
        await tab.run(f"scrollTo({{top: {top}, behavior: 'instant'}})")
        return (await tab.send("Page.captureScreenshot", format="webp", quality=80))["data"]

    return base64.b64decode(look(visit, width=width, height=height))


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        page = Path(name) / "demo.html"
        subprocess.run(
            [sys.executable, "-m", "calibrant", "demo", "--html", str(page)], check=True, stdout=subprocess.DEVNULL
        )
        for what, width, height, scheme, where in VIEWS:
            picture = shot(page, width, height, scheme, where)
            if len(picture) > LIMIT:
                raise SystemExit(f"{what}: {len(picture):,} bytes are more than {LIMIT:,}")
            (FOLDER / f"{what}.webp").write_bytes(picture)
            print(f"{what}: {len(picture):,} bytes")


if __name__ == "__main__":
    main()
