"""Anthropic's SDK in front of every shape of provider."""

import anthropic
import pytest
from test_openai import IMAGE, SCHEMA, WEATHER, say

TOOLS = [{"name": WEATHER["name"], "description": "Tells it.", "input_schema": WEATHER["parameters"]}]


@pytest.fixture
def client(gateway):
    return anthropic.Anthropic(base_url=f"{gateway.url}/anthropic", api_key=gateway.key, max_retries=0)


def test_message(client, model):
    answer = client.messages.create(model=model, max_tokens=100, messages=say("Hello"))
    assert (answer.content[0].text, answer.stop_reason) == ("You said Hello", "end_turn")
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (19, 10)


def test_stream(client, model):
    with client.messages.stream(model=model, max_tokens=100, messages=say("Hello")) as stream:
        text = "".join(stream.text_stream)
        answer = stream.get_final_message()
    assert (text, answer.stop_reason, answer.usage.output_tokens) == ("You said Hello", "end_turn", 10)


def test_tools(client, model):
    messages = say("What is the weather?")
    answer = client.messages.create(model=model, max_tokens=100, messages=messages, tools=TOOLS)
    call = answer.content[-1]
    assert (answer.stop_reason, call.name, call.input) == ("tool_use", "weather", {"city": "owl"})
    result = {"type": "tool_result", "tool_use_id": call.id, "content": "rain"}
    messages += [{"role": "assistant", "content": [call.model_dump(exclude_none=True)]}, *say([result])]
    answer = client.messages.create(model=model, max_tokens=100, messages=messages, tools=TOOLS)
    assert answer.content[0].text == "The tool said rain"


def test_streamed_tools(client, model):
    with client.messages.stream(model=model, max_tokens=100, messages=say("Weather?"), tools=TOOLS) as stream:
        assert stream.get_final_message().content[-1].input == {"city": "owl"}


def test_image(client, model):
    source = {"type": "base64", "media_type": "image/png", "data": IMAGE.split(",")[1]}
    parts = [{"type": "image", "source": source}, {"type": "text", "text": "What is it?"}]
    answer = client.messages.create(model=model, max_tokens=100, messages=say(parts))
    assert answer.content[0].text == "1 image(s)"


def test_structured_output(client, model):
    config = {"format": {"type": "json_schema", "schema": SCHEMA}}
    answer = client.messages.create(model=model, max_tokens=100, messages=say("Label it"), output_config=config)
    assert answer.content[0].text.replace(" ", "") == '{"name":"owl","score":0.5}'


def test_count_tokens(client, kind):
    ask = lambda: client.messages.count_tokens(model=f"acme-{kind}/chat", messages=say("Hello"))
    if kind == "openai":
        with pytest.raises(anthropic.APIStatusError, match="(?i)count"):
            ask()
    else:
        assert ask().input_tokens == 19


def test_errors(client, gateway, kind):
    def check(error, model, client=client):
        with pytest.raises(error):
            client.messages.create(model=model, max_tokens=100, messages=say("Hi"))

    check(anthropic.NotFoundError, "no-such-model")
    check(anthropic.RateLimitError, f"acme-{kind}/error-429")
    check(anthropic.BadRequestError, f"acme-{kind}/error-400")
    stranger = anthropic.Anthropic(base_url=f"{gateway.url}/anthropic", api_key="glx_unknown", max_retries=0)
    check(anthropic.AuthenticationError, f"acme-{kind}/chat", stranger)
