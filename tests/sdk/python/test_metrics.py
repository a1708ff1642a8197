"""What `/metrics` says of calls, read by Prometheus' own parser of OpenMetrics."""

import json
import time
import urllib.error
import urllib.request

import pytest
from fixture import gateway as fixture
from prometheus_client.openmetrics.parser import text_string_to_metric_families

MODEL = {"provider": "acme-openai", "model": "acme-openai/chat"}
FAILING = {"provider": "acme-openai", "model": "acme-openai/error-500"}


@pytest.fixture(scope="module")
def gateway():
    """Of its own, so that every call is known."""
    with fixture.serve() as serving:
        yield serving


def call(gateway, model, **more):
    body = {"model": model, "max_tokens": 20, "messages": [{"role": "user", "content": "Hello"}], **more}
    request = urllib.request.Request(
        f"{gateway.url}/v1/chat/completions", json.dumps(body).encode(),
        headers={"authorization": f"Bearer {gateway.key}", "content-type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request) as answer:
            answer.read()
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code


def expose(gateway):
    request = urllib.request.Request(
        f"{gateway.url}/metrics", headers={"authorization": f"Bearer {gateway.admin_token}"},
    )
    with urllib.request.urlopen(request) as answer:
        assert answer.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
        return answer.read().decode()


def scrape(gateway):
    """Every sample by name and labels, and the families by name."""
    families = list(text_string_to_metric_families(expose(gateway)))
    samples = {(s.name, frozenset(s.labels.items())): s.value for family in families for s in family.samples}
    return (lambda name, **labels: samples.get((name, frozenset(labels.items())))), families


def wait_for(gateway, name, value, **labels):
    """The counters follow the ledger within about a second."""
    for _ in range(200):
        figure, families = scrape(gateway)
        if (figure(name, **labels) or 0) >= value:
            return figure, families
        time.sleep(0.1)
    raise AssertionError(f"{name} {labels} is {figure(name, **labels)}")


def test_counters_are_what_was_called(gateway):
    gateway.add_model("openai", "error-500")
    gateway.manage("/features/chatbot/assignments/production", {"model": MODEL["model"]}, "PUT")
    assert [call(gateway, MODEL["model"]) for _ in range(3)] == [200, 200, 200]
    assert call(gateway, MODEL["model"], stream=True) == 200
    assert call(gateway, FAILING["model"]) == 500
    gateway.manage("/spending/budgets", {
        "name": "nothing left", "scope": {"organization": True}, "period_type": "daily",
        "budget_amount": {"amount": "0.000000001", "currency": "USD"}, "action": "block",
    })
    assert [call(gateway, MODEL["model"]) for _ in range(2)] == [402, 402]

    figure, _ = wait_for(gateway, "glaux_calls_total", 2, status="blocked", code="budget_exceeded")
    assert figure("glaux_calls_total", status="blocked", code="budget_exceeded") == 2
    assert figure("glaux_calls_total", status="success", code="") == 4
    assert figure("glaux_calls_total", status="error", code="upstream_error") == 1
    assert figure("glaux_attempts_total", **MODEL, status="success") == 4
    assert figure("glaux_attempts_total", **FAILING, status="error") >= 1
    assert figure("glaux_usage_total", **MODEL, meter="input_tokens") == 4 * 19
    assert figure("glaux_usage_total", **MODEL, meter="output_tokens") == 4 * 10
    # 19 tokens at 2.50 and 10 at 10.00 USD per million.
    assert figure("glaux_cost_nanodollars_total", **MODEL) == 4 * 147_500
    assert figure("glaux_attempt_first_byte_seconds_count", **MODEL) == 4
    assert figure("glaux_circuits", **MODEL, state="closed") == 1
    assert figure("glaux_circuits", **MODEL, state="open") == 0


def test_gauges_and_the_state_of_the_books(gateway):
    figure, families = scrape(gateway)
    assert figure("glaux_holds_open") == 0
    assert figure("glaux_held_nanodollars") == 0
    assert figure("glaux_projection_set_aside_total") == 0
    assert figure("glaux_projection_failing") == 0
    assert figure("glaux_journal_position_in_force") > 0
    figure, _ = wait_for(gateway, "glaux_projection_entries_total", 12)
    for _ in range(100):
        if figure("glaux_projection_lag_bytes") == 0:
            break
        time.sleep(0.1)
        figure, _ = scrape(gateway)
    assert figure("glaux_projection_lag_bytes") == 0
    assert any(sample.name == "glaux_build_info" for family in families for sample in family.samples)
    for family in families:
        assert family.name.startswith("glaux_")
        assert family.documentation.endswith("."), family.name
        assert family.type in {"counter", "gauge", "histogram"}, family.name


def test_odd_names_are_escaped(gateway):
    gateway.manage("/spending/budgets/nothing%20left", {}, "DELETE")
    name = gateway.add_model("openai", 'error-500"\\odd')
    call(gateway, name)
    wait_for(gateway, "glaux_attempts_total", 1, provider="acme-openai", model=name, status="error")


def test_the_page_needs_a_token(gateway):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{gateway.url}/metrics")
    assert refused.value.code == 401
