// People in real browsers: how they come, write and hear, and how each screen they see is looked at.
// AICHAT_URL is the server, which serves the app too; AICHAT_DATA its data; AICHAT_TEST_LOGS where pictures go.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axe from "axe-core";
import { chromium } from "playwright-core";

export const SITE = process.env.AICHAT_URL;
export const PASSWORD = "a journey of two";
export const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
export const DESKTOP = { viewport: { width: 1280, height: 860 } };
/** The password of the people who come with the demo data. */
const DEMO_PASSWORD = "demo-password-1";
const SIZES = { phone: PHONE.viewport, tablet: { width: 820, height: 1180 }, desktop: DESKTOP.viewport };
const QUIET = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-gpu"];
/** A slow machine may be given more. */
const PATIENCE = Number(process.env.AICHAT_PATIENCE_MS ?? 30_000);
/** A browser says these by itself when a line is cut, which journeys do. */
const EXPECTED = /ERR_INTERNET_DISCONNECTED|Failed to load resource|WebSocket connection/;

/** Each screen is seen by a finger in the light and by a mouse in the dark; AICHAT_APP_PICTURES=all takes all sizes in both. */
const USUAL = [
  ["phone", "light"],
  ["desktop", "dark"],
];
const ALL = Object.keys(SIZES).flatMap((size) => ["light", "dark"].map((scheme) => [size, scheme]));
const LOOKS = process.env.AICHAT_APP_PICTURES === "all" ? ALL : USUAL;

const faults = [];
const barriers = [];
let browser, pictures;

export async function open() {
  pictures = join(process.env.AICHAT_TEST_LOGS || (await mkdtemp(join(tmpdir(), "aichat-app-"))), "app");
  await mkdir(pictures, { recursive: true });
  // Chromium's own sandbox needs user namespaces, which root in a container has not; the pages are ours.
  browser = await chromium.launch({
    executablePath: process.env.AICHAT_CHROMIUM ?? "/usr/bin/chromium",
    chromiumSandbox: false,
    args: QUIET,
  });
}

export const close = () => browser?.close();

export async function person(name, look, signed) {
  const context = await browser.newContext({ locale: "en-GB", ...(signed ? { storageState: sessionOf(signed) } : {}), ...look });
  context.setDefaultTimeout(PATIENCE);
  const handle = signed?.user.handle ?? `${name.toLowerCase()}_${Date.now().toString(36)}`;
  const who = { name, context, handle, id: signed?.user.id, token: signed?.accessToken };
  who.page = await tab(who);
  return who;
}

/** What the app keeps of a session on this device. */
function sessionOf({ user, accessToken, refreshToken, expiresIn }) {
  const kept = { "aichat.me": user, "aichat.tokens": { accessToken, refreshToken, expiresAt: Date.now() + expiresIn * 1000 } };
  const localStorage = Object.entries(kept).map(([name, value]) => ({ name, value: JSON.stringify(value) }));
  return { cookies: [], origins: [{ origin: SITE, localStorage }] };
}

/** One of the people who come with the demo data, signed in. */
export async function demo(handle, look) {
  return person(handle, look, await call("POST", "/api/auth/signin", { login: handle, password: DEMO_PASSWORD }));
}

/** Somebody new, signed in. */
export async function member(name, look) {
  return person(name, look, await account({ name, handle: `${name.toLowerCase()}_${Date.now().toString(36)}` }));
}

/** Another tab of the same person. */
export async function tab({ name, context }) {
  const page = await context.newPage();
  page.on("console", (entry) => entry.type() === "error" && faults.push(`${name}: ${entry.text()}`));
  page.on("pageerror", (error) => faults.push(`${name}: ${error.message}`));
  return page;
}

export const button = ({ page }, name) => page.getByRole("button", { name, exact: typeof name === "string" });
export const field = ({ page }, label) => page.getByLabel(label, { exact: true });
/** Words that are seen: a page below another keeps its own, hidden. */
export const words = ({ page }, text, exact = false) => page.getByText(text, { exact }).filter({ visible: true }).first();
export const sees = (who, text) => words(who, text).waitFor();
export const by = ({ page }, id) => page.getByTestId(id).filter({ visible: true });
export const goes = ({ page }, path) => page.goto(SITE + path);
export const timeline = ({ page }) => page.getByTestId("timeline");
export const hears = (who, text) => timeline(who).getByText(text).last().waitFor();

