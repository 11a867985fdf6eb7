"""What a Python function does, as a hash: its code and everything it carries along, as far as this can be told stably.

Told are bytecode, constants, names, defaults, closures, arguments of partials, the state and the methods of instances,
and of the function's own module the functions, classes and constants that it uses. Imported helpers do not count.
"""

from __future__ import annotations

import copyreg
import dis
import functools
import hashlib
import sys
import types
import uuid
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

__all__ = ["code_of_import", "function_digest"]

_MOST_NODES = 100_000
_SCALARS = (bool, int, float, complex, str, bytes, type(None), type(Ellipsis), type(NotImplemented))
_SKIPPED = frozenset({"_abc_impl"})
"""Attributes of classes that Python puts there itself, beside those with two underscores."""


class _UntellableError(Exception):
    """There is something whose content cannot be told."""


def function_digest(function: Callable[..., Any]) -> str:
    """Hash what decides the answers of a function.

    The same function gives the same hash in every process of one version of Python.

    Args:
        function: a function, a method, a partial, a class, an instance with ``__call__``.

    Returns:
        32 hexadecimal characters; such as nothing else will ever have, where something cannot be told: an open
        connection, a lock.
    """
    return _digest(function, strict=True) or uuid.uuid4().hex


def code_of_import(function: Callable[..., Any]) -> str:
    """Hash of a function that is found by its module and name in every process.

    What of it cannot be told was made by its module, whose whole file counts then.
    """
    whole = _digest(function, strict=True)
    return whole or f"{_digest(function, strict=False)} {_file_digest(function)}"


def _digest(function: Callable[..., Any], *, strict: bool) -> str | None:
    telling = _Telling(strict)
    try:
        telling.tell(function)
    except Exception:  # also what foreign objects raise when they are asked for their state
        return None
    return telling.digest()


def _file_digest(function: Callable[..., Any]) -> str | None:
    name = getattr(function, "__module__", None) or type(function).__module__
    path = getattr(sys.modules.get(name), "__file__", None)
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:32] if path else None
    except OSError:
        return None


