"""The official Anthropic Python client against /v1/messages, unchanged but for its base_url.

Owns what a user of that client may rely on; refuses to know how the server answers inside.
"""

import asyncio
import os

import anthropic
import pytest

MODEL = "demo/scripted"
BASE_URL = os.environ["AICHAT_URL"]
TOOL = {
    "name": "get_weather",
    "description": "Tells the weather in a city.",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


def client_with(**credentials: str) -> anthropic.Anthropic:
    return anthropic.Anthropic(base_url=BASE_URL, max_retries=0, timeout=30, **credentials)


def said(text: str) -> list[dict]:
    return [{"role": "user", "content": text}]


@pytest.fixture(
    params=[("auth_token", "AICHAT_TOKEN"), ("auth_token", "AICHAT_KEY"), ("api_key", "AICHAT_KEY")],
    ids=["access_token", "gateway_key_as_bearer", "gateway_key"],
)
def client(request):
    name, variable = request.param
    with client_with(**{name: os.environ[variable]}) as client:
        yield client


def words(message: anthropic.types.Message) -> str:
    return "".join(block.text for block in message.content if block.type == "text")


def test_a_message_is_whole(client):
    message = client.messages.create(model=MODEL, max_tokens=1000, messages=said("Say hello."))
    assert (message.type, message.role, message.model) == ("message", "assistant", MODEL)
    assert words(message)
    assert message.stop_reason == "end_turn"
    assert message.usage.input_tokens > 0
    assert message.usage.output_tokens > 0


def test_the_conversation_and_the_instructions_are_read(client):
    conversation = [*said("My name is Ada."), {"role": "assistant", "content": "Noted."}, *said("What is my name?")]
    message = client.messages.create(model=MODEL, max_tokens=1000, system="Be brief.", messages=conversation)
    assert "Ada" in words(message)


def test_the_most_tokens_are_kept(client):
    message = client.messages.create(model=MODEL, max_tokens=3, messages=said("/demo long"))
    assert message.stop_reason == "max_tokens"
    assert message.usage.output_tokens == 3


def test_a_stream_adds_up_to_the_message(client):
    whole = client.messages.create(model=MODEL, max_tokens=1000, messages=said("Say hello."))
    with client.messages.stream(model=MODEL, max_tokens=1000, messages=said("Say hello.")) as stream:
        pieces = list(stream.text_stream)
        final = stream.get_final_message()
    assert len(pieces) > 1
    assert "".join(pieces) == words(whole) == words(final)
    assert final.stop_reason == "end_turn"
    assert (final.usage.input_tokens, final.usage.output_tokens) == (whole.usage.input_tokens, whole.usage.output_tokens)


def test_the_events_of_a_stream_come_in_their_order(client):
    events = list(client.messages.create(model=MODEL, max_tokens=1000, messages=said("Say hello."), stream=True))
    kinds = [event.type for event in events]
    assert kinds[:2] == ["message_start", "content_block_start"]
    assert kinds[-3:] == ["content_block_stop", "message_delta", "message_stop"]
    assert set(kinds[2:-3]) == {"content_block_delta"}


def test_a_stream_ended_early_leaves_the_server_well(client):
    with client.messages.stream(model=MODEL, max_tokens=1000, messages=said("/demo slow")) as stream:
        pieces = [piece for piece, _ in zip(stream.text_stream, range(3))]
    assert len(pieces) == 3
    assert words(client.messages.create(model=MODEL, max_tokens=1000, messages=said("Still there?")))


def test_an_offered_tool_is_called_and_its_result_is_read(client):
    asked = said("/demo tool")
    message = client.messages.create(model=MODEL, max_tokens=1000, messages=asked, tools=[TOOL])
    assert message.stop_reason == "tool_use"
    call = next(block for block in message.content if block.type == "tool_use")
    assert call.name == "get_weather"
    assert isinstance(call.input, dict)
    result = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call.id, "content": "sunny, 21 degrees"}]}
    conversation = [*asked, {"role": "assistant", "content": message.content}, result]
    answer = client.messages.create(model=MODEL, max_tokens=1000, messages=conversation, tools=[TOOL])
    assert "sunny" in words(answer)


def test_a_tool_call_streams_its_input(client):
    with client.messages.stream(model=MODEL, max_tokens=1000, messages=said("/demo tool"), tools=[TOOL]) as stream:
        kinds = {event.delta.type for event in stream if event.type == "content_block_delta"}
        final = stream.get_final_message()
    assert "input_json_delta" in kinds
    assert isinstance(next(block for block in final.content if block.type == "tool_use").input, dict)


def test_tokens_are_counted(client):
    few = client.messages.count_tokens(model=MODEL, messages=said("Hello."))
    many = client.messages.count_tokens(model=MODEL, messages=said("Hello. " * 50), system="Be brief.", tools=[TOOL])
    assert 0 < few.input_tokens < many.input_tokens


def test_the_asynchronous_client_streams_side_by_side():
    async def reply(client: anthropic.AsyncAnthropic, name: str) -> str:
        messages = [*said(f"My name is {name}."), *said("What is my name?")]
        async with client.messages.stream(model=MODEL, max_tokens=1000, messages=messages) as stream:
            return await stream.get_final_text()

    async def all_replies(names: list[str]) -> list[str]:
        async with anthropic.AsyncAnthropic(
            base_url=BASE_URL, api_key=os.environ["AICHAT_KEY"], max_retries=0, timeout=30
        ) as client:
            return await asyncio.gather(*(reply(client, name) for name in names))

    names = ["Ada", "Grace", "Edsger", "Barbara"]
    for name, text in zip(names, asyncio.run(all_replies(names))):
        assert name in text


@pytest.mark.parametrize("key", ["sk-aichat-not-a-key", "nonsense"])
def test_a_bad_key_is_an_authentication_error(key):
    with client_with(api_key=key) as client, pytest.raises(anthropic.AuthenticationError) as caught:
        client.messages.create(model=MODEL, max_tokens=9, messages=said("Hello."))
    assert caught.value.body["type"] == "error"
    assert caught.value.body["error"]["type"] == "authentication_error"


def test_an_unknown_model_is_not_found(client):
    with pytest.raises(anthropic.NotFoundError) as caught:
        client.messages.create(model="no-such-model", max_tokens=9, messages=said("Hello."))
    assert caught.value.body["error"]["type"] == "not_found_error"
    assert "no-such-model" in caught.value.body["error"]["message"]
    assert caught.value.request_id


def test_a_request_without_messages_is_refused(client):
    with pytest.raises((anthropic.BadRequestError, anthropic.UnprocessableEntityError)) as caught:
        client.messages.create(model=MODEL, max_tokens=9, messages=[])
    assert caught.value.body["error"]["type"] == "invalid_request_error"


def test_a_tool_that_runs_elsewhere_is_refused_by_name(client):
    with pytest.raises(anthropic.UnprocessableEntityError) as caught:
        client.messages.create(
            model=MODEL,
            max_tokens=9,
            messages=said("Hello."),
            tools=[{"type": "web_search_20250305", "name": "web_search"}],
        )
    assert "web_search" in caught.value.body["error"]["message"]


def test_a_failing_provider_is_a_server_error(client):
    with pytest.raises(anthropic.InternalServerError):
        client.messages.create(model=MODEL, max_tokens=9, messages=said("/demo error"))
    with pytest.raises(anthropic.InternalServerError):
        with client.messages.stream(model=MODEL, max_tokens=9, messages=said("/demo error")) as stream:
            stream.get_final_message()
