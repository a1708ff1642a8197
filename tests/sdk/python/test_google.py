"""Google's SDK in front of every shape of provider."""

import asyncio
import base64
import json

import pytest
from conftest import ENDS, INPUTS, STATUSES
from google import genai
from google.genai import errors, types

TOOLS = [types.Tool(function_declarations=[
    types.FunctionDeclaration(name=name, description="Tells it.", parameters_json_schema=INPUTS[name])
    for name in ["weather", "time"]
])]
ARGUMENTS = {"weather": {"city": "owl"}, "time": {"zone": "owl", "digits": 7}}
THOUGHT = "Owls see at night."
THINKING = types.ThinkingConfig(thinking_budget=1024, include_thoughts=True)


def connect(gateway, key):
    return genai.Client(api_key=key, http_options=types.HttpOptions(base_url=f"{gateway.url}/gemini"))


@pytest.fixture
def client(gateway):
    return connect(gateway, gateway.key)


def say(text, role="user"):
    return types.Content(role=role, parts=[types.Part(text=text)])


def arguments(answer):
    return {call.name: call.args for call in answer.function_calls or []}


def results(answer, texts):
    parts = [
        types.Part(function_response=types.FunctionResponse(id=call.id, name=call.name, response={"result": text}))
        for call, text in zip(answer.function_calls, texts)
    ]
    return types.Content(role="user", parts=parts)


def thought(answer):
    return "".join(part.text for part in answer.candidates[0].content.parts if part.thought)


def calling(mode, *names):
    allowed = types.FunctionCallingConfig(mode=mode, allowed_function_names=list(names) or None)
    return types.ToolConfig(function_calling_config=allowed)


def test_content(client, model):
    answer = client.models.generate_content(model=model, contents="Hello")
    assert (answer.text, answer.candidates[0].finish_reason.value) == ("You said Hello", "STOP")
    usage = answer.usage_metadata
    assert (usage.prompt_token_count, usage.candidates_token_count) == (19, 10)


def test_settings(client, model):
    config = types.GenerateContentConfig(
        system_instruction="Be brief.", temperature=0.5, top_p=0.75, stop_sequences=["END"], max_output_tokens=50,
        tools=TOOLS, tool_config=calling("NONE"),
    )
    contents = [say("Hello"), say("Hi", "model"), say("settings")]
    answer = client.models.generate_content(model=model, contents=contents, config=config)
    assert json.loads(answer.text) == {
        "system": "Be brief.", "turns": [["user", "Hello"], ["assistant", "Hi"], ["user", "settings"]],
        "tools": ["weather", "time"], "choice": "none",
        "temperature": 0.5, "top_p": 0.75, "stop": ["END"], "limit": 50,
    }


def test_stream(client, model):
    chunks = list(client.models.generate_content_stream(model=model, contents="Hello"))
    texts = [chunk.text for chunk in chunks if chunk.text]
    assert ("".join(texts), len(texts)) == ("You said Hello", 3)
    assert chunks[-1].usage_metadata.candidates_token_count == 10


def test_tools(client, model):
    config = types.GenerateContentConfig(tools=TOOLS)
    asked = say("What is the weather, and when?")
    answer = client.models.generate_content(model=model, contents=[asked], config=config)
    assert arguments(answer) == ARGUMENTS
    contents = [asked, answer.candidates[0].content, results(answer, ["rain", "noon"])]
    answer = client.models.generate_content(model=model, contents=contents, config=config)
    assert answer.text.startswith("The tool said") and answer.text.index("rain") < answer.text.index("noon")


def test_chosen_tool(client, model):
    config = types.GenerateContentConfig(tools=TOOLS, tool_config=calling("ANY", "time"))
    answer = client.models.generate_content(model=model, contents="When?", config=config)
    assert arguments(answer) == {"time": ARGUMENTS["time"]}


def test_streamed_tools(client, model):
    config = types.GenerateContentConfig(tools=TOOLS)
    called = {}
    for chunk in client.models.generate_content_stream(model=model, contents="Weather?", config=config):
        called |= arguments(chunk)
    assert called == ARGUMENTS


def test_image(client, model):
    image = types.Part.from_bytes(data=base64.b64decode(INPUTS["image"]), mime_type="image/png")
    answer = client.models.generate_content(model=model, contents=[image, "What is it?"])
    assert answer.text == "1 image(s)"


