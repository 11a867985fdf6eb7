"""Write docs/reference/cli.md from the commands' own --help; with --check, fail where it is not current."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TARGET = Path(__file__).parent / "reference" / "cli.md"
COMMANDS = [
    [],
    ["demo"],
    ["run"],
    ["grade"],
    ["force"],
    ["import"],
    ["report"],
    ["view"],
    ["certify"],
    ["fit"],
    ["evaluate"],
    ["plan"],
    ["confidence"],
    ["questions"],
    ["questions", "build"],
    ["questions", "lint"],
    ["runs"],
    ["runs", "list"],
    ["runs", "show"],
    ["runs", "delete"],
    ["models"],
    ["models", "list"],
    ["models", "check"],
    ["models", "serve"],
    ["init"],
    ["doctor"],
]


def help_of(command: list[str]) -> str:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("CALIBRANT", "_TYPER", "GITHUB_"))
    }
    environment |= {"COLUMNS": "100", "TERMINAL_WIDTH": "100", "NO_COLOR": "1", "TERM": "dumb", "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "calibrant", *command, "--help"],
        check=True,
        capture_output=True,
        encoding="utf-8",
        env=environment,
    )
    return "\n".join(line.rstrip() for line in done.stdout.strip().splitlines())


def page() -> str:
    parts = ["# Command line\n\nWritten by `python docs/build_cli_pages.py` from `--help`.\n"]
    for command in COMMANDS:
        name = " ".join(["calibrant", *command])
        parts.append(f"## {name}\n\n```text\n{help_of(command)}\n```\n")
    return "\n".join(parts)


def main() -> int:
    text = page()
    if "--check" in sys.argv[1:]:
        if not TARGET.is_file() or TARGET.read_text(encoding="utf-8") != text:
            print(f"{TARGET} is not current: run python docs/build_cli_pages.py", file=sys.stderr)
            return 1
        return 0
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(text, encoding="utf-8")
    print(f"wrote {TARGET}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
