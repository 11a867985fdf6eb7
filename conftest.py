"""Doctests of modules that need PyTorch (extra ``lab``) are collected only where it is installed."""

import importlib.util

_NEED_TORCH = ("averaging", "decoding", "evaluation", "optimiser", "training", "transformer", "weights")

collect_ignore = [] if importlib.util.find_spec("torch") else [f"src/calibrant/lab/{name}.py" for name in _NEED_TORCH]
