"""OpenAI's SDK, responses, in front of every shape of provider."""

import json
import re

import openai
import pytest
from conftest import ENDS, INPUTS, STATUSES

TOOLS = [
    {"type": "function", "name": name, "description": "Tells it.", "parameters": INPUTS[name], "strict": False}
    for name in ["weather", "time"]
]
ARGUMENTS = {"weather": {"city": "owl"}, "time": {"zone": "owl", "digits": 7}}


@pytest.fixture
def client(gateway):
    return openai.OpenAI(base_url=f"{gateway.url}/v1", api_key=gateway.key, max_retries=0)


def calls(answer):
    return [item for item in answer.output if item.type == "function_call"]


def arguments(answer):
    return {call.name: json.loads(call.arguments) for call in calls(answer)}


def test_response(client, model):
    answer = client.responses.create(model=model, input="Hello")
    assert (answer.output_text, answer.status) == ("You said Hello", "completed")
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (19, 10)


def test_settings(client, model):
    conversation = [
        {"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi"},
        {"role": "user", "content": [{"type": "input_text", "text": "settings"}]},
    ]
    answer = client.responses.create(
        model=model, instructions="Be brief.", input=conversation, temperature=0.5, top_p=0.75, max_output_tokens=50
    )
    understood = json.loads(answer.output_text)
    assert (understood["system"], understood["limit"]) == ("Be brief.", 50)
    assert (understood["temperature"], understood["top_p"]) == (0.5, 0.75)
    assert understood["turns"] == [["user", "Hello"], ["assistant", "Hi"], ["user", "settings"]]


def test_stream(client, model):
    with client.responses.stream(model=model, input="Hello") as stream:
        texts = [event.delta for event in stream if event.type == "response.output_text.delta"]
        answer = stream.get_final_response()
    assert ("".join(texts), len(texts), answer.output_text) == ("You said Hello", 3, "You said Hello")
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (19, 10)


def test_tools(client, model):
    asked = [{"role": "user", "content": "What is the weather, and when?"}]
    answer = client.responses.create(model=model, input=asked, tools=TOOLS)
    assert arguments(answer) == ARGUMENTS
    asked += [item.model_dump(exclude_none=True) for item in answer.output]
    asked += [
        {"type": "function_call_output", "call_id": call.call_id, "output": text}
        for call, text in zip(calls(answer), ["rain", "noon"])
    ]
    answer = client.responses.create(model=model, input=asked, tools=TOOLS)
    assert answer.output_text == "The tool said rain and noon"


def test_streamed_tools(client, model):
    with client.responses.stream(model=model, input="Weather?", tools=TOOLS) as stream:
        pieces = [event.delta for event in stream if event.type == "response.function_call_arguments.delta"]
        assert arguments(stream.get_final_response()) == ARGUMENTS
    assert [json.loads(text) for text in "".join(pieces).replace("}{", "}|{").split("|")] == list(ARGUMENTS.values())


def test_image(client, model):
    url = f"data:image/png;base64,{INPUTS['image']}"
    parts = [{"type": "input_text", "text": "What is it?"}, {"type": "input_image", "image_url": url, "detail": "auto"}]
    answer = client.responses.create(model=model, input=[{"role": "user", "content": parts}])
    assert answer.output_text == "1 image(s)"


def test_structured_output(client, model):
    wanted = {"format": {"type": "json_schema", "name": "label", "strict": True, "schema": INPUTS["schema"]}}
    answer = client.responses.create(model=model, input="Label it", text=wanted)
    assert json.loads(answer.output_text) == {"name": "owl", "score": 0.5}


def test_reasoning(client, model, kind):
    answer = client.responses.create(model=model, input="Hello", reasoning={"effort": "low"})
    assert (answer.output_text, answer.usage.output_tokens) == ("You said Hello", 10)
    assert answer.output[0].type == "reasoning"
    # Anthropic does not count thoughts apart.
    assert answer.usage.output_tokens_details.reasoning_tokens == (0 if kind == "anthropic" else 4)


@pytest.mark.parametrize("kind", ["anthropic", "gemini"])
def test_what_only_openai_keeps_is_named(client, kind):
    with pytest.raises(openai.BadRequestError, match="previous_response_id"):
        client.responses.create(model=f"acme-{kind}/chat", input="Hi", previous_response_id="resp_1")


def test_errors_of_the_provider(client, kind, failing):
    for status in STATUSES[kind]:
        with pytest.raises(openai.APIStatusError, match=f"scripted {status}") as raised:
            client.responses.create(model=failing(status), input="Hi")
        assert raised.value.status_code == (503 if status == 529 else status)


@pytest.mark.parametrize("end", ENDS)
def test_a_stream_that_breaks_ends_with_an_error(client, kind, end):
    events = list(client.responses.create(model=f"acme-{kind}/{end}", input="Hi", stream=True))
    assert (events[0].type, events[-1].type) == ("response.created", "error")
    assert re.search(ENDS[end], events[-1].message)
