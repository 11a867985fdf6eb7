"""A page as PDF, printed by a browser of this machine: it draws the page that is seen, in every script, offline."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from calibrant.errors import InputError
from calibrant.reports.html.page import write_private

__all__ = ["find_browser", "print_pdf"]

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge")
_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
_PATIENCE = 120.0


def find_browser() -> str | None:
    """A browser that prints without a window: the one that CALIBRANT_BROWSER names, else the first that is found."""
    named = os.environ.get("CALIBRANT_BROWSER")
    if named:
        return shutil.which(named)
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    return found or next((place for place in _PLACES if Path(place).is_file()), None)


def print_pdf(page: bytes, path: Path) -> Path:
    """Print a page to a PDF file.

    Args:
        page: HTML, complete in itself.
        path: of the file.

    Raises:
        InputError: there is no browser, it prints nothing, or the file cannot be written.
    """
    browser = find_browser()
    if browser is None:
        raise InputError(
            "no Chromium, Chrome or Edge was found to print with",
            place="--pdf",
            remedy="Install one, name it in CALIBRANT_BROWSER, or write --html FILE and print that page.",
        )
    with tempfile.TemporaryDirectory(prefix="calibrant-") as folder:
        source, printed = Path(folder, "page.html"), Path(folder, "page.pdf")
        source.write_bytes(page)
        command = [browser, "--headless", "--disable-gpu", f"--user-data-dir={folder}/profile", "--no-first-run"]
        if sys.platform.startswith("linux") and os.geteuid() == 0:
            command.append("--no-sandbox")  # which it cannot set up for root; the page is ours and runs no script
        command += ["--no-pdf-header-footer", f"--print-to-pdf={printed}", source.as_uri()]
        try:
            subprocess.run(command, capture_output=True, timeout=_PATIENCE, check=False)  # noqa: S603 - no shell
        except (OSError, subprocess.TimeoutExpired) as error:
            raise InputError(f"{browser} does not print: {error}", place="--pdf") from None
        if not printed.is_file():
            raise InputError(
                f"{browser} printed nothing", place="--pdf", remedy="Write --html FILE and print that page."
            )
        return write_private(path, printed.read_bytes())