class _Telling:
    """One walk through a function and what hangs on it, into a hash.

    Args:
        strict: whether it is an error where something cannot be told; else it counts by the name of its type.
    """

    def __init__(self, strict: bool) -> None:
        self._strict = strict
        self._hash = hashlib.sha256()
        self._path: list[int] = []
        self._nodes = 0

    def digest(self) -> str:
        return self._hash.hexdigest()[:32]

    def tell(self, value: Any) -> None:
        """Take a value into the hash.

        Raises:
            _UntellableError: it cannot be told, and this is to be strict.
        """
        self._nodes += 1
        if self._nodes > _MOST_NODES:
            if self._strict:
                raise _UntellableError("too large")
            return
        if type(value) in (str, bytes):
            self._mark(type(value).__name__, value)
        elif type(value) in _SCALARS:
            self._mark(type(value).__name__, repr(value))
        elif id(value) in self._path:
            self._mark("again", str(len(self._path) - self._path.index(id(value))))
        else:
            self._path.append(id(value))
            try:
                self._compound(value)
            finally:
                self._path.pop()

    def _mark(self, kind: str, text: str | bytes = "") -> None:
        told = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
        self._hash.update(b"%s %d:" % (kind.encode(), len(told)))
        self._hash.update(told)

    def _all(self, kind: str, values: Iterable[Any]) -> None:
        self._mark(kind)
        for value in values:
            self.tell(value)
        self._mark("end")

    def _compound(self, value: Any) -> None:
        kind = type(value)
        if kind in (list, tuple):
            self._all(kind.__name__, value)
        elif kind in (set, frozenset):
            self._all(kind.__name__, sorted(self._alone(one) for one in value))
        elif kind in (dict, types.MappingProxyType):
            self._all("dict", (part for pair in value.items() for part in pair))
        elif isinstance(value, types.CodeType):
            self._code(value)
        elif isinstance(value, types.FunctionType):
            self._function(value)
        elif isinstance(value, types.MethodType):
            self._all("method", (value.__func__, value.__self__))
        elif isinstance(value, functools.partial):
            self._all("partial", (value.func, value.args, value.keywords))
        elif isinstance(value, types.BuiltinFunctionType):
            self._builtin(value)
        elif isinstance(value, types.ModuleType):
            self._mark("module", value.__name__)
        elif isinstance(value, type):
            self._class(value)
        elif isinstance(value, staticmethod | classmethod):
            self._all(kind.__name__, (value.__func__,))
        elif isinstance(value, property):
            self._all("property", (value.fget, value.fset, value.fdel))
        elif isinstance(getattr(value, "__wrapped__", None), types.FunctionType):  # lru_cache
            self._all(kind.__qualname__, (value.__wrapped__,))
        else:
            self._instance(value)

    def _alone(self, value: Any) -> str:
        """The hash of one value, for sorting what has no order."""
        telling = _Telling(self._strict)
        telling._path, telling._nodes = list(self._path), self._nodes
        telling.tell(value)
        self._nodes = telling._nodes
        return telling.digest()

    def _code(self, code: types.CodeType) -> None:
        self._mark("code", code.co_name)
        self.tell(code.co_code)
        counts = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags)
        for part in (counts, code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars, code.co_consts):
            self.tell(part)
        self.tell(code.co_exceptiontable)

    def _function(self, function: types.FunctionType) -> None:
        self._mark("function", f"{function.__module__}:{function.__qualname__}")
        self.tell(function.__code__)
        self.tell(function.__defaults__)
        self.tell(function.__kwdefaults__)
        self._all("closure", (_content(cell) for cell in function.__closure__ or ()))
        self._all("globals", (part for pair in _used_globals(function) for part in pair))

    def _builtin(self, function: types.BuiltinFunctionType) -> None:
        self._mark("builtin", f"{function.__module__}:{function.__qualname__}")
        if not isinstance(function.__self__, types.ModuleType | None):
            self.tell(function.__self__)

    def _class(self, kind: type) -> None:
        self._mark("class", f"{kind.__module__}:{kind.__qualname__}")
        for base in kind.__mro__:
            if not _is_own(base.__module__):
                continue
            for name, value in sorted(vars(base).items()):
                is_code = isinstance(value, types.FunctionType | staticmethod | classmethod | property)
                hidden = name in _SKIPPED or (name.startswith("__") and name.endswith("__"))
                if is_code or not (hidden or type(value).__name__.endswith("_descriptor")):
                    self._mark("attribute", name)
                    self.tell(value)

    def _instance(self, value: Any) -> None:
        self._mark("instance")
        try:
            # As pickle does it: state of any kind, or TypeError where it is hidden.
            reducer = copyreg.dispatch_table.get(type(value))
            reduced = reducer(value) if reducer else value.__reduce_ex__(4)
        except Exception as error:
            if self._strict:
                raise _UntellableError(type(value).__name__) from error
            self._untold(value)
            return
        if isinstance(reduced, str):
            self._mark("global", f"{type(value).__module__}:{reduced}")
            return
        maker, arguments, *rest = reduced
        self.tell(maker)
        self.tell(arguments)
        state, items, pairs = (*rest, None, None, None)[:3]
        self.tell(state)
        self._all("items", items or ())
        self._all("pairs", (part for pair in pairs or () for part in pair))

    def _untold(self, value: Any) -> None:
        self.tell(type(value))
        state = getattr(value, "__dict__", None)
        self.tell(dict(state) if isinstance(state, dict) else None)


def _content(cell: types.CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not filled yet
        return None


def _used_globals(function: types.FunctionType) -> Iterator[tuple[str, Any]]:
    """What the code of a function names of its own module: constants, functions, classes, and of objects their class.

    What it sets itself is no constant.
    """
    names, written = _global_names(function.__code__)
    for name in sorted((names - written) & set(function.__globals__)):
        value = function.__globals__[name]
        if _is_constant(value):
            yield name, value
        elif getattr(value, "__module__", None) == function.__module__:
            is_code = isinstance(value, types.FunctionType | type) or hasattr(value, "__wrapped__")
            yield name, value if is_code else type(value)


def _global_names(code: types.CodeType) -> tuple[set[str], set[str]]:
    read, written = set(), set()
    for step in dis.get_instructions(code):
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            read.add(step.argval)
        elif step.opname in ("STORE_GLOBAL", "DELETE_GLOBAL"):
            written.add(step.argval)
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            more_read, more_written = _global_names(inner)
            read |= more_read
            written |= more_written
    return read, written


def _is_constant(value: object) -> bool:
    if type(value) in (tuple, frozenset):
        return all(_is_constant(one) for one in value)  # type: ignore[attr-defined]
    return type(value) in _SCALARS


def _is_own(module: str) -> bool:
    """Whether a module is the user's own: neither Python's nor installed."""
    if module.partition(".")[0] in sys.stdlib_module_names:
        return module == "__main__"
    path = getattr(sys.modules.get(module), "__file__", None) or ""
    return "site-packages" not in path and "dist-packages" not in path
