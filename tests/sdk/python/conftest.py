"""One gateway for every test of the run, and what the tests send."""

import itertools
import json
import sys
from pathlib import Path

import pytest

SUITES = Path(__file__).parents[1]
sys.path.insert(0, str(SUITES))

from fixture import gateway as fixture

INPUTS = json.loads((SUITES / "inputs.json").read_text())
STATUSES = {"openai": [400, 404, 429, 500], "anthropic": [400, 404, 429, 500, 529], "gemini": [400, 404, 429, 500, 503]}
# What a stream says that ends too early, by the name of the model.
ENDS = {"broken": "scripted end", "cut": "broke before"}
NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def gateway():
    with fixture.serve() as serving:
        yield serving


@pytest.fixture(params=fixture.VERSIONS)
def kind(request):
    """The shape of the provider behind the call."""
    return request.param


@pytest.fixture
def model(kind):
    return f"acme-{kind}/chat"


@pytest.fixture
def failing(gateway, kind):
    """A model that answers with the status."""
    return lambda status: gateway.add_model(kind, f"error-{status}-{next(NUMBERS)}")
