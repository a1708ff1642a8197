"""Anthropic's SDK in front of every shape of provider."""

import asyncio
import json

import anthropic
import pytest
from conftest import ENDS, INPUTS, STATUSES

TOOLS = [{"name": name, "description": "Tells it.", "input_schema": INPUTS[name]} for name in ["weather", "time"]]
ARGUMENTS = {"weather": {"city": "owl"}, "time": {"zone": "owl", "digits": 7}}
THOUGHT = "Owls see at night."
THINKING = {"max_tokens": 5000, "thinking": {"type": "enabled", "budget_tokens": 1024}}


@pytest.fixture
def client(gateway):
    return anthropic.Anthropic(base_url=f"{gateway.url}/anthropic", api_key=gateway.key, max_retries=0)


def say(content):
    return [{"role": "user", "content": content}]


def calls(answer):
    return [block for block in answer.content if block.type == "tool_use"]


def arguments(answer):
    return {call.name: call.input for call in calls(answer)}


def results(answer, texts):
    return say([
        {"type": "tool_result", "tool_use_id": call.id, "content": text} for call, text in zip(calls(answer), texts)
    ])


def text(answer):
    return "".join(block.text for block in answer.content if block.type == "text")


def thought(answer):
    return "".join(block.thinking for block in answer.content if block.type == "thinking")


def test_message(client, model):
    answer = client.messages.create(model=model, max_tokens=100, messages=say("Hello"))
    assert (answer.content[0].text, answer.stop_reason) == ("You said Hello", "end_turn")
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (19, 10)


def test_settings(client, model):
    messages = [*say("Hello"), {"role": "assistant", "content": "Hi"}, *say([{"type": "text", "text": "settings"}])]
    answer = client.messages.create(
        model=model, max_tokens=50, system="Be brief.", messages=messages, stop_sequences=["END"], tools=TOOLS,
        tool_choice={"type": "none"}, extra_body={"temperature": 0.5, "top_p": 0.75},
    )
    assert json.loads(text(answer)) == {
        "system": "Be brief.", "turns": [["user", "Hello"], ["assistant", "Hi"], ["user", "settings"]],
        "tools": ["weather", "time"], "choice": "none",
        "temperature": 0.5, "top_p": 0.75, "stop": ["END"], "limit": 50,
    }


def test_stream(client, model):
    with client.messages.stream(model=model, max_tokens=100, messages=say("Hello")) as stream:
        texts = list(stream.text_stream)
        answer = stream.get_final_message()
    assert ("".join(texts), len(texts), answer.stop_reason) == ("You said Hello", 3, "end_turn")
    assert answer.usage.output_tokens == 10


def test_tools(client, model):
    messages = say("What is the weather, and when?")
    answer = client.messages.create(model=model, max_tokens=100, messages=messages, tools=TOOLS)
    assert (answer.stop_reason, arguments(answer)) == ("tool_use", ARGUMENTS)
    content = [block.model_dump(exclude_none=True) for block in answer.content]
    messages += [{"role": "assistant", "content": content}, *results(answer, ["rain", "noon"])]
    answer = client.messages.create(model=model, max_tokens=100, messages=messages, tools=TOOLS)
    assert text(answer) == "The tool said rain and noon"


def test_chosen_tool(client, model):
    choice = {"type": "tool", "name": "time"}
    answer = client.messages.create(
        model=model, max_tokens=100, messages=say("When?"), tools=TOOLS, tool_choice=choice
    )
    assert arguments(answer) == {"time": ARGUMENTS["time"]}


def test_one_tool_at_a_time(client, model, kind):
    def ask():
        choice = {"type": "any", "disable_parallel_tool_use": True}
        return client.messages.create(
            model=model, max_tokens=100, messages=say("When?"), tools=TOOLS, tool_choice=choice
        )

    if kind == "gemini":
        with pytest.raises(anthropic.BadRequestError, match="disable_parallel_tool_use"):
            ask()
    else:
        assert arguments(ask()) == {"weather": ARGUMENTS["weather"]}


def test_streamed_tools(client, model):
    with client.messages.stream(model=model, max_tokens=100, messages=say("Weather?"), tools=TOOLS) as stream:
        answer = stream.get_final_message()
    assert (answer.stop_reason, arguments(answer)) == ("tool_use", ARGUMENTS)


def test_image(client, model):
    source = {"type": "base64", "media_type": "image/png", "data": INPUTS["image"]}
    parts = [{"type": "image", "source": source}, {"type": "text", "text": "What is it?"}]
    answer = client.messages.create(model=model, max_tokens=100, messages=say(parts))
    assert text(answer) == "1 image(s)"


