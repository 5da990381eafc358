// What a user of a gateway does beyond a chat, with the official OpenAI JavaScript client.
// Owns structured output, tools, embeddings, leaving in the middle, classes of errors, headers; refuses to know how the server
// answers inside. The models `outside/...` are those of ../model.py, behind the gateway.
import assert from "node:assert/strict";
import { it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import OpenAI from "openai";

const MODEL = "demo/scripted";
const EMBEDDINGS = "demo/hashed-ngrams";
const WITHIN_MS = 10_000;
const PARAMETERS = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };

const client = new OpenAI({
  baseURL: `${process.env.AICHAT_URL}/v1`,
  apiKey: process.env.AICHAT_KEY,
  maxRetries: 0,
  timeout: 30_000,
});
const said = (content) => [{ role: "user", content }];
const endlessStreams = async () => (await fetch(`${process.env.AICHAT_MODEL_URL}/streams`)).json();

/** Asks again until the condition holds, at most WITHIN_MS. */
async function until(condition) {
  const deadline = Date.now() + WITHIN_MS;
  while (!(await condition())) {
    assert.ok(Date.now() < deadline, "it did not come about");
    await pause(20);
  }
}

it("gets structured output in the shape it asked for", async () => {
  const schema = { type: "object", properties: { city: { type: "string" }, degrees: { type: "integer" } } };
  const answer = await client.chat.completions.parse({
    model: "outside/structured",
    messages: said("What will it be like?"),
    response_format: { type: "json_schema", json_schema: { name: "forecast", strict: true, schema } },
  });
  assert.deepEqual(JSON.parse(answer.choices[0].message.content), { city: "demo", degrees: 1 });
});

it("has fields that the gateway does not read reach the model unchanged", async () => {
  const wanted = { response_format: { type: "json_object" }, temperature: 0.25, vendor: [1, { deep: null }] };
  const answer = await client.chat.completions.create({ model: "outside/echo", messages: said("Hello."), ...wanted });
  const { model, messages, ...arrived } = JSON.parse(answer.choices[0].message.content);
  assert.equal(model, "echo");
  assert.deepEqual(messages, said("Hello."));
  assert.deepEqual(arrived, wanted);
});

it("runs a tool and uses what it says", async () => {
  const asked = [];
  const runner = client.chat.completions.runTools({
    model: MODEL,
    messages: said("/demo tool Oslo"),
    tools: [
      {
        type: "function",
        function: {
          name: "get_weather",
          description: "Tells the weather in a city.",
          parameters: PARAMETERS,
          parse: JSON.parse,
          function: ({ city }) => asked.push(city) && `${city}: 3 degrees, rain`,
        },
      },
    ],
  });
  assert.match(await runner.finalContent(), /Oslo: 3 degrees, rain/);
  assert.deepEqual(asked, ["Oslo"]);
});

it("gets vectors in the order of the texts", async () => {
  const { data, usage } = await client.embeddings.create({ model: EMBEDDINGS, input: ["a cat", "a dog"], dimensions: 64 });
  assert.deepEqual(data.map(({ index, embedding }) => [index, embedding.length]), [[0, 64], [1, 64]]);
  assert.ok(usage.total_tokens > 0);
  const again = await client.embeddings.create({ model: EMBEDDINGS, input: "a cat", dimensions: 64, encoding_format: "float" });
  data[0].embedding.forEach((number, at) => assert.ok(Math.abs(number - again.data[0].embedding[at]) < 1e-6));
});

it("gets usage once, at the end of a stream that asked for it", async () => {
  const usages = [];
  const asked = { model: MODEL, messages: said("Hello."), stream: true, stream_options: { include_usage: true } };
  for await (const chunk of await client.chat.completions.create(asked)) usages.push(chunk.usage ?? null);
  assert.ok(usages.pop().completion_tokens > 0);
  assert.ok(usages.every((usage) => usage === null));
});

it("ends a stream at the model, too, when its signal aborts", async () => {
  const before = await endlessStreams();
  const leaving = new AbortController();
  const asked = { model: "outside/endless", messages: said("Go on."), stream: true };
  let words = 0;
  // This client ends the loop quietly when it is aborted.
  for await (const _ of await client.chat.completions.create(asked, { signal: leaving.signal })) {
    if (++words === 3) leaving.abort();
  }
  assert.equal(words, 3);
  await until(async () => (await endlessStreams()).left === before.left + 1);
  const answer = await client.chat.completions.create({ model: MODEL, messages: said("Still there?") });
  assert.ok(answer.choices[0].message.content);
});

for (const [model, status, kind] of [
  ["outside/status-400", 400, OpenAI.BadRequestError],
  ["outside/status-429", 429, OpenAI.RateLimitError],
  ["outside/status-500", 502, OpenAI.InternalServerError],
]) {
  it(`has the class of what ${model} answers`, async () => {
    await assert.rejects(client.chat.completions.create({ model, messages: said("Hello.") }), (error) => {
      assert.ok(error instanceof kind);
      assert.equal(error.status, status);
      assert.match(error.code, /^ai\.upstream_/);
      assert.ok(error.requestID);
      return true;
    });
  });
}

it("is told which field is wrong", async () => {
  await assert.rejects(client.chat.completions.create({ model: MODEL, messages: [] }), (error) => {
    assert.ok(error instanceof OpenAI.UnprocessableEntityError);
    assert.equal(error.param, "messages");
    return true;
  });
});

it("finds the headers beside an answer", async () => {
  const asked = { model: MODEL, messages: said("Hello.") };
  const { data, response, request_id } = await client.chat.completions.create(asked).withResponse();
  assert.ok(data.choices[0].message.content);
  assert.match(response.headers.get("content-type"), /^application\/json/);
  assert.equal(request_id, response.headers.get("x-request-id"));
  const streamed = await client.chat.completions.create({ ...asked, stream: true }).asResponse();
  assert.match(streamed.headers.get("content-type"), /^text\/event-stream/);
  assert.match(await streamed.text(), /data: \[DONE\]\n\n$/);
});
