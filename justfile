# Everyday commands; `just --list` shows them.

# lint, types, help pages
check:
    ruff check .
    ruff format --check .
    mypy
    python docs/build_cli_pages.py --check

test *args:
    python -m pytest {{args}}

# compare with other people's libraries (torch first, as its CPU build: CONTRIBUTING.md)
oracles:
    python -m pip install -e '.[dev,oracles]'
    python -m pytest tests/oracles

# the wires against official clients, and against LiteLLM's proxy in an environment of its own
clients:
    python -m pip install -e '.[dev,clients]'
    python -m venv .proxy
    .proxy/bin/pip install 'litellm[proxy]'
    LITELLM_COMMAND=$PWD/.proxy/bin/litellm python -m pytest tests/models/test_clients.py tests/models/test_second_server.py

bench data="../shared/data":
    python benchmarks/metrics_speed.py
    python benchmarks/store_speed.py
    python benchmarks/import_speed.py
    python benchmarks/report_speed.py
    python benchmarks/ask_speed.py
    python benchmarks/exact_grader.py --data {{data}}
    python benchmarks/interval_coverage.py
    python benchmarks/promise/speed.py
    python benchmarks/promise/watching.py
    python benchmarks/promise/power.py
    python benchmarks/promise/validity.py
    python benchmarks/promise/clusters.py
    python benchmarks/promise/misuse.py
    python benchmarks/promise/real.py --data {{data}}
    python benchmarks/calibrators.py --data {{data}}

docs:
    python docs/build_cli_pages.py
    sphinx-build -W -b html docs docs/_build/html
