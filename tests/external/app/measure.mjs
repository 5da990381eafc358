// Measures the app as the server serves it, in Chromium; prints one line per figure.
//   node measure.mjs seed 10000 > room.json    makes a person with a room of so many messages
//   node measure.mjs room.json [FOLDER]        first usable screen, scrolling, memory; sizes of the export in FOLDER
import { readFile, readdir } from "node:fs/promises";
import { extname, join } from "node:path";
import { DESKTOP, SITE, account, call, close, open, person } from "./people.mjs";

const RUNS = 5;
const SCROLL_MS = 20_000;
const FRAME_MS = 1_000 / 60;
const [what, ...rest] = process.argv.slice(2);

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function seed(count) {
  const [me, other] = await Promise.all(["mea", "oth"].map((name) => account({ name, handle: `${name}_${Date.now().toString(36)}` })));
  const room = await call("POST", "/api/chat/rooms", { kind: "group", title: "Ten thousand", memberIds: [other.user.id], agentIds: [] }, me.accessToken);
  let next = 0;
  const write = async () => {
    for (let number = (next += 1); number <= count; number = next += 1) {
      const text = `Message **${number}**: ${"what one says on an evening in the harbour. ".repeat(1 + (number % 4))}`;
      await call("POST", `/api/chat/rooms/${room.id}/messages`, { clientId: crypto.randomUUID(), text }, (number % 3 ? me : other).accessToken);
    }
  };
  await Promise.all(Array.from({ length: 16 }, write));
  console.log(JSON.stringify({ signed: me, room: room.id }));
}

/** A browser that was never here, with the session of the person. */
async function fresh({ signed }) {
  const who = await person("Mea", { ...DESKTOP, reducedMotion: "reduce" });
  if (!signed) return who;
  const { user, accessToken, refreshToken, expiresIn } = signed;
  const kept = {
    "aichat.me": JSON.stringify(user),
    "aichat.tokens": JSON.stringify({ accessToken, refreshToken, expiresAt: Date.now() + expiresIn * 1000 }),
  };
  await who.context.addInitScript((entries) => Object.entries(entries).forEach(([key, value]) => localStorage.setItem(key, value)), kept);
  return who;
}

async function firstScreen(name, path, sees, seeded) {
  const times = [];
  let bytes = 0;
  for (let run = 0; run < RUNS; run += 1) {
    const who = await fresh(seeded);
    const cdp = await who.context.newCDPSession(who.page);
    await cdp.send("Network.enable");
    bytes = 0;
    cdp.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
    const began = performance.now();
    await who.page.goto(SITE + path, { waitUntil: "commit" });
    await who.page.getByText(sees).first().waitFor();
    times.push(Math.round(performance.now() - began));
    await who.context.close();
  }
  console.log(`${name}: median ${median(times)} ms of ${times.join(", ")}; ${Math.round(bytes / 1000)} kB over the line`);
}

async function scroll(seeded) {
  const who = await fresh(seeded);
  const { page } = who;
  await page.goto(`${SITE}/chats/${seeded.room}`);
  await page.getByTestId("timeline").getByText("Message").last().waitFor();
  await page.waitForTimeout(1_000);
  const cdp = await who.context.newCDPSession(page);
  await cdp.send("Performance.enable");
  const memory = async () => {
    await cdp.send("HeapProfiler.collectGarbage");
    const { metrics } = await cdp.send("Performance.getMetrics");
    const of = (name) => metrics.find((metric) => metric.name === name).value;
    return `${(of("JSHeapUsedSize") / 1e6).toFixed(1)} MB of JavaScript, ${of("Nodes")} nodes`;
  };
  console.log(`the room opened: ${await memory()}`);
  await page.evaluate(() => {
    globalThis.frames = [];
    let last = performance.now();
    const tick = (now) => (globalThis.frames.push(now - last), (last = now), requestAnimationFrame(tick));
    requestAnimationFrame(tick);
  });
  await page.getByTestId("timeline").hover();
  const until = performance.now() + SCROLL_MS;
  while (performance.now() < until) {
    await page.mouse.wheel(0, -700);
    await page.waitForTimeout(30);
  }
  const frames = await page.evaluate(() => globalThis.frames);
  const oldest = await page.getByTestId("timeline").innerText();
  const reached = Math.min(...[...oldest.matchAll(/Message (\d+):/g)].map(([, number]) => Number(number)));
  const late = frames.filter((frame) => frame > FRAME_MS * 1.1);
  const sorted = frames.toSorted((a, b) => a - b);
  const at = (part) => sorted[Math.floor(sorted.length * part)].toFixed(1);
  console.log(`scrolled up for ${SCROLL_MS / 1000} s, to message ${reached}: ${frames.length} frames, ${late.length} later than 16.7 ms; median ${at(0.5)}, 95th ${at(0.95)}, longest ${at(0.9999)} ms`);
  console.log(`after that: ${await memory()}`);
  await who.context.close();
}

async function sizes(folder) {
  const sums = { raw: 0, ".gz": 0, ".br": 0 };
  for (const name of await readdir(join(folder, "_expo/static/js/web"))) {
    const { length } = await readFile(join(folder, "_expo/static/js/web", name));
    sums[extname(name) in sums ? extname(name) : "raw"] += length;
  }
  const kB = (bytes) => `${Math.round(bytes / 1000)} kB`;
  console.log(`JavaScript: ${kB(sums.raw)}, gzip ${kB(sums[".gz"])}, brotli ${kB(sums[".br"])}`);
}

if (what === "seed") {
  await seed(Number(rest[0] ?? 10_000));
} else {
  const seeded = JSON.parse(await readFile(what, "utf8"));
  if (rest[0]) await sizes(rest[0]);
  await open();
  await firstScreen("sign-in of a new visitor", "/", "Welcome back", {});
  await firstScreen("chats of who is signed in, nothing cached", "/chats", "Ten thousand", seeded);
  await scroll(seeded);
  await close();
}
