// Two people and an agent chat in two browsers over the real server, which serves nothing of the app itself.
// AICHAT_URL is the server, AICHAT_APP the folder of the web export, AICHAT_TEST_LOGS where pictures go.
import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, it } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { serve } from "./serve.mjs";

const FOLDER = process.env.AICHAT_APP ?? fileURLToPath(new URL("../../../client/mobile-app/dist", import.meta.url));
const PASSWORD = "a journey of two";
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
const DESKTOP = { viewport: { width: 1280, height: 860 } };
const QUIET = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-gpu"];
const PATIENCE = 30_000;
const faults = [];
let site, browser, pictures, lea, tom, room;

async function person(name, look) {
  const context = await browser.newContext(look);
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  page.on("console", (entry) => entry.type() === "error" && faults.push(`${name}: ${entry.text()}`));
  page.on("pageerror", (error) => faults.push(`${name}: ${error.message}`));
  return { name, page, context, handle: `${name.toLowerCase()}_${Date.now().toString(36)}` };
}

const picture = (who, name) => who.page.screenshot({ path: join(pictures, `${name}.png`) });
const says = async ({ page }, text) => {
  await page.getByTestId("composer").fill(text);
  await page.getByTestId("send").click();
};

const hears = ({ page }, text) => page.getByTestId("timeline").getByText(text).last().waitFor();

async function signUp(who) {
  const { page } = who;
  await page.goto(`${site.url}/sign-up`);
  await page.getByLabel("Your name").fill(who.name);
  await page.getByLabel("Handle", { exact: true }).fill(who.handle);
  await page.getByLabel("E-mail", { exact: true }).fill(`${who.handle}@example.com`);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByText("No chats yet").first().waitFor();
}

before(async () => {
  pictures = process.env.AICHAT_TEST_LOGS || (await mkdtemp(join(tmpdir(), "aichat-app-")));
  site = await serve(FOLDER, process.env.AICHAT_URL);
  browser = await chromium.launch({
    executablePath: process.env.AICHAT_CHROMIUM ?? "/usr/bin/chromium",
    chromiumSandbox: false,
    args: QUIET,
  });
  lea = await person("Lea", PHONE);
  tom = await person("Tom", { ...DESKTOP, colorScheme: "dark" });
});

after(async () => {
  await browser?.close();
  site?.close();
});

it("a link into the app without a session shows the sign-in", async () => {
  await lea.page.goto(`${site.url}/chats/00000000-0000-7000-8000-000000000000`);
  await lea.page.getByText("Welcome back").waitFor();
  await picture(lea, "sign-in-phone-light");
});

it("two people sign up, and one opens a group with the other and an agent", async () => {
  await signUp(lea);
  await signUp(tom);
  await picture(tom, "no-chats-desktop-dark");
  await lea.page.getByTestId("new-chat").click();
  await lea.page.getByLabel("Find people and agents").fill(tom.handle);
  await lea.page.getByRole("button", { name: "Tom" }).click();
  await lea.page.getByLabel("Find people and agents").fill("sage");
  await lea.page.getByRole("button", { name: "Sage" }).first().click();
  await lea.page.getByLabel("Name of the group").fill("Journey");
  await picture(lea, "new-group-phone-light");
  await lea.page.getByRole("button", { name: "Create group" }).click();
  await lea.page.getByText("Nothing has been said yet").waitFor();
  room = new URL(lea.page.url()).pathname;
});

it("what one says the other hears at once, and an answer is read", async () => {
  await tom.page.getByRole("button", { name: /^Journey/ }).click();
  await says(lea, "Hello **Tom**, do you see this?");
  await hears(tom, "do you see this?");
  await says(tom, "I do.\n\n```js\nconst answer = 42;\n```");
  await hears(lea, "const answer = 42;");
  await tom.page.getByLabel("Read", { exact: true }).last().waitFor();
  await picture(tom, "room-desktop-dark");
});

it("an agent that is named answers in a stream that both see, once", async () => {
  await says(lea, "@sage what shall we talk about?");
  for (const who of [lea, tom]) await who.page.getByText("Demo: scripted").first().waitFor();
  await picture(lea, "room-phone-light");
  const words = await lea.page.getByTestId("timeline").innerText();
  assert.equal(words.split("what shall we talk about?").length - 1, 2, "once said, once quoted");
});

it("a finger's swipe answers a message", async () => {
  const target = await lea.page.getByTestId("timeline").getByText("const answer = 42;").boundingBox();
  const cdp = await lea.context.newCDPSession(lea.page);
  const at = (type, x) => cdp.send("Input.dispatchTouchEvent", { type, touchPoints: type === "touchEnd" ? [] : [{ x, y: target.y - 30 }] });
  await at("touchStart", target.x + 20);
  for (let step = 1; step <= 12; step += 1) await at("touchMove", target.x + 20 + step * 9);
  await picture(lea, "swipe-phone-light");
  await at("touchEnd");
  await lea.page.getByText("Reply to Tom").waitFor();
  await says(lea, "Right as always.");
  await hears(tom, "Right as always.");
});

it("what is written without a network is sent once it is back, and survives a reload", async () => {
  await lea.context.setOffline(true);
  await says(lea, "Written in a tunnel");
  await lea.page.getByLabel("Being sent").waitFor();
  await picture(lea, "offline-phone-light");
  await lea.context.setOffline(false);
  await lea.page.reload();
  await hears(tom, "Written in a tunnel");
  await lea.page.getByLabel("Being sent").waitFor({ state: "hidden" });
  assert.equal(await lea.page.getByTestId("timeline").getByText("Written in a tunnel").count(), 1);
});

it("signing out leads to the sign-in, and the room is shut", async () => {
  await lea.page.goto(`${site.url}/settings`);
  await lea.page.getByRole("button", { name: "Sign out" }).click();
  await lea.page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
  await lea.page.getByText("Welcome back").waitFor();
  await lea.page.goto(site.url + room);
  await lea.page.getByText("Welcome back").waitFor();
});

it("nothing went wrong that nobody saw", () => {
  const expected = /ERR_INTERNET_DISCONNECTED|Failed to load resource|WebSocket connection/;
  assert.deepEqual(faults.filter((fault) => !expected.test(fault)), []);
});
