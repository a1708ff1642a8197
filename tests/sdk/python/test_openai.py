"""OpenAI's SDK in front of every shape of provider."""

import json

import openai
import pytest
from conftest import COST

IMAGE = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
SCHEMA = {
    "type": "object", "properties": {"name": {"type": "string"}, "score": {"type": "number"}},
    "required": ["name", "score"], "additionalProperties": False,
}
WEATHER = {"name": "weather", "description": "Tells it.", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"],
}}


@pytest.fixture
def client(gateway):
    return openai.OpenAI(base_url=f"{gateway.url}/v1", api_key=gateway.key, max_retries=0)


def say(content):
    return [{"role": "user", "content": content}]


def test_chat(client, model):
    raw = client.chat.completions.with_raw_response.create(model=model, messages=say("Hello"))
    answer = raw.parse()
    assert answer.choices[0].message.content == "You said Hello"
    assert answer.choices[0].finish_reason == "stop"
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (19, 10)
    assert COST in raw.headers["x-glaux-cost"]
    assert raw.headers["x-glaux-model"] == model


def test_stream_without_usage(client, model):
    chunks = list(client.chat.completions.create(model=model, messages=say("Hello"), stream=True))
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == "You said Hello"
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"
    assert all(c.usage is None for c in chunks)


def test_stream_with_usage(client, model):
    options = {"include_usage": True}
    chunks = list(client.chat.completions.create(model=model, messages=say("Hi"), stream=True, stream_options=options))
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == "You said Hi"
    assert (chunks[-1].usage.prompt_tokens, chunks[-1].usage.completion_tokens) == (19, 10)


def test_tools(client, model):
    tools = [{"type": "function", "function": WEATHER}]
    messages = say("What is the weather?")
    message = client.chat.completions.create(model=model, messages=messages, tools=tools).choices[0].message
    call = message.tool_calls[0]
    assert (call.function.name, json.loads(call.function.arguments)) == ("weather", {"city": "owl"})
    messages += [message.model_dump(exclude_none=True), {"role": "tool", "tool_call_id": call.id, "content": "rain"}]
    answer = client.chat.completions.create(model=model, messages=messages, tools=tools)
    assert answer.choices[0].message.content == "The tool said rain"


def test_streamed_tools(client, model):
    tools = [{"type": "function", "function": WEATHER}]
    with client.chat.completions.stream(model=model, messages=say("Weather?"), tools=tools) as stream:
        choice = stream.get_final_completion().choices[0]
    assert choice.finish_reason == "tool_calls"
    assert json.loads(choice.message.tool_calls[0].function.arguments) == {"city": "owl"}


def test_image(client, model):
    parts = [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": IMAGE}}]
    answer = client.chat.completions.create(model=model, messages=say(parts))
    assert answer.choices[0].message.content == "1 image(s)"


def test_structured_output(client, model):
    wanted = {"type": "json_schema", "json_schema": {"name": "label", "strict": True, "schema": SCHEMA}}
    answer = client.chat.completions.create(model=model, messages=say("Label it"), response_format=wanted)
    assert json.loads(answer.choices[0].message.content) == {"name": "owl", "score": 0.5}


def test_responses(client, model):
    answer = client.responses.create(model=model, input="Hello")
    assert answer.output_text == "You said Hello"
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (19, 10)


def test_streamed_responses(client, model):
    with client.responses.stream(model=model, input="Hello") as stream:
        answer = stream.get_final_response()
    assert answer.output_text == "You said Hello"


def test_embeddings(client, kind):
    ask = lambda: client.embeddings.create(model=f"acme-{kind}/embed", input=["a", "b"], encoding_format="float")
    if kind == "anthropic":
        with pytest.raises(openai.APIStatusError, match="(?i)embeddings"):
            ask()
    else:
        assert [entry.embedding for entry in ask().data] == [[0.25, -0.5, 1.0]] * 2


def test_feature(client, gateway):
    assert client.chat.completions.create(model="chatbot", messages=say("Hi")).choices[0].message.content == "You said Hi"


def test_models(client, kind):
    assert f"acme-{kind}/chat" in {model.id for model in client.models.list()}


def test_errors(client, gateway, kind):
    def check(error, model, messages=say("Hi"), client=client):
        with pytest.raises(error) as raised:
            client.chat.completions.create(model=model, messages=messages)
        assert raised.value.response.headers["x-glaux-request-id"]

    check(openai.NotFoundError, "no-such-model")
    check(openai.RateLimitError, f"acme-{kind}/error-429")
    check(openai.BadRequestError, f"acme-{kind}/error-400")
    check(openai.BadRequestError, f"acme-{kind}/chat", messages="not a list")
    stranger = openai.OpenAI(base_url=f"{gateway.url}/v1", api_key="glx_unknown", max_retries=0)
    check(openai.AuthenticationError, f"acme-{kind}/chat", client=stranger)
