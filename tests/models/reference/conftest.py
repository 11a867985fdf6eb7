"""A folder of tiny models with random weights, for whatever needs weights and not knowledge."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from random_models import write_models

from calibrant.models.reference.files import ReferenceFiles


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> ReferenceFiles:
    return ReferenceFiles(write_models(tmp_path_factory.mktemp("reference")))
