// The official Anthropic JavaScript client against /v1/messages, unchanged but for its baseURL.
// Owns what a user of that client may rely on; refuses to know how the server answers inside.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import Anthropic from "@anthropic-ai/sdk";

const MODEL = "demo/scripted";
const CREDENTIALS = {
  "access token": { authToken: process.env.AICHAT_TOKEN, apiKey: null },
  "gateway key as bearer": { authToken: process.env.AICHAT_KEY, apiKey: null },
  "gateway key": { apiKey: process.env.AICHAT_KEY, authToken: null },
};
const TOOL = {
  name: "get_weather",
  description: "Tells the weather in a city.",
  input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};

const clientWith = (credentials) =>
  new Anthropic({ baseURL: process.env.AICHAT_URL, maxRetries: 0, timeout: 30_000, ...credentials });
const asking = (content, more) => ({
  model: MODEL,
  max_tokens: 1000,
  messages: [{ role: "user", content }],
  ...more,
});
const words = (message) => message.content.map((block) => block.text ?? "").join("");

for (const [name, credentials] of Object.entries(CREDENTIALS)) {
  describe(`with ${name}`, () => {
    const client = clientWith(credentials);

    it("gets a whole message", async () => {
      const message = await client.messages.create(asking("Say hello."));
      assert.equal(message.type, "message");
      assert.equal(message.model, MODEL);
      assert.equal(message.stop_reason, "end_turn");
      assert.ok(words(message));
      assert.ok(message.usage.input_tokens > 0 && message.usage.output_tokens > 0);
    });

    it("gets a stream that adds up to the message", async () => {
      const whole = await client.messages.create(asking("Say hello."));
      const stream = client.messages.stream(asking("Say hello."));
      let text = "";
      stream.on("text", (piece) => (text += piece));
      const final = await stream.finalMessage();
      assert.equal(text, words(whole));
      assert.equal(words(final), text);
      assert.equal(final.usage.output_tokens, whole.usage.output_tokens);
    });

    it("may abort a stream early", async () => {
      const slow = await client.messages.create(asking("/demo slow", { stream: true }));
      let events = 0;
      for await (const _ of slow) {
        if (++events === 4) break;
      }
      assert.equal(events, 4);
      assert.ok(slow.controller.signal.aborted);
      assert.ok(words(await client.messages.create(asking("Still there?"))));
    });

    it("is asked to call a tool, whole and as a stream", async () => {
      const whole = await client.messages.create(asking("/demo tool", { tools: [TOOL] }));
      const final = await client.messages.stream(asking("/demo tool", { tools: [TOOL] })).finalMessage();
      for (const message of [whole, final]) {
        assert.equal(message.stop_reason, "tool_use");
        const call = message.content.find((block) => block.type === "tool_use");
        assert.equal(call.name, "get_weather");
        assert.equal(typeof call.input, "object");
      }
    });

    it("counts tokens", async () => {
      const { model, messages } = asking("Hello.");
      const { input_tokens } = await client.messages.countTokens({ model, messages });
      assert.ok(input_tokens > 0);
    });

    it("gets NotFoundError for an unknown model", async () => {
      const refused = client.messages.create(asking("Hello.", { model: "no-such-model" }));
      await assert.rejects(
        refused,
        (error) =>
          error instanceof Anthropic.NotFoundError &&
          error.error.type === "error" &&
          error.error.error.type === "not_found_error" &&
          Boolean(error.requestID),
      );
    });
  });
}

it("gets AuthenticationError for a bad key", async () => {
  const refused = clientWith({ apiKey: "sk-aichat-wrong", authToken: null }).messages.create(asking("Hello."));
  await assert.rejects(refused, (error) => error instanceof Anthropic.AuthenticationError);
});

it("gets InternalServerError when the provider fails", async () => {
  const client = clientWith(CREDENTIALS["gateway key"]);
  await assert.rejects(client.messages.create(asking("/demo error")), Anthropic.InternalServerError);
  await assert.rejects(client.messages.stream(asking("/demo error")).finalMessage(), Anthropic.InternalServerError);
});
