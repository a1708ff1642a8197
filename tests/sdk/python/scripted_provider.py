"""A provider on 127.0.0.1 in the shapes of OpenAI, Anthropic and Gemini, written from their public references.

What it answers follows from the request: a tool is called when tools are offered, its result is repeated, a JSON schema
is filled in, images are counted, any other text is repeated. Every answer reports 19 tokens in and 10 out. A model named
`error-429` answers with that status.
"""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

TOKENS_IN, TOKENS_OUT = 19, 10
VECTOR = [0.25, -0.5, 1.0]
PIECES = 3


def instance(schema, root=None):
    """A value that fits the schema."""
    root = root or schema
    if "$ref" in schema:
        target = root
        for name in schema["$ref"].lstrip("#/").split("/"):
            target = target[name]
        return instance(target, root)
    if "enum" in schema:
        return schema["enum"][0]
    match str(schema.get("type", "")).lower():
        case "object":
            return {name: instance(member, root) for name, member in schema.get("properties", {}).items()}
        case "array":
            return [instance(schema["items"], root)]
        case "integer":
            return 7
        case "number":
            return 0.5
        case "boolean":
            return True
        case _:
            return "owl"


class Asked:
    """A request in the words that all shapes share."""

    def __init__(self, model, stream, tools, schema):
        self.model, self.stream, self.tools, self.schema = model, stream, tools, schema
        self.text, self.images, self.result = "", 0, None

    def answer(self):
        """Either text, or a tool's name with its arguments."""
        if self.result is not None:
            return f"The tool said {self.result}", None
        if self.tools:
            name, parameters = self.tools[0]
            return None, (name, instance(parameters))
        if self.schema:
            return json.dumps(instance(self.schema)), None
        if self.images:
            return f"{self.images} image(s)", None
        return f"You said {self.text}", None


