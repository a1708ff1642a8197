"""A gateway in front of a scripted provider in three shapes, for every test of the run.

`GLAUX_BINARY` names the server; without it the one that cargo built last in this checkout's target folder is used.
"""

import json
import os
import subprocess
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import pytest

import scripted_provider

ADMIN_TOKEN = "glt_a_token_for_tests_only"
KINDS = {"openai": "v1", "anthropic": "v1", "gemini": "v1beta"}
PRICES = [
    {"meter": "input_tokens", "rate_per_million": "2.50"},
    {"meter": "output_tokens", "rate_per_million": "10.00"},
]
# 19 tokens in and 10 out at these prices.
COST = "0.000147500"


def binary():
    target = Path(__file__).parents[3] / "target"
    built = [path for path in (target / "debug/glaux", target / "release/glaux") if path.exists()]
    return os.environ.get("GLAUX_BINARY") or str(max(built, key=lambda path: path.stat().st_mtime))


def manage(url, path, body, method="POST"):
    request = urllib.request.Request(
        f"{url}/api/platform/ai-management{path}", json.dumps(body).encode(), method=method,
        headers={"authorization": f"Bearer {ADMIN_TOKEN}", "content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def configure(url, port):
    for kind, version in KINDS.items():
        manage(url, "/models/providers", {
            "name": f"acme-{kind}", "kind": kind, "base_url": f"http://127.0.0.1:{port}/{version}",
            "credentials": {"api_key": "sk-scripted"},
        })
        for model in ["chat", "error-429", "error-400"]:
            manage(url, "/models", {
                "provider": f"acme-{kind}", "name": model, "type": "llm", "max_output_tokens": 1000, "prices": PRICES,
            })
        manage(url, "/models", {"provider": f"acme-{kind}", "name": "embed", "type": "embedding", "prices": PRICES[:1]})
    manage(url, "/features", {"name": "chatbot", "display_name": "Chatbot"})
    manage(url, "/features/chatbot/assignments/production", {"model": "acme-openai/chat"}, "PUT")
    return manage(url, "/keys", {"name": "sdk", "environment": "production", "features": ["chatbot"], "models": ["*"]})


@pytest.fixture(scope="session")
def gateway(tmp_path_factory):
    """Its `url`, a `key`, and the `provider` behind it."""
    provider = scripted_provider.start()
    environment = {
        "GLAUX_DATA_DIR": str(tmp_path_factory.mktemp("glaux")), "GLAUX_LISTEN": "127.0.0.1:0",
        "GLAUX_ADMIN_TOKEN": ADMIN_TOKEN, "GLAUX_MASTER_KEY": "00" * 32,
    }
    process = subprocess.Popen([binary(), "serve"], env=environment, stdout=subprocess.PIPE, text=True)
    try:
        shown = next(line for line in process.stdout if "Glaux serves on " in line)
        url = shown.split("Glaux serves on ")[1].strip()
        key = configure(url, provider.server_port)["key"]
        yield SimpleNamespace(url=url, key=key, provider=provider)
    finally:
        process.terminate()
        process.wait(timeout=30)
        provider.shutdown()


@pytest.fixture(params=KINDS)
def kind(request):
    """The shape of the provider behind the call."""
    return request.param


@pytest.fixture
def model(kind):
    return f"acme-{kind}/chat"