@pytest.mark.parametrize("schema", [
    {"response_json_schema": INPUTS["schema"]},
    {"response_schema": types.Schema(type="OBJECT", required=["name", "score"], properties={
        "name": types.Schema(type="STRING"), "score": types.Schema(type="NUMBER"),
    })},
], ids=["json_schema", "schema"])
def test_structured_output(client, model, schema):
    config = types.GenerateContentConfig(response_mime_type="application/json", **schema)
    answer = client.models.generate_content(model=model, contents="Label it", config=config)
    assert json.loads(answer.text) == {"name": "owl", "score": 0.5}


def test_thinking_with_tools(client, model, kind):
    expected = "" if kind == "openai" else THOUGHT
    config = types.GenerateContentConfig(tools=TOOLS, thinking_config=THINKING)
    asked = say("What is the weather, and when?")
    answer = client.models.generate_content(model=model, contents=[asked], config=config)
    assert (thought(answer), arguments(answer)) == (expected, ARGUMENTS)
    usage = answer.usage_metadata
    assert usage.candidates_token_count + (usage.thoughts_token_count or 0) == 10
    contents = [asked, answer.candidates[0].content, results(answer, ["rain", "noon"])]
    answer = client.models.generate_content(model=model, contents=contents, config=config)
    assert "rain" in answer.text


def test_what_others_lack_is_named(client):
    def check(kind, name, **config):
        with pytest.raises(errors.ClientError, match=name):
            client.models.generate_content(
                model=f"acme-{kind}/chat", contents="Hi", config=types.GenerateContentConfig(**config)
            )

    check("openai", "topK", top_k=5)
    check("anthropic", "seed", seed=7)
    check("anthropic", "candidateCount", candidate_count=2)
    check("anthropic", "safetySettings", safety_settings=[
        types.SafetySetting(category="HARM_CATEGORY_HARASSMENT", threshold="BLOCK_NONE")
    ])


def test_embeddings(client, kind):
    def ask(contents):
        return client.models.embed_content(model=f"acme-{kind}/embed", contents=contents).embeddings

    if kind == "anthropic":
        with pytest.raises(errors.ClientError, match="(?i)embeddings"):
            ask("a")
    else:
        assert [entry.values for entry in ask("a")] == [[0.25, -0.5, 1.0]]
        assert [entry.values for entry in ask(["a", "b"])] == [[0.25, -0.5, 1.0]] * 2


def test_count_tokens(client, model, kind):
    def ask():
        return client.models.count_tokens(model=model, contents="Hello")

    if kind == "openai":
        with pytest.raises(errors.ClientError, match="(?i)count"):
            ask()
    else:
        assert ask().total_tokens == 19


def test_models(client, kind):
    assert any(f"acme-{kind}/chat" in model.name for model in client.models.list())


def test_asynchronous(client, model):
    async def ask():
        asked = [client.aio.models.generate_content(model=model, contents=f"{n}") for n in range(8)]
        return [answer.text for answer in await asyncio.gather(*asked)]

    assert asyncio.run(ask()) == [f"You said {n}" for n in range(8)]


def test_errors_of_the_provider(client, kind, failing):
    for status in STATUSES[kind]:
        for ask in [client.models.generate_content, client.models.generate_content_stream]:
            with pytest.raises(errors.APIError, match=f"scripted {status}") as raised:
                list(ask(model=failing(status), contents="Hi"))
            assert raised.value.code == (503 if status == 529 else status)


def test_our_own_credential_stays_ours(client, failing):
    with pytest.raises(errors.ServerError, match="gateway's own credentials") as raised:
        client.models.generate_content(model=failing(401), contents="Hi")
    assert (raised.value.code, "scripted" in str(raised.value)) == (502, False)


def test_errors_of_the_caller(client, gateway, model):
    def check(status, words, model, client=client, **config):
        with pytest.raises(errors.ClientError, match=words) as raised:
            client.models.generate_content(model=model, contents="Hi", config=types.GenerateContentConfig(**config))
        assert raised.value.code == status

    check(404, "no-such-model", "no-such-model")
    check(401, "key", model, connect(gateway, "glx_unknown"))


@pytest.mark.parametrize("end", ENDS)
def test_a_stream_that_breaks_is_an_error(client, kind, end):
    texts = []
    with pytest.raises(errors.APIError, match=ENDS[end]):
        for chunk in client.models.generate_content_stream(model=f"acme-{kind}/{end}", contents="Hi"):
            texts.append(chunk.text or "")
