"""The official OpenAI Python client against /v1, unchanged but for its base_url.

Owns what a user of that client may rely on; refuses to know how the server answers inside.
"""

import asyncio
import json
import os

import openai
import pytest
from wire import BASE_URL, MODEL, TOOL, client_with, said


def test_the_model_list_names_the_demo_model(client):
    models = {model.id: model for model in client.models.list()}
    assert MODEL in models
    assert models[MODEL].object == "model"


def test_a_completion_is_whole(client):
    answer = client.chat.completions.create(model=MODEL, messages=said("Say hello."))
    assert answer.object == "chat.completion"
    assert answer.model == MODEL
    assert answer.choices[0].message.role == "assistant"
    assert answer.choices[0].message.content
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.prompt_tokens > 0
    assert answer.usage.completion_tokens > 0
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens


def test_the_conversation_is_read(client):
    conversation = [*said("My name is Ada."), {"role": "assistant", "content": "Noted."}, *said("What is my name?")]
    answer = client.chat.completions.create(model=MODEL, messages=conversation)
    assert "Ada" in answer.choices[0].message.content


def test_a_stream_adds_up_to_the_completion(client):
    whole = client.chat.completions.create(model=MODEL, messages=said("Say hello."))
    with client.chat.completions.create(model=MODEL, messages=said("Say hello."), stream=True) as stream:
        chunks = list(stream)
    choices = [chunk.choices[0] for chunk in chunks if chunk.choices]
    assert len(choices) > 1
    assert len({chunk.id for chunk in chunks}) == 1
    assert all(chunk.object == "chat.completion.chunk" for chunk in chunks)
    assert "".join(choice.delta.content or "" for choice in choices) == whole.choices[0].message.content
    assert [choice.finish_reason for choice in choices if choice.finish_reason] == ["stop"]


def test_a_stream_reports_usage_when_asked(client):
    with client.chat.completions.create(
        model=MODEL, messages=said("Say hello."), stream=True, stream_options={"include_usage": True}
    ) as stream:
        last = list(stream)[-1]
    assert last.choices == []
    assert last.usage.completion_tokens > 0


def test_a_stream_ended_early_leaves_the_server_well(client):
    with client.chat.completions.create(model=MODEL, messages=said("/demo slow"), stream=True) as stream:
        words = [chunk for chunk, _ in zip(stream, range(3))]
    assert len(words) == 3
    assert client.chat.completions.create(model=MODEL, messages=said("Still there?")).choices[0].message.content


def test_an_offered_tool_is_called(client):
    answer = client.chat.completions.create(model=MODEL, messages=said("/demo tool"), tools=[TOOL])
    assert answer.choices[0].finish_reason == "tool_calls"
    call = answer.choices[0].message.tool_calls[0]
    assert call.function.name == "get_weather"
    assert isinstance(json.loads(call.function.arguments), dict)


def test_the_asynchronous_client_streams_side_by_side():
    async def reply(client: openai.AsyncOpenAI, name: str) -> str:
        messages = [*said(f"My name is {name}."), *said("What is my name?")]
        stream = await client.chat.completions.create(model=MODEL, messages=messages, stream=True)
        return "".join([chunk.choices[0].delta.content or "" async for chunk in stream if chunk.choices])

    async def all_replies() -> list[str]:
        async with openai.AsyncOpenAI(base_url=BASE_URL, api_key=os.environ["AICHAT_KEY"], max_retries=0) as client:
            return await asyncio.gather(*(reply(client, name) for name in names))

    names = [f"Person{number}" for number in range(8)]
    assert all(name in text for name, text in zip(names, asyncio.run(all_replies())))


@pytest.mark.parametrize("key", ["sk-aichat-wrong", "not a token"])
def test_a_bad_key_is_an_authentication_error(key):
    with client_with(key) as client, pytest.raises(openai.AuthenticationError) as caught:
        client.models.list()
    assert caught.value.code
    assert caught.value.type


def test_an_unknown_model_is_not_found(client):
    with pytest.raises(openai.NotFoundError) as caught:
        client.chat.completions.create(model="no-such-model", messages=said("Hello."))
    assert caught.value.code
    assert "no-such-model" in caught.value.message


def test_a_request_without_messages_is_refused(client):
    with pytest.raises((openai.BadRequestError, openai.UnprocessableEntityError)):
        client.chat.completions.create(model=MODEL, messages=[])


def test_a_failing_provider_is_a_server_error(client):
    with pytest.raises(openai.InternalServerError):
        client.chat.completions.create(model=MODEL, messages=said("/demo error"))
