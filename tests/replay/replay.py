"""Replays a trace of real calls through the gateway, and compares its ledger with what the provider has counted.

    python3 tests/replay/replay.py TRACE.csv.gz [TIMES_FASTER]

The trace has the columns TIMESTAMP, ContextTokens, GeneratedTokens (Azure/AzurePublicDataset). Calls go out in order, at
their times divided by TIMES_FASTER (100 when absent). The provider reports the tokens of the trace and keeps a tally of
its own; the ledger must hold as many calls, as many tokens, and their exact price. `GLAUX_BINARY` names the server.
"""

import csv
import gzip
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread, local

ADMIN_TOKEN = "glt_a_token_for_tests_only"
RATES = {"input_tokens": Decimal("2.50"), "output_tokens": Decimal("10.00")}
ALL_TIME = "from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z"
CALLERS = 16


class Provider(BaseHTTPRequestHandler):
    """Reports the tokens that the last message names."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format, *arguments):
        """Says nothing."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        tokens_in, tokens_out = map(int, body["messages"][-1]["content"].split())
        answer = {
            "id": "chatcmpl-1", "object": "chat.completion", "created": 1_780_000_000, "model": body["model"],
            "choices": [{"index": 0, "message": {"role": "assistant", "content": "code"}, "finish_reason": "stop"}],
            "usage": {
                "prompt_tokens": tokens_in, "completion_tokens": tokens_out, "total_tokens": tokens_in + tokens_out,
            },
        }
        text = json.dumps(answer).encode()
        with self.server.lock:
            self.server.tally = [a + b for a, b in zip(self.server.tally, (1, tokens_in, tokens_out))]
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


def start_provider():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    server.daemon_threads, server.lock, server.tally = True, Lock(), [0, 0, 0]
    Thread(target=server.serve_forever, daemon=True).start()
    return server


def binary():
    target = Path(__file__).parents[2] / "target"
    built = [path for path in (target / "debug/glaux", target / "release/glaux") if path.exists()]
    return os.environ.get("GLAUX_BINARY") or str(max(built, key=lambda path: path.stat().st_mtime))


def manage(url, path, body=None):
    request = urllib.request.Request(
        f"{url}/api/platform/ai-management{path}", body and json.dumps(body).encode(),
        headers={"authorization": f"Bearer {ADMIN_TOKEN}", "content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def configure(url, port):
    """A key that may call the provider's one model."""
    manage(url, "/models/providers", {
        "name": "trace", "kind": "openai", "base_url": f"http://127.0.0.1:{port}/v1", "credentials": {"api_key": "sk-x"},
    })
    prices = [{"meter": meter, "rate_per_million": str(rate)} for meter, rate in RATES.items()]
    manage(url, "/models", {
        "provider": "trace", "name": "code", "type": "llm", "max_output_tokens": 4096, "prices": prices,
    })
    return manage(url, "/keys", {"name": "trace", "environment": "production", "models": ["*"]})["key"]


def read_trace(path):
    """Seconds since the first call, tokens in, tokens out."""
    with gzip.open(path, "rt", newline="") as lines:
        rows = [
            (datetime.fromisoformat(row["TIMESTAMP"][:26]).timestamp(), int(row["ContextTokens"]), int(row["GeneratedTokens"]))
            for row in csv.DictReader(lines)
        ]
    return [(at - rows[0][0], tokens_in, tokens_out) for at, tokens_in, tokens_out in rows]


def replay(url, key, trace, times_faster):
    """Makes the calls; every one must be answered with its own tokens."""
    connections = local()

    def call(tokens_in, tokens_out):
        if not hasattr(connections, "one"):
            connections.one = http.client.HTTPConnection(url.removeprefix("http://"), timeout=60)
        body = {"model": "trace/code", "messages": [{"role": "user", "content": f"{tokens_in} {tokens_out}"}]}
        headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
        connections.one.request("POST", "/v1/chat/completions", json.dumps(body), headers)
        answer = connections.one.getresponse()
        text = answer.read()
        assert answer.status == 200, text
        assert json.loads(text)["usage"]["prompt_tokens"] == tokens_in

    start = time.monotonic()
    with ThreadPoolExecutor(CALLERS) as callers:
        calls = []
        for at, tokens_in, tokens_out in trace:
            time.sleep(max(0.0, start + at / times_faster - time.monotonic()))
            calls.append(callers.submit(call, tokens_in, tokens_out))
        for done in calls:
            done.result()
    return time.monotonic() - start


def ledger_totals(url, rows):
    """Calls, tokens in, tokens out and cost as the ledger has them, once it has taken in all rows."""
    for _ in range(600):
        items = manage(url, f"/spending/analytics?{ALL_TIME}&group_by=model")["items"]
        if items and items[0]["calls"] >= rows:
            return items[0]
        time.sleep(0.1)
    sys.exit(f"the ledger has not taken in {rows} calls: {items}")


def main():
    trace = read_trace(sys.argv[1])
    times_faster = float(sys.argv[2]) if len(sys.argv) > 2 else 100.0
    provider = start_provider()
    with tempfile.TemporaryDirectory(prefix="glaux-replay-") as directory:
        environment = {"GLAUX_DATA_DIR": directory, "GLAUX_LISTEN": "127.0.0.1:0", "GLAUX_ADMIN_TOKEN": ADMIN_TOKEN}
        process = subprocess.Popen([binary(), "serve"], env=environment, stdout=subprocess.PIPE, text=True)
        try:
            shown = next(line for line in process.stdout if "Glaux serves on " in line)
            url = shown.split("Glaux serves on ")[1].strip()
            took = replay(url, configure(url, provider.server_port), trace, times_faster)
            totals = ledger_totals(url, len(trace))
        finally:
            process.terminate()
            process.wait(timeout=60)
        verified = subprocess.run([binary(), "ledger", "verify"], env=environment, capture_output=True, text=True)
    print(f"{len(trace)} calls in {took:.1f} s\nledger: {json.dumps(totals)}\nverify: {verified.stdout.strip()}")
    tokens_in, tokens_out = sum(row[1] for row in trace), sum(row[2] for row in trace)
    cost = (tokens_in * RATES["input_tokens"] + tokens_out * RATES["output_tokens"]) / 1_000_000
    assert provider.tally == [len(trace), tokens_in, tokens_out], provider.tally
    usage = totals["usage"]
    found = (totals["calls"], usage["input_tokens"], usage["output_tokens"], Decimal(totals["cost"]["amount"]))
    assert found == (len(trace), tokens_in, tokens_out, cost), (found, (len(trace), tokens_in, tokens_out, cost))
    assert verified.returncode == 0, verified.stdout + verified.stderr
    print(f"the ledger equals the tally: {tokens_in} tokens in, {tokens_out} out, {cost:f} USD")


if __name__ == "__main__":
    main()
