"""OpenAI's SDK, chat completions and embeddings, in front of every shape of provider."""

import asyncio
import json

import openai
import pytest
from conftest import ENDS, INPUTS, STATUSES

TOOLS = [
    {"type": "function", "function": {"name": name, "description": "Tells it.", "parameters": INPUTS[name]}}
    for name in ["weather", "time"]
]
ARGUMENTS = {"weather": {"city": "owl"}, "time": {"zone": "owl", "digits": 7}}
THOUGHT = "Owls see at night."


@pytest.fixture
def client(gateway):
    return openai.OpenAI(base_url=f"{gateway.url}/v1", api_key=gateway.key, max_retries=0)


def say(content):
    return [{"role": "user", "content": content}]


def arguments(message):
    return {call.function.name: json.loads(call.function.arguments) for call in message.tool_calls or []}


def test_chat(client, model):
    raw = client.chat.completions.with_raw_response.create(model=model, messages=say("Hello"))
    answer = raw.parse()
    assert answer.choices[0].message.content == "You said Hello"
    assert answer.choices[0].finish_reason == "stop"
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (19, 10)
    # 19 tokens at 2.50 and 10 at 10.00 per million.
    assert "0.000147500" in raw.headers["x-glaux-cost"]
    assert raw.headers["x-glaux-model"] == model


def test_settings(client, model):
    messages = [
        {"role": "system", "content": "Be brief."}, *say("Hello"), {"role": "assistant", "content": "Hi"},
        *say("settings"),
    ]
    answer = client.chat.completions.create(
        model=model, messages=messages, temperature=0.5, top_p=0.75, stop=["END"], max_completion_tokens=50,
        tools=TOOLS, tool_choice="none",
    )
    assert json.loads(answer.choices[0].message.content) == {
        "system": "Be brief.", "turns": [["user", "Hello"], ["assistant", "Hi"], ["user", "settings"]],
        "tools": ["weather", "time"], "choice": "none",
        "temperature": 0.5, "top_p": 0.75, "stop": ["END"], "limit": 50,
    }


def test_stream_without_usage(client, model):
    chunks = list(client.chat.completions.create(model=model, messages=say("Hello"), stream=True))
    texts = [c.choices[0].delta.content for c in chunks if c.choices and c.choices[0].delta.content]
    assert ("".join(texts), len(texts)) == ("You said Hello", 3)
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"
    assert all(c.usage is None for c in chunks)


def test_stream_with_usage(client, model):
    options = {"include_usage": True}
    chunks = list(client.chat.completions.create(model=model, messages=say("Hi"), stream=True, stream_options=options))
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == "You said Hi"
    assert (chunks[-1].usage.prompt_tokens, chunks[-1].usage.completion_tokens) == (19, 10)


def test_tools(client, model):
    messages = say("What is the weather, and when?")
    choice = client.chat.completions.create(model=model, messages=messages, tools=TOOLS).choices[0]
    assert (choice.finish_reason, arguments(choice.message)) == ("tool_calls", ARGUMENTS)
    results = [
        {"role": "tool", "tool_call_id": call.id, "content": text}
        for call, text in zip(choice.message.tool_calls, ["rain", "noon"])
    ]
    messages += [choice.message.model_dump(exclude_none=True), *results]
    answer = client.chat.completions.create(model=model, messages=messages, tools=TOOLS)
    assert answer.choices[0].message.content == "The tool said rain and noon"


def test_chosen_tool(client, model):
    choice = {"type": "function", "function": {"name": "time"}}
    answer = client.chat.completions.create(model=model, messages=say("When?"), tools=TOOLS, tool_choice=choice)
    assert arguments(answer.choices[0].message) == {"time": ARGUMENTS["time"]}


def test_one_tool_at_a_time(client, model, kind):
    def ask():
        return client.chat.completions.create(
            model=model, messages=say("When?"), tools=TOOLS, tool_choice="required", parallel_tool_calls=False
        )

    if kind == "gemini":
        with pytest.raises(openai.BadRequestError, match="parallel_tool_calls"):
            ask()
    else:
        assert arguments(ask().choices[0].message) == {"weather": ARGUMENTS["weather"]}


def test_streamed_tools(client, model):
    with client.chat.completions.stream(model=model, messages=say("Weather?"), tools=TOOLS) as stream:
        choice = stream.get_final_completion().choices[0]
    assert (choice.finish_reason, arguments(choice.message)) == ("tool_calls", ARGUMENTS)