def test_structured_output(client, model):
    config = {"format": {"type": "json_schema", "schema": INPUTS["schema"]}}
    answer = client.messages.create(model=model, max_tokens=100, messages=say("Label it"), output_config=config)
    assert json.loads(text(answer)) == {"name": "owl", "score": 0.5}


def test_thinking_with_tools(client, model, kind):
    expected = "" if kind == "openai" else THOUGHT
    messages = say("What is the weather, and when?")
    answer = client.messages.create(model=model, messages=messages, tools=TOOLS, **THINKING)
    assert (thought(answer), arguments(answer), answer.usage.output_tokens) == (expected, ARGUMENTS, 10)
    content = [block.model_dump(exclude_none=True) for block in answer.content]
    messages += [{"role": "assistant", "content": content}, *results(answer, ["rain", "noon"])]
    answer = client.messages.create(model=model, messages=messages, tools=TOOLS, **THINKING)
    assert (thought(answer), text(answer)) == (expected, "The tool said rain and noon")


def test_streamed_thinking(client, model, kind):
    with client.messages.stream(model=model, messages=say("Hello"), **THINKING) as stream:
        answer = stream.get_final_message()
    assert (thought(answer), text(answer)) == ("" if kind == "openai" else THOUGHT, "You said Hello")


def test_top_k(client, model, kind):
    def ask():
        return client.messages.create(model=model, max_tokens=100, messages=say("Hi"), extra_body={"top_k": 5})

    if kind == "openai":
        with pytest.raises(anthropic.BadRequestError, match="top_k"):
            ask()
    else:
        assert text(ask()) == "You said Hi"


def test_count_tokens(client, model, kind):
    def ask():
        return client.messages.count_tokens(model=model, system="Be brief.", messages=say("Hello"), tools=TOOLS)

    if kind == "openai":
        with pytest.raises(anthropic.BadRequestError, match="(?i)count"):
            ask()
    else:
        assert ask().input_tokens == 19


def test_models(client, kind):
    assert f"acme-{kind}/chat" in {model.id for model in client.models.list()}


def test_asynchronous(gateway, model):
    async def ask():
        url = f"{gateway.url}/anthropic"
        async with anthropic.AsyncAnthropic(base_url=url, api_key=gateway.key, max_retries=0) as client:
            asked = [client.messages.create(model=model, max_tokens=100, messages=say(f"{n}")) for n in range(8)]
            return [text(answer) for answer in await asyncio.gather(*asked)]

    assert asyncio.run(ask()) == [f"You said {n}" for n in range(8)]


def test_errors_of_the_provider(client, kind, failing):
    for status in STATUSES[kind]:
        for stream in [False, True]:
            with pytest.raises(anthropic.APIStatusError, match=f"scripted {status}") as raised:
                client.messages.create(model=failing(status), max_tokens=100, messages=say("Hi"), stream=stream)
            assert raised.value.status_code == (529 if status == 503 else status)
            assert raised.value.response.headers["x-glaux-request-id"]


def test_our_own_credential_stays_ours(client, failing):
    with pytest.raises(anthropic.InternalServerError, match="gateway's own credentials") as raised:
        client.messages.create(model=failing(401), max_tokens=100, messages=say("Hi"))
    assert (raised.value.status_code, "scripted" in str(raised.value)) == (502, False)


def test_errors_of_the_caller(client, gateway, model):
    def check(error, words, model, messages=say("Hi"), client=client):
        with pytest.raises(error, match=words) as raised:
            client.messages.create(model=model, max_tokens=100, messages=messages)
        assert raised.value.body["type"] == "error"

    check(anthropic.NotFoundError, "no-such-model", "no-such-model")
    check(anthropic.BadRequestError, "messages", model, messages="not a list")
    stranger = anthropic.Anthropic(base_url=f"{gateway.url}/anthropic", api_key="glx_unknown", max_retries=0)
    check(anthropic.AuthenticationError, "key", model, client=stranger)


@pytest.mark.parametrize("end", ENDS)
def test_a_stream_that_breaks_is_an_error(client, kind, end):
    texts = []
    with pytest.raises(anthropic.APIError, match=ENDS[end]):
        with client.messages.stream(model=f"acme-{kind}/{end}", max_tokens=100, messages=say("Hi")) as stream:
            texts.extend(stream.text_stream)