export async function says({ page }, text) {
  await page.getByTestId("composer").fill(text);
  await page.getByTestId("send").click();
}

/** The row of a message: its words are the end of what is read out. */
export const row = (who, text) => timeline(who).getByRole("article", { name: text }).last();

export async function menuOf(who, text) {
  await row(who, text).hover();
  await button(who, "More").click();
  await who.page.getByRole("dialog").waitFor();
}

export async function chooses(who, text, action) {
  await menuOf(who, text);
  await who.page.getByRole("menuitem", { name: action, exact: true }).click();
}

export async function signUp(who) {
  await goes(who, "/sign-up");
  await field(who, "Your name").fill(who.name);
  await field(who, "Handle").fill(who.handle);
  await field(who, "E-mail").fill(`${who.handle}@example.com`);
  await field(who, "Password").fill(PASSWORD);
  await button(who, "Create account").click();
  await sees(who, "No chats yet");
}

export async function signIn(who, password = PASSWORD) {
  await field(who, "E-mail or handle").fill(who.handle);
  await field(who, "Password").fill(password);
  await button(who, "Sign in").click();
}

/** Signs up without a screen, for who only has to be there; gives the tokens. */
export async function account(who) {
  return call("POST", "/api/auth/signup", {
    email: `${who.handle}@example.com`,
    password: PASSWORD,
    handle: who.handle,
    displayName: who.name,
  });
}

export async function call(method, path, body, token) {
  const answer = await fetch(SITE + path, {
    method,
    headers: { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`);
  return answer.status === 204 ? null : answer.json();
}

/** The token of the newest mail to a person. */
export async function mailed(who) {
  const folder = join(process.env.AICHAT_DATA, "mail");
  for (let tries = 0; tries < 100; tries += 1) {
    const names = await readdir(folder).catch(() => []);
    const mails = await Promise.all(names.filter((name) => name.endsWith(".eml")).map((name) => readFile(join(folder, name), "utf8")));
    const mine = mails.filter((mail) => mail.includes(`${who.handle}@example.com`) && mail.includes("Reset your password"));
    const token = mine.map((mail) => /token:\r?\n(\S+)/.exec(mail)?.[1]).find(Boolean);
    if (token) return token;
    await new Promise((later) => setTimeout(later, 100));
  }
  throw new Error(`no mail for ${who.handle}`);
}

export const picture = ({ page }, name) => page.screenshot({ path: join(pictures, `${name}.png`) });

/** Resolves when what was changed is drawn: letters are there, pictures in sight too, and two frames have passed. */
const drawn = (page) =>
  page.evaluate(async () => {
    await document.fonts.ready;
    const coming = [...document.images].filter((image) => image.currentSrc && !image.complete && image.checkVisibility());
    const all = Promise.all(coming.map((image) => new Promise((done) => (image.onload = image.onerror = done))));
    // A picture that never comes is seen on the photograph.
    await Promise.race([all, new Promise((late) => setTimeout(late, 5_000))]);
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  });

/** Photographs the screen in sizes and themes, and looks for barriers on it. */
export async function look(who, name, sizes = Object.keys(SIZES)) {
  const { page } = who;
  const before = page.viewportSize();
  for (const [size, colorScheme] of LOOKS.filter(([size]) => sizes.includes(size))) {
    await page.setViewportSize(SIZES[size]);
    await page.emulateMedia({ colorScheme });
    await drawn(page);
    await picture(who, `${name}-${size}-${colorScheme}`);
    if (size !== "tablet") await findBarriers(page, `${name} (${size}, ${colorScheme})`);
  }
  await page.setViewportSize(before);
  await page.emulateMedia({ colorScheme: null });
}

async function findBarriers(page, where) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, {
      resultTypes: ["violations"],
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      // It counts the initials in a face, which are hidden from readers, and the order of counts as words of a name.
      rules: { "label-content-name-mismatch": { enabled: false } },
    }),
  );
  for (const { id, impact, nodes } of violations) {
    if (impact !== "serious" && impact !== "critical") continue;
    barriers.push(...nodes.map((node) => `${where}: ${id}: ${node.html.slice(0, 200)} ${node.failureSummary.replace(/\s+/g, " ").slice(0, 240)}`));
  }
}

export function nothingWentWrong() {
  assert.deepEqual(faults.filter((fault) => !EXPECTED.test(fault)), []);
  assert.deepEqual(barriers, []);
}
