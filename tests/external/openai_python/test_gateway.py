"""What a user of a gateway does beyond a chat, with the official OpenAI Python client.

Owns structured output, tools, embeddings, leaving in the middle, classes of errors, headers; refuses to know how the server
answers inside. The models `outside/...` are those of ../model.py, behind the gateway.
"""

import asyncio
import contextlib
import json
import os
import time

import openai
import pydantic
import pytest
from wire import BASE_URL, MODEL, TOOL, endless_streams, said

EMBEDDINGS = "demo/hashed-ngrams"
CALLS_AT_ONCE = 64  # ai.limits.callsPerUserMax
WITHIN_SECONDS = 10


class Forecast(pydantic.BaseModel):
    """What structured output is asked for."""

    city: str
    degrees: int
    windy: bool
    hours: list[float]


def until(condition) -> bool:
    """Asks again until the condition holds, at most WITHIN_SECONDS."""
    deadline = time.monotonic() + WITHIN_SECONDS
    while not (holds := condition()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return holds


def endless(client):
    """Opens a stream that only ends when it is left, and reads its first word."""
    stream = client.chat.completions.create(model="outside/endless", messages=said("Go on."), stream=True)
    assert next(stream).choices[0].delta.content == "tick "
    return stream


# --- what passes through --------------------------------------------------------------------------------------------


def test_structured_output_comes_back_as_the_class_asked_for(client):
    answer = client.chat.completions.parse(
        model="outside/structured", messages=said("What will it be like?"), response_format=Forecast
    )
    assert answer.choices[0].message.parsed == Forecast(city="demo", degrees=1, windy=True, hours=[1.5])


def test_what_the_gateway_does_not_read_reaches_the_model_unchanged(key_client):
    schema = {"name": "any", "strict": True, "schema": {"type": "object", "properties": {"ä": {"type": "string"}}}}
    wanted = {
        "response_format": {"type": "json_schema", "json_schema": schema},
        "temperature": 0.25,
        "seed": 7,
        "metadata": {"order": "17"},
        "tools": [TOOL],
    }
    answer = key_client.chat.completions.create(
        model="outside/echo", messages=said("Hello."), extra_body={"vendor": [1, {"deep": None}]}, **wanted
    )
    arrived = json.loads(answer.choices[0].message.content)
    assert arrived.pop("messages") == said("Hello.")
    assert arrived.pop("model") == "echo"
    assert arrived == wanted | {"vendor": [1, {"deep": None}]}


def test_bare_names_find_the_one_provider_that_has_them(key_client):
    answer = key_client.chat.completions.create(model="echo", messages=said("Hello."))
    assert json.loads(answer.choices[0].message.content)["model"] == "echo"


# --- tools ----------------------------------------------------------------------------------------------------------


def test_a_tool_is_called_and_what_it_says_is_used(client):
    conversation = said("/demo tool Oslo")
    asked = client.chat.completions.create(model=MODEL, messages=conversation, tools=[TOOL]).choices[0].message
    assert json.loads(asked.tool_calls[0].function.arguments) == {"city": "Oslo"}
    conversation += [asked, {"role": "tool", "tool_call_id": asked.tool_calls[0].id, "content": "3 degrees, rain"}]
    answer = client.chat.completions.create(model=MODEL, messages=conversation, tools=[TOOL])
    assert answer.choices[0].finish_reason == "stop"
    assert "3 degrees, rain" in answer.choices[0].message.content


def test_a_tool_is_called_in_a_stream_and_its_pieces_add_up(client):
    with client.chat.completions.stream(model=MODEL, messages=said("/demo tool Oslo"), tools=[TOOL]) as stream:
        pieces = [event.arguments_delta for event in stream if event.type == "tool_calls.function.arguments.delta"]
        final = stream.get_final_completion().choices[0]
    assert final.finish_reason == "tool_calls"
    assert json.loads("".join(pieces)) == json.loads(final.message.tool_calls[0].function.arguments) == {"city": "Oslo"}


# --- embeddings -----------------------------------------------------------------------------------------------------


def test_texts_become_vectors_in_their_order(client):
    texts = ["the cat sat on the mat", "a cat on a mat", "stock prices fell sharply"]
    answer = client.embeddings.create(model=EMBEDDINGS, input=texts, dimensions=128)
    assert [item.index for item in answer.data] == [0, 1, 2]
    cat, mat, stock = (item.embedding for item in answer.data)
    assert len(cat) == 128

    def likeness(one, other):
        return sum(a * b for a, b in zip(one, other))

    assert likeness(cat, mat) > likeness(cat, stock)
    assert likeness(cat, cat) == pytest.approx(1, abs=1e-5)
    assert answer.usage.total_tokens == answer.usage.prompt_tokens > 0


def test_vectors_are_the_same_in_both_encodings(key_client):
    # Unless told otherwise this client asks for base64 and decodes it.
    decoded = key_client.embeddings.create(model=EMBEDDINGS, input="hello there").data[0].embedding
    written = key_client.embeddings.create(model=EMBEDDINGS, input="hello there", encoding_format="float").data[0].embedding
    assert decoded == pytest.approx(written, abs=1e-6)


# --- usage ----------------------------------------------------------------------------------------------------------


def test_usage_comes_once_at_the_end_of_a_stream_and_only_when_asked(client):
    def usages(**options):
        with client.chat.completions.create(model=MODEL, messages=said("Hello."), stream=True, **options) as stream:
            return [chunk.usage for chunk in stream]

    whole = client.chat.completions.create(model=MODEL, messages=said("Hello.")).usage
    *before, last = usages(stream_options={"include_usage": True})
    assert not any(before)
    assert (last.prompt_tokens, last.completion_tokens) == (whole.prompt_tokens, whole.completion_tokens)
    assert not any(usages())


# --- leaving in the middle ------------------------------------------------------------------------------------------


def test_a_stream_left_in_the_middle_ends_at_the_model_too(client):
    before = endless_streams()
    with endless(client) as stream:
        next(stream)
    assert until(lambda: endless_streams() == {name: count + 1 for name, count in before.items()})
    assert client.chat.completions.create(model=MODEL, messages=said("Still there?")).choices[0].message.content


def test_a_cancelled_task_ends_its_stream_at_the_model_too():
    async def read(client: openai.AsyncOpenAI, begun: asyncio.Event) -> None:
        async for _ in await client.chat.completions.create(
            model="outside/endless", messages=said("Go on."), stream=True
        ):
            begun.set()

    async def cancel() -> str:
        async with openai.AsyncOpenAI(base_url=BASE_URL, api_key=os.environ["AICHAT_KEY"], max_retries=0) as client:
            begun = asyncio.Event()
            task = asyncio.create_task(read(client, begun))
            await asyncio.wait_for(begun.wait(), WITHIN_SECONDS)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            answer = await client.chat.completions.create(model=MODEL, messages=said("Still there?"))
            return answer.choices[0].message.content

    left = endless_streams()["left"]
    assert asyncio.run(cancel())
    assert until(lambda: endless_streams()["left"] == left + 1)


def test_a_client_that_waits_no_longer_is_a_timeout_and_harms_nobody(key_client):
    with pytest.raises(openai.APITimeoutError):
        key_client.with_options(timeout=0.3).chat.completions.create(model=MODEL, messages=said("/demo slow"))
    assert key_client.chat.completions.create(model=MODEL, messages=said("Still there?")).choices[0].message.content


def test_one_person_has_a_bounded_number_of_calls_and_gets_them_back(key_client):
    with contextlib.ExitStack() as streams:
        for _ in range(CALLS_AT_ONCE):
            streams.enter_context(endless(key_client))
        with pytest.raises(openai.RateLimitError) as caught:
            key_client.chat.completions.create(model=MODEL, messages=said("One more."))
        assert caught.value.code == "ai.too_many_calls"
        assert int(caught.value.response.headers["retry-after"]) >= 1

    def is_answered():
        with contextlib.suppress(openai.RateLimitError):
            return bool(key_client.chat.completions.create(model=MODEL, messages=said("And now?")).choices)

    assert until(is_answered)


# --- classes of errors ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "status", "kind"),
    [
        ("outside/status-400", 400, openai.BadRequestError),
        ("outside/status-401", 502, openai.InternalServerError),  # the gateway's own key is no concern of the caller's
        ("outside/status-429", 429, openai.RateLimitError),
        ("outside/status-500", 502, openai.InternalServerError),
    ],
)
def test_what_a_model_server_refuses_has_its_class(key_client, model, status, kind):
    for stream in (False, True):
        with pytest.raises(kind) as caught:
            key_client.chat.completions.create(model=model, messages=said("Hello."), stream=stream)
        assert caught.value.status_code == status
        assert caught.value.code.startswith("ai.upstream_")
        assert caught.value.request_id
        assert "sk-outside" not in str(caught.value)


