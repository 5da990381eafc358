// The official OpenAI JavaScript client against /v1, unchanged but for its baseURL.
// Owns what a user of that client may rely on; refuses to know how the server answers inside.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import OpenAI from "openai";

const MODEL = "demo/scripted";
const KEYS = { "access token": process.env.AICHAT_TOKEN, "gateway key": process.env.AICHAT_KEY };

const clientWith = (apiKey) =>
  new OpenAI({ baseURL: `${process.env.AICHAT_URL}/v1`, apiKey, maxRetries: 0, timeout: 30_000 });
const said = (content) => [{ role: "user", content }];

for (const [name, key] of Object.entries(KEYS)) {
  describe(`with ${name}`, () => {
    const client = clientWith(key);
    const complete = (text) => client.chat.completions.create({ model: MODEL, messages: said(text) });
    const stream = (text) => client.chat.completions.create({ model: MODEL, messages: said(text), stream: true });

    it("lists the demo model", async () => {
      const ids = [];
      for await (const model of client.models.list()) ids.push(model.id);
      assert.ok(ids.includes(MODEL), ids.join());
    });

    it("gets a whole completion", async () => {
      const answer = await complete("Say hello.");
      assert.equal(answer.object, "chat.completion");
      assert.equal(answer.model, MODEL);
      assert.equal(answer.choices[0].finish_reason, "stop");
      assert.ok(answer.choices[0].message.content);
      assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens);
    });

    it("gets a stream that adds up to the completion", async () => {
      const whole = await complete("Say hello.");
      let text = "";
      const reasons = [];
      for await (const { choices: [choice] } of await stream("Say hello.")) {
        text += choice?.delta.content ?? "";
        if (choice?.finish_reason) reasons.push(choice.finish_reason);
      }
      assert.equal(text, whole.choices[0].message.content);
      assert.deepEqual(reasons, ["stop"]);
    });

    it("may abort a stream early", async () => {
      const slow = await stream("/demo slow");
      let chunks = 0;
      for await (const _ of slow) {
        if (++chunks === 3) break;
      }
      assert.equal(chunks, 3);
      assert.ok(slow.controller.signal.aborted);
      assert.ok((await complete("Still there?")).choices[0].message.content);
    });

    it("collects a stream with the runner", async () => {
      const runner = client.chat.completions.stream({ model: MODEL, messages: said("/demo long") });
      const final = await runner.finalChatCompletion();
      assert.ok(final.choices[0].message.content.split(" ").length > 100);
    });

    it("gets NotFoundError for an unknown model", async () => {
      const refused = client.chat.completions.create({ model: "no-such-model", messages: said("Hello.") });
      await assert.rejects(refused, (error) => error instanceof OpenAI.NotFoundError && Boolean(error.code));
    });
  });
}

it("gets AuthenticationError for a bad key", async () => {
  const refused = clientWith("sk-aichat-wrong").chat.completions.create({ model: MODEL, messages: said("Hello.") });
  await assert.rejects(refused, (error) => error instanceof OpenAI.AuthenticationError && Boolean(error.code));
});
