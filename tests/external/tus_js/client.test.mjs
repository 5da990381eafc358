// The tus project's own JavaScript client against /api/media/tus, unchanged.
// Owns what a user of that client may rely on; refuses to know how the server keeps bytes.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { it } from "node:test";
import * as tus from "tus-js-client";

const URL = process.env.AICHAT_URL;
const HEADERS = { Authorization: `Bearer ${process.env.AICHAT_TOKEN}` };
const PATIENCE_MS = 30_000;

/** Bytes that pass for an MP4 by their beginning. */
const film = (bytes) => Buffer.concat([Buffer.from("\0\0\0\x18ftypisom\0\0\x02\0isomiso2", "latin1"), randomBytes(bytes - 24)]);

/** Uploads, and resolves to the client when the last byte is there. */
const upload = (bytes, options = {}) =>
  new Promise((resolve, reject) => {
    const client = new tus.Upload(bytes, {
      endpoint: `${URL}/api/media/tus`,
      headers: HEADERS,
      metadata: { filename: "film.mp4", filetype: "text/html", alt: "A film" },
      retryDelays: null,
      onError: reject,
      onSuccess: () => resolve(client),
      ...options,
    });
    options.onClient?.(client);
    client.start();
  });

const get = async (path, headers = HEADERS) => {
  const answer = await fetch(`${URL}${path}`, { headers });
  assert.equal(answer.status, 200, path);
  return answer;
};

/** Waits until the file has been looked at. */
const ready = async (client) => {
  const id = client.url.split("/").pop();
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const asset = await (await get(`/api/media/${id}`)).json();
    if (asset.status !== "uploaded") return asset;
    assert.ok(Date.now() < deadline, "not looked at in time");
  }
};

const fetched = async (asset) => Buffer.from(await (await get(asset.variants[0].url, {})).arrayBuffer());

it("uploads a file in one request", async () => {
  const bytes = film(5_000_000);
  const asset = await ready(await upload(bytes));
  assert.deepEqual([asset.status, asset.kind, asset.fileName, asset.alt], ["ready", "video", "film.mp4", "A film"]);
  assert.equal(asset.variants[0].mime, "video/mp4");
  assert.ok((await fetched(asset)).equals(bytes));
});

it("uploads a file in chunks and tells of its progress", async () => {
  const bytes = film(3_000_000);
  const accepted = [];
  const onChunkComplete = (_size, sum) => accepted.push(sum);
  const asset = await ready(await upload(bytes, { chunkSize: 700_000, onChunkComplete }));
  assert.deepEqual(accepted, [700_000, 1_400_000, 2_100_000, 2_800_000, 3_000_000]);
  assert.ok((await fetched(asset)).equals(bytes));
});

it("uploads with the beginning", async () => {
  const bytes = film(400_000);
  assert.ok((await fetched(await ready(await upload(bytes, { uploadDataDuringCreation: true })))).equals(bytes));
});

it("goes on after it was aborted", async () => {
  const bytes = film(4_000_000);
  const url = await new Promise((resolve, reject) => {
    const client = new tus.Upload(bytes, {
      endpoint: `${URL}/api/media/tus`,
      headers: HEADERS,
      chunkSize: 1_000_000,
      retryDelays: null,
      onError: reject,
      onChunkComplete: () => client.abort().then(() => resolve(client.url), reject),
    });
    client.start();
  });
  const sent = [];
  const client = await upload(bytes, { uploadUrl: url, onProgress: (sum) => sent.push(sum) });
  assert.ok(Math.min(...sent) >= 1_000_000, "what was there is not sent again");
  assert.ok((await fetched(await ready(client))).equals(bytes));
});

it("uploads several files at once", async () => {
  const files = Array.from({ length: 4 }, () => film(1_500_000));
  const assets = await Promise.all(files.map(async (bytes) => ready(await upload(bytes, { chunkSize: 400_000 }))));
  for (const [n, asset] of assets.entries()) assert.ok((await fetched(asset)).equals(files[n]));
});

it("terminates an upload", async () => {
  let client;
  const begun = new Promise((resolve, reject) => {
    client = new tus.Upload(film(4_000_000), {
      endpoint: `${URL}/api/media/tus`,
      headers: HEADERS,
      chunkSize: 1_000_000,
      retryDelays: null,
      onError: reject,
      onChunkComplete: () => client.abort(true).then(resolve, reject),
    });
    client.start();
  });
  await begun;
  const answer = await fetch(client.url, { method: "HEAD", headers: { ...HEADERS, "Tus-Resumable": "1.0.0" } });
  assert.equal(answer.status, 404);
});

it("is told what is wrong", async () => {
  await assert.rejects(upload(Buffer.from("<html>".repeat(500))), (error) => {
    assert.equal(error.originalResponse.getStatus(), 415);
    assert.match(error.originalResponse.getBody(), /media\.not_taken/);
    return true;
  });
  await assert.rejects(upload(film(1000), { headers: {} }), (error) => error.originalResponse.getStatus() === 401);
});