def test_when_to_come_back_is_passed_on(key_client):
    with pytest.raises(openai.RateLimitError) as caught:
        key_client.chat.completions.create(model="outside/status-429", messages=said("Hello."))
    assert caught.value.response.headers["retry-after"] == "7"
    assert caught.value.type == "rate_limit_error"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"messages": []}, "messages"),
        ({"messages": "Hello."}, "messages"),
        ({"messages": [{"role": "nobody", "content": "Hello."}]}, "messages[0].role"),
        ({"model": ""}, "model"),
        ({"max_tokens": -1}, "max_tokens"),
        ({"stream": "yes"}, "stream"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_wrong_field_is_named(key_client, wrong, field):
    with pytest.raises(openai.UnprocessableEntityError) as caught:
        key_client.chat.completions.create(**{"model": MODEL, "messages": said("Hello."), **wrong})
    assert caught.value.param == field
    assert caught.value.type == "invalid_request_error"


def test_a_wrong_embedding_is_refused(key_client):
    for wrong, field in [({"input": ""}, "input"), ({"input": "x", "dimensions": 100_000}, "dimensions")]:
        with pytest.raises(openai.UnprocessableEntityError) as caught:
            key_client.embeddings.create(model=EMBEDDINGS, **wrong)
        assert caught.value.param == field


def test_a_body_too_large_is_refused_as_such(key_client):
    with pytest.raises(openai.APIStatusError) as caught:
        key_client.chat.completions.create(model=MODEL, messages=said("x" * 3_000_000))
    assert (caught.value.status_code, caught.value.code) == (413, "request.too_large")


def test_what_is_not_there_is_not_found(client):
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("no-such/model")
    with pytest.raises(openai.NotFoundError):
        client.completions.create(model=MODEL, prompt="The old endpoint.")
    assert client.models.retrieve(MODEL).id == MODEL


# --- headers --------------------------------------------------------------------------------------------------------


def test_headers_are_there_beside_a_whole_answer(client):
    raw = client.chat.completions.with_raw_response.create(model=MODEL, messages=said("Hello."))
    assert raw.status_code == 200
    assert raw.headers["content-type"].startswith("application/json")
    assert raw.parse()._request_id == raw.headers["x-request-id"]


def test_headers_come_before_a_stream_and_ask_nobody_to_keep_it(client):
    create = client.chat.completions.with_streaming_response.create
    with create(model=MODEL, messages=said("Hello."), stream=True) as raw:
        assert raw.headers["content-type"].startswith("text/event-stream")
        assert raw.headers["cache-control"] == "no-cache"
        assert raw.headers["x-request-id"]
        lines = [line for line in raw.iter_lines() if line]
    assert all(line.startswith("data: ") for line in lines)
    assert lines[-1] == "data: [DONE]"


def test_each_request_has_an_id_of_its_own(key_client):
    raw = key_client.models.with_raw_response.list
    assert raw().headers["x-request-id"] != raw().headers["x-request-id"]