def cut(text):
    size = max(1, -(-len(text) // PIECES))
    return [text[start : start + size] for start in range(0, len(text), size)]


class OpenAi:
    """platform.openai.com/docs/api-reference/chat."""

    END = "data: [DONE]\n\n"

    @staticmethod
    def read(body, model, stream):
        tools = [(tool["function"]["name"], tool["function"]["parameters"]) for tool in body.get("tools", [])]
        schema = body.get("response_format", {}).get("json_schema", {}).get("schema")
        asked = Asked(body["model"], body.get("stream", False), tools, schema)
        for message in body["messages"]:
            content = message.get("content") or ""
            parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
            text = "".join(part.get("text", "") for part in parts)
            if message["role"] == "tool":
                asked.result = text
            elif message["role"] == "user":
                asked.text = text
                asked.images += sum(part["type"] == "image_url" for part in parts)
        asked.wants_usage = (body.get("stream_options") or {}).get("include_usage", False)
        return asked

    @staticmethod
    def usage():
        return {"prompt_tokens": TOKENS_IN, "completion_tokens": TOKENS_OUT, "total_tokens": TOKENS_IN + TOKENS_OUT}

    @classmethod
    def whole(cls, asked):
        text, tool = asked.answer()
        message = {"role": "assistant", "content": text, "refusal": None}
        if tool:
            message["tool_calls"] = [
                {"id": "call_1", "type": "function", "function": {"name": tool[0], "arguments": json.dumps(tool[1])}}
            ]
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "tool_calls" if tool else "stop"}
        return cls.envelope(asked, "chat.completion", [choice], cls.usage())

    @staticmethod
    def envelope(asked, kind, choices, usage):
        return {
            "id": "chatcmpl-1", "object": kind, "created": 1_780_000_000, "model": asked.model,
            "choices": choices, "usage": usage,
        }

    @classmethod
    def events(cls, asked):
        text, tool = asked.answer()
        deltas = [{"role": "assistant", "content": "" if text else None}]
        if tool:
            function = {"name": tool[0], "arguments": ""}
            deltas.append({"tool_calls": [{"index": 0, "id": "call_1", "type": "function", "function": function}]})
            pieces = cut(json.dumps(tool[1]))
            deltas += [{"tool_calls": [{"index": 0, "function": {"arguments": piece}}]} for piece in pieces]
        else:
            deltas += [{"content": piece} for piece in cut(text)]
        ends = [None] * len(deltas) + ["tool_calls" if tool else "stop"]
        for delta, end in zip([*deltas, {}], ends):
            choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": end}
            yield None, cls.envelope(asked, "chat.completion.chunk", [choice], None)
        if asked.wants_usage:
            yield None, cls.envelope(asked, "chat.completion.chunk", [], cls.usage())

    @staticmethod
    def error(status):
        return {"error": {"message": f"scripted {status}", "type": "scripted", "param": None, "code": None}}


class Anthropic:
    """docs.claude.com/en/api/messages."""

    END = ""

    @staticmethod
    def read(body, model, stream):
        tools = [(tool["name"], tool["input_schema"]) for tool in body.get("tools", [])]
        schema = body.get("output_config", {}).get("format", {}).get("schema")
        asked = Asked(body["model"], body.get("stream", False), tools, schema)
        for message in body["messages"]:
            content = message["content"]
            for part in [{"type": "text", "text": content}] if isinstance(content, str) else content:
                if part["type"] == "text" and message["role"] == "user":
                    asked.text = part["text"]
                elif part["type"] == "image":
                    asked.images += 1
                elif part["type"] == "tool_result":
                    result = part["content"]
                    asked.result = result if isinstance(result, str) else "".join(block["text"] for block in result)
        return asked

    @staticmethod
    def envelope(asked, content, end, tokens_out):
        usage = {
            "input_tokens": TOKENS_IN, "output_tokens": tokens_out,
            "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0,
        }
        return {
            "id": "msg_1", "type": "message", "role": "assistant", "model": asked.model, "content": content,
            "stop_reason": end, "stop_sequence": None, "usage": usage,
        }

    @classmethod
    def whole(cls, asked):
        text, tool = asked.answer()
        if tool:
            block = {"type": "tool_use", "id": "toolu_1", "name": tool[0], "input": tool[1]}
            return cls.envelope(asked, [block], "tool_use", TOKENS_OUT)
        return cls.envelope(asked, [{"type": "text", "text": text}], "end_turn", TOKENS_OUT)

    @classmethod
    def events(cls, asked):
        text, tool = asked.answer()
        if tool:
            block = {"type": "tool_use", "id": "toolu_1", "name": tool[0], "input": {}}
            deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in cut(json.dumps(tool[1]))]
        else:
            block = {"type": "text", "text": ""}
            deltas = [{"type": "text_delta", "text": piece} for piece in cut(text)]
        end = {"stop_reason": "tool_use" if tool else "end_turn", "stop_sequence": None}
        events = [
            {"type": "message_start", "message": cls.envelope(asked, [], None, 1)},
            {"type": "content_block_start", "index": 0, "content_block": block},
            {"type": "ping"},
            *({"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas),
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": end, "usage": {"output_tokens": TOKENS_OUT}},
            {"type": "message_stop"},
        ]
        return ((event["type"], event) for event in events)

    @staticmethod
    def error(status):
        return {"type": "error", "error": {"type": "api_error", "message": f"scripted {status}"}}


class Gemini:
    """ai.google.dev/api/generate-content."""

    END = ""

    @staticmethod
    def read(body, model, stream):
        functions = [function for tool in body.get("tools", []) for function in tool.get("functionDeclarations", [])]
        names = ("parametersJsonSchema", "parameters_json_schema", "parameters")
        tools = [(f["name"], next(f[name] for name in names if name in f)) for f in functions]
        config = body.get("generationConfig", {})
        asked = Asked(model, stream, tools, config.get("responseJsonSchema") or config.get("responseSchema"))
        for content in body["contents"]:
            for part in content["parts"]:
                if "text" in part and content.get("role", "user") == "user":
                    asked.text = part["text"]
                elif "inlineData" in part:
                    asked.images += 1
                elif "functionResponse" in part:
                    asked.result = next(iter(part["functionResponse"]["response"].values()))
        return asked

    @classmethod
    def envelope(cls, asked, parts, end):
        candidate = {"content": {"role": "model", "parts": parts}, "index": 0} | ({"finishReason": end} if end else {})
        usage = {
            "promptTokenCount": TOKENS_IN, "candidatesTokenCount": TOKENS_OUT, "totalTokenCount": TOKENS_IN + TOKENS_OUT,
        }
        return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": asked.model, "responseId": "1"}

    @classmethod
    def whole(cls, asked):
        text, tool = asked.answer()
        part = {"functionCall": {"name": tool[0], "args": tool[1]}} if tool else {"text": text}
        return cls.envelope(asked, [part], "STOP")

    @classmethod
    def events(cls, asked):
        text, tool = asked.answer()
        calls = [{"functionCall": {"name": tool[0], "args": tool[1]}}] if tool else []
        parts = calls or [{"text": piece} for piece in cut(text)]
        for number, part in enumerate(parts, start=1):
            yield None, cls.envelope(asked, [part], "STOP" if number == len(parts) else None)

    @staticmethod
    def error(status):
        return {"error": {"code": status, "message": f"scripted {status}", "status": "UNKNOWN"}}


class OpenAiResponses:
    """platform.openai.com/docs/api-reference/responses; text only."""

    END = ""

    @staticmethod
    def read(body, model, stream):
        asked = Asked(body["model"], body.get("stream", False), [], None)
        asked.text = body["input"]
        return asked

    @staticmethod
    def item(text):
        return {
            "type": "message", "id": "msg_1", "status": "completed", "role": "assistant",
            "content": [{"type": "output_text", "text": text, "annotations": []}],
        }

    @classmethod
    def whole(cls, asked):
        usage = {
            "input_tokens": TOKENS_IN, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": TOKENS_OUT,
            "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": TOKENS_IN + TOKENS_OUT,
        }
        return {
            "id": "resp_1", "object": "response", "created_at": 1_780_000_000, "status": "completed", "error": None,
            "incomplete_details": None, "instructions": None, "metadata": {}, "model": asked.model,
            "output": [cls.item(asked.answer()[0])], "parallel_tool_calls": True, "temperature": 1.0,
            "tool_choice": "auto", "tools": [], "top_p": 1.0, "usage": usage,
        }

    @classmethod
    def events(cls, asked):
        whole = cls.whole(asked)
        text = asked.answer()[0]
        begun = whole | {"status": "in_progress", "output": [], "usage": None}
        place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
        part = {"type": "output_text", "text": "", "annotations": []}
        item = cls.item(text)
        events = [
            {"type": "response.created", "response": begun},
            {"type": "response.output_item.added", "output_index": 0,
             "item": item | {"status": "in_progress", "content": []}},
            {"type": "response.content_part.added", **place, "part": part},
            *({"type": "response.output_text.delta", **place, "delta": piece, "logprobs": []} for piece in cut(text)),
            {"type": "response.output_text.done", **place, "text": text, "logprobs": []},
            {"type": "response.content_part.done", **place, "part": part | {"text": text}},
            {"type": "response.output_item.done", "output_index": 0, "item": item},
            {"type": "response.completed", "response": whole},
        ]
        return ((event["type"], event | {"sequence_number": number}) for number, event in enumerate(events))

    error = OpenAi.error


SHAPES = {"/chat/completions": OpenAi, "/responses": OpenAiResponses, "/messages": Anthropic}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format, *arguments):
        """Says nothing: the tests do."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        path = self.path.split("?")[0]
        self.server.received.append((path, dict(self.headers), body))
        model, _, verb = path.partition("/models/")[2].rpartition(":")
        if path.endswith("/embeddings"):
            data = [{"object": "embedding", "index": n, "embedding": VECTOR} for n, _ in enumerate(self.inputs(body))]
            usage = {"prompt_tokens": TOKENS_IN, "total_tokens": TOKENS_IN}
            return self.send(200, {"object": "list", "model": body["model"], "data": data, "usage": usage})
        if verb == "embedContent":
            return self.send(200, {"embedding": {"values": VECTOR}})
        if verb == "batchEmbedContents":
            return self.send(200, {"embeddings": [{"values": VECTOR} for _ in body["requests"]]})
        if verb == "countTokens":
            return self.send(200, {"totalTokens": TOKENS_IN})
        if path.endswith("/count_tokens"):
            return self.send(200, {"input_tokens": TOKENS_IN})
        shape = Gemini if verb else next(shape for end, shape in SHAPES.items() if path.endswith(end))
        asked = shape.read(body, model, verb == "streamGenerateContent")
        if asked.model.startswith("error-"):
            status = int(asked.model.removeprefix("error-"))
            return self.send(status, shape.error(status))
        if asked.stream:
            return self.stream(shape.events(asked), shape.END)
        return self.send(200, shape.whole(asked))

    @staticmethod
    def inputs(body):
        return body["input"] if isinstance(body["input"], list) else [body["input"]]

    def send(self, status, answer):
        text = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def stream(self, events, end):
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        lines = [(f"event: {name}\n" if name else "") + f"data: {json.dumps(event)}\n\n" for name, event in events]
        for line in [*lines, end]:
            if line:
                self.wfile.write(f"{len(line.encode()):x}\r\n{line}\r\n".encode())
        self.wfile.write(b"0\r\n\r\n")


def start():
    """A running provider: its port is `server_port`, what it was asked stands in `received`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.received = []
    Thread(target=server.serve_forever, daemon=True).start()
    return server