def test_image(client, model):
    url = f"data:image/png;base64,{INPUTS['image']}"
    parts = [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": url}}]
    answer = client.chat.completions.create(model=model, messages=say(parts))
    assert answer.choices[0].message.content == "1 image(s)"


def test_structured_output(client, model):
    wanted = {"type": "json_schema", "json_schema": {"name": "label", "strict": True, "schema": INPUTS["schema"]}}
    answer = client.chat.completions.create(model=model, messages=say("Label it"), response_format=wanted)
    assert json.loads(answer.choices[0].message.content) == {"name": "owl", "score": 0.5}


def test_any_json(client, model, kind):
    def ask():
        return client.chat.completions.create(
            model=model, messages=say("JSON please"), response_format={"type": "json_object"}
        )

    if kind == "anthropic":
        with pytest.raises(openai.BadRequestError, match="response_format"):
            ask()
    else:
        assert ask().choices[0].message.content == "You said JSON please"


def test_reasoning(client, model, kind):
    answer = client.chat.completions.create(model=model, messages=say("Hello"), reasoning_effort="low")
    message = answer.choices[0].message
    assert (message.content, answer.usage.completion_tokens) == ("You said Hello", 10)
    # OpenAI keeps its thoughts, Anthropic does not count them apart.
    assert getattr(message, "reasoning_content", None) == (None if kind == "openai" else THOUGHT)
    assert answer.usage.completion_tokens_details.reasoning_tokens == (0 if kind == "anthropic" else 4)


def test_streamed_reasoning(client, model, kind):
    chunks = list(client.chat.completions.create(
        model=model, messages=say("Hello"), reasoning_effort="low", stream=True
    ))
    deltas = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
    assert "".join(delta.content or "" for delta in deltas) == "You said Hello"
    thought = "".join(getattr(delta, "reasoning_content", None) or "" for delta in deltas)
    assert thought == ("" if kind == "openai" else THOUGHT)


@pytest.mark.parametrize("name,value", [
    ("seed", 7), ("n", 2), ("logprobs", True), ("presence_penalty", 0.5), ("frequency_penalty", 0.5),
])
def test_what_anthropic_lacks_is_named(client, name, value):
    with pytest.raises(openai.BadRequestError, match=name):
        client.chat.completions.create(model="acme-anthropic/chat", messages=say("Hi"), **{name: value})


@pytest.mark.parametrize("encoding", [{}, {"encoding_format": "float"}], ids=["default", "float"])
def test_embeddings(client, kind, encoding):
    def ask():
        return client.embeddings.create(model=f"acme-{kind}/embed", input=["a", "b"], **encoding)

    if kind == "anthropic":
        with pytest.raises(openai.BadRequestError, match="(?i)embeddings"):
            ask()
    else:
        assert [entry.embedding for entry in ask().data] == [[0.25, -0.5, 1.0]] * 2


def test_feature(client):
    answer = client.chat.completions.create(model="chatbot", messages=say("Hi"))
    assert answer.choices[0].message.content == "You said Hi"


def test_models(client, kind):
    assert f"acme-{kind}/chat" in {model.id for model in client.models.list()}


def test_asynchronous(gateway, model):
    async def ask():
        async with openai.AsyncOpenAI(base_url=f"{gateway.url}/v1", api_key=gateway.key, max_retries=0) as client:
            asked = [client.chat.completions.create(model=model, messages=say(f"{n}")) for n in range(8)]
            return [answer.choices[0].message.content for answer in await asyncio.gather(*asked)]

    assert asyncio.run(ask()) == [f"You said {n}" for n in range(8)]


def test_errors_of_the_provider(client, kind, failing):
    for status in STATUSES[kind]:
        for stream in [False, True]:
            with pytest.raises(openai.APIStatusError, match=f"scripted {status}") as raised:
                client.chat.completions.create(model=failing(status), messages=say("Hi"), stream=stream)
            assert raised.value.status_code == (503 if status == 529 else status)
            assert raised.value.response.headers["x-glaux-request-id"]


def test_our_own_credential_stays_ours(client, failing):
    with pytest.raises(openai.InternalServerError, match="gateway's own credentials") as raised:
        client.chat.completions.create(model=failing(401), messages=say("Hi"))
    assert (raised.value.status_code, "scripted" in str(raised.value)) == (502, False)


def test_errors_of_the_caller(client, gateway, model):
    def check(error, words, model, messages=say("Hi"), client=client):
        with pytest.raises(error, match=words) as raised:
            client.chat.completions.create(model=model, messages=messages)
        assert raised.value.response.headers["x-glaux-request-id"]

    check(openai.NotFoundError, "no-such-model", "no-such-model")
    check(openai.BadRequestError, "messages", model, messages="not a list")
    stranger = openai.OpenAI(base_url=f"{gateway.url}/v1", api_key="glx_unknown", max_retries=0)
    check(openai.AuthenticationError, "key", model, client=stranger)


@pytest.mark.parametrize("end", ENDS)
def test_a_stream_that_breaks_is_an_error(client, kind, end):
    texts = []
    with pytest.raises(openai.APIError, match=ENDS[end]):
        for chunk in client.chat.completions.create(model=f"acme-{kind}/{end}", messages=say("Hi"), stream=True):
            texts.append(chunk.choices[0].delta.content or "")
    assert "".join(texts).startswith("You")
