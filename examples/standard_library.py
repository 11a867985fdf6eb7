"""Questions about your own domain from a table, without a model: the signatures of Python's standard library.

python examples/standard_library.py                # builds, and shows the first questions
python examples/standard_library.py library.csv    # writes the table, for the command:
calibrant questions build --table library.csv --key function --topic module --count 60 --unanswerable 0.15
"""

import csv
import importlib
import inspect
import sys
import tempfile
from pathlib import Path

from calibrant.builder.tables import TableSettings, Templates, build_from_tables, open_table, plan_tables
from calibrant.builder.writing import write_set

MODULES = ("shutil", "json", "csv", "textwrap", "statistics", "string", "fnmatch", "glob", "tempfile", "zipfile")


def functions():
    """Name, module, number of parameters and first parameter of each public function."""
    for module in map(importlib.import_module, MODULES):
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if name in getattr(module, "__all__", ()) and function.__module__ == module.__name__:
                parameters = list(inspect.signature(function).parameters.values())
                required = [one for one in parameters if one.default is one.empty]
                yield {
                    "function": f"{module.__name__}.{name}()",
                    "module": module.__name__,
                    "parameters": len(parameters),
                    "required_parameters": len(required),
                    "first_parameter": parameters[0].name if parameters else "",
                    "last_parameter": parameters[-1].name if len(parameters) > 1 else "",
                }


with tempfile.TemporaryDirectory() as folder:
    table = Path(sys.argv[1] if len(sys.argv) > 1 else f"{folder}/standard_library.csv")
    with table.open("w", newline="", encoding="utf-8") as file:
        rows = list(functions())
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    if len(sys.argv) > 1:
        print(f"{table}: {len(rows)} functions")
        sys.exit()

    own = {
        ("first_parameter", "en"): "What is the first parameter of Python's {key} called?",
        ("last_parameter", "en"): "What is the last parameter of Python's {key} called?",
        ("parameters", "en"): "How many parameters does Python's {key} have?",
        ("required_parameters", "en"): "How many parameters of Python's {key} have no default?",
    }
    settings = TableSettings(
        count=60, unanswerable=0.15, key=("function",), topic="module", templates=Templates(asked=own)
    )
    plans = plan_tables([open_table(str(table))], settings)
    built = build_from_tables(plans, settings)
    written = write_set(built, Path(folder) / "library.parquet")

    print(f"{len(rows)} functions, {len(built.items)} questions, set hash {written.set_hash[:12]}")
    for item in built.items[:8]:
        print(f"  {item.question.text}  ->  {item.question.golds[0] if item.question.golds else item.made}")
