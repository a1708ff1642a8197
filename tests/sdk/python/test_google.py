"""Google's SDK in front of every shape of provider."""

import base64
import json

import pytest
from google import genai
from google.genai import errors, types
from test_openai import IMAGE, SCHEMA, WEATHER


def connect(gateway, key):
    return genai.Client(api_key=key, http_options=types.HttpOptions(base_url=f"{gateway.url}/gemini"))


@pytest.fixture
def client(gateway):
    return connect(gateway, gateway.key)


def test_content(client, model):
    answer = client.models.generate_content(model=model, contents="Hello")
    assert answer.text == "You said Hello"
    usage = answer.usage_metadata
    assert (usage.prompt_token_count, usage.candidates_token_count) == (19, 10)


def test_stream(client, model):
    chunks = list(client.models.generate_content_stream(model=model, contents="Hello"))
    assert "".join(chunk.text or "" for chunk in chunks) == "You said Hello"
    assert chunks[-1].usage_metadata.candidates_token_count == 10


def test_tools(client, model):
    declaration = types.FunctionDeclaration(
        name="weather", description="Tells it.", parameters_json_schema=WEATHER["parameters"]
    )
    config = types.GenerateContentConfig(tools=[types.Tool(function_declarations=[declaration])])
    asked = types.Content(role="user", parts=[types.Part(text="What is the weather?")])
    answer = client.models.generate_content(model=model, contents=[asked], config=config)
    call = answer.function_calls[0]
    assert (call.name, call.args) == ("weather", {"city": "owl"})
    result = types.Part(
        function_response=types.FunctionResponse(id=call.id, name=call.name, response={"result": "rain"})
    )
    contents = [asked, answer.candidates[0].content, types.Content(role="user", parts=[result])]
    answer = client.models.generate_content(model=model, contents=contents, config=config)
    assert "rain" in answer.text


def test_image(client, model):
    image = types.Part.from_bytes(data=base64.b64decode(IMAGE.split(",")[1]), mime_type="image/png")
    answer = client.models.generate_content(model=model, contents=[image, "What is it?"])
    assert answer.text == "1 image(s)"


def test_structured_output(client, model):
    config = types.GenerateContentConfig(response_mime_type="application/json", response_json_schema=SCHEMA)
    answer = client.models.generate_content(model=model, contents="Label it", config=config)
    assert json.loads(answer.text) == {"name": "owl", "score": 0.5}


def test_embeddings(client, kind):
    ask = lambda: client.models.embed_content(model=f"acme-{kind}/embed", contents="a")
    if kind == "anthropic":
        with pytest.raises(errors.APIError, match="(?i)embed"):
            ask()
    else:
        assert ask().embeddings[0].values == [0.25, -0.5, 1.0]


def test_errors(client, gateway, kind):
    def check(status, model, client=client):
        with pytest.raises(errors.APIError) as raised:
            client.models.generate_content(model=model, contents="Hi")
        assert raised.value.code == status

    check(404, "no-such-model")
    check(429, f"acme-{kind}/error-429")
    check(400, f"acme-{kind}/error-400")
    check(401, f"acme-{kind}/chat", connect(gateway, "glx_unknown"))
