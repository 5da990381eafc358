// Measures the app as the server serves it, in Chromium; prints one line per figure.
//   node measure.mjs seed 10000 > room.json    makes a person with a room of so many messages
//   node measure.mjs room.json [FOLDER]        first usable screen, scrolling, memory; sizes of the export in FOLDER
import { readFile, readdir } from "node:fs/promises";
import { extname, join } from "node:path";
import { DESKTOP, PASSWORD, PHONE, SITE, account, call, close, open, person } from "./people.mjs";

const RUNS = 5;
const SCROLL_S = 10;
/** Pixels that a finger goes before it is lifted, and how often its glass tells where it is, whatever the page has done with that. */
const DRAG = 500;
const MOVE_MS = 8;
/** Who waits longer than this for the next frame sees it. */
const LONG_MS = 50;
/** Reading fast with a wheel, leafing with a finger, and as fast as a thumb can. */
const WAYS = [
  ["mouse", DESKTOP, 1_500],
  ["finger", PHONE, 1_500],
  ["finger", PHONE, 6_000],
];
const browserOf = ({ context }) => context.browser();
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
const fresh = ({ signed }, look = DESKTOP) => person("Mea", { ...look, reducedMotion: "reduce" }, signed);

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

/** What the main thread did, by the names of its work in a trace. */
const WORK = {
  scripts: ["FunctionCall", "EvaluateScript", "MinorGC", "MajorGC"],
  styles: ["UpdateLayoutTree"],
  layout: ["Layout"],
  paint: ["PrePaint", "Paint", "Layerize", "Commit"],
};

/** A wheel is turned without a stop. */
const turns = (cdp, at, speed) => cdp.send("Input.synthesizeScrollGesture", { ...at, yDistance: speed * SCROLL_S, speed, gestureSourceType: "mouse" });

/** A finger goes down over the rows, is lifted, and comes again. */
async function drags(cdp, { x, y }, speed) {
  const touch = (type, ...touchPoints) => cdp.send("Input.dispatchTouchEvent", { type, touchPoints });
  const until = performance.now() + SCROLL_S * 1_000;
  while (performance.now() < until) {
    const began = performance.now();
    await touch("touchStart", { x, y: y - DRAG / 2 });
    const moves = [];
    for (let way = 0; way < DRAG;) {
      await new Promise((next) => setTimeout(next, MOVE_MS));
      way = Math.min(DRAG, ((performance.now() - began) / 1_000) * speed);
      moves.push(touch("touchMove", { x, y: y - DRAG / 2 + way }));
    }
    await Promise.all(moves);
    await touch("touchEnd");
  }
}

/** Scrolls up as a person with this device does, at so many pixels a second, and tells the frames that were shown. */
async function scroll(seeded, [device, look, speed]) {
  const who = await fresh(seeded, look);
  const { page } = who;
  await page.goto(`${SITE}/chats/${seeded.room}`);
  await page.getByTestId("timeline").getByText("Message").last().waitFor();
  const cdp = await who.context.newCDPSession(page);
  await cdp.send("Performance.enable");
  console.log(`${device}: the room opened: ${await memory(cdp)}`);
  const { x, y, width, height } = await page.getByTestId("timeline").boundingBox();
  await browserOf(who).startTracing(page, { categories: ["cc", "benchmark", "devtools.timeline", "toplevel"] });
  const middle = { x: Math.round(x + width / 2), y: Math.round(y + height / 2) };
  await (device === "finger" ? drags : turns)(cdp, middle, speed);
  const { traceEvents } = JSON.parse((await browserOf(who).stopTracing()).toString());
  const text = await page.getByTestId("timeline").innerText();
  const reached = Math.min(...[...text.matchAll(/Message (\d+):/g)].map(([, number]) => Number(number)));
  console.log(`${device}: ${speed} px/s for ${SCROLL_S} s, up to message ${reached}: ${framesOf(traceEvents)}`);
  console.log(`${device}: after that: ${await memory(cdp)}`);
  await who.context.close();
}

async function memory(cdp) {
  await cdp.send("HeapProfiler.collectGarbage");
  const { metrics } = await cdp.send("Performance.getMetrics");
  const of = (name) => metrics.find((metric) => metric.name === name).value;
  return `${(of("JSHeapUsedSize") / 1e6).toFixed(1)} MB of JavaScript, ${of("Nodes")} nodes`;
}

/** The moments at which the screen changed, and how long one waited for the next; where the main thread's time went. */
function framesOf(events) {
  const states = new Map();
  const whole = new Set();
  const moments = new Set();
  let dropped = 0;
  for (const { name, ph, ts, id2, args } of events) {
    if (name !== "PipelineReporter") continue;
    if (ph === "b") states.set(id2.local, args.frame_reporter.state);
    const state = ph === "e" ? states.get(id2.local) : undefined;
    if (state === "STATE_DROPPED") dropped += 1;
    // One moment may show what the compositor moved and what the page drew for an earlier one.
    if (state?.startsWith("STATE_PRESENTED")) moments.add(ts);
    if (state === "STATE_PRESENTED_ALL") whole.add(ts);
  }
  const waits = [...moments].sort((a, b) => a - b).map((at, index, all) => (at - (all[index - 1] ?? at)) / 1_000);
  const spent = Object.entries(WORK).map(([kind, names]) => {
    const micros = events.filter(({ name, ph }) => ph === "X" && names.includes(name)).reduce((sum, { dur = 0 }) => sum + dur, 0);
    return `${kind} ${(micros / 1e6).toFixed(1)} s`;
  });
  const long = waits.filter((wait) => wait > LONG_MS).length;
  return `${moments.size} frames shown (${Math.round(moments.size / SCROLL_S)} a second; ${moments.size - whole.size} only moved by the compositor), ${dropped} dropped; ${long} waits over ${LONG_MS} ms, longest ${Math.round(Math.max(0, ...waits))} ms; ${spent.join(", ")}`;
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
  const { signed, room } = JSON.parse(await readFile(what, "utf8"));
  // What was written meanwhile took its time: the tokens are of now.
  const seeded = { room, signed: await call("POST", "/api/auth/signin", { login: signed.user.handle, password: PASSWORD }) };
  if (rest[0]) await sizes(rest[0]);
  await open();
  await firstScreen("sign-in of a new visitor", "/", "Welcome back", {});
  await firstScreen("chats of who is signed in, nothing cached", "/chats", "Ten thousand", seeded);
  for (const way of WAYS) await scroll(seeded, way);
  await close();
}
