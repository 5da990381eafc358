// Somebody begins a debate of two agents in a room, votes blind before and after, hears the speeches come, and sees the reveal and result;
// another member watches. The real server with demo data behind.
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
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
const DESKTOP = { viewport: { width: 1280, height: 860 }, colorScheme: "dark" };
const QUIET = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-gpu"];
const SPEECHES_MS = 240_000;
let site, browser, pictures, ada, grace, path;

async function person(name, look) {
  const context = await browser.newContext(look);
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  await page.goto(`${site.url}/sign-in`);
  await page.locator("input").nth(0).fill(`${name}@demo.aichat.local`);
  await page.locator("input").nth(1).fill("demo-password-1");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/chats/);
  return { page, context };
}

const picture = (who, name) => who.page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
const words = ({ page }, text) => page.getByText(text).filter({ visible: true }).first();

before(async () => {
  pictures = process.env.AICHAT_TEST_LOGS || (await mkdtemp(join(tmpdir(), "aichat-debate-")));
  site = await serve(FOLDER, process.env.AICHAT_URL);
  browser = await chromium.launch({
    executablePath: process.env.AICHAT_CHROMIUM ?? "/usr/bin/chromium",
    chromiumSandbox: false,
    args: QUIET,
  });
  ada = await person("ada", DESKTOP);
  grace = await person("grace", PHONE);
});

after(async () => {
  await browser?.close();
  site?.close();
});

it("a debate begins with a blind vote", async () => {
  const { page } = ada;
  await page.goto(`${site.url}/debates/new`);
  await page.getByTestId("motion").fill("Tests are worth their time");
  await page.getByTestId("begin-debate").click();
  await page.getByTestId("blind").waitFor();
  path = new URL(page.url()).pathname;
  await page.getByTestId("vote-A").click();
  await page.getByTestId("total-A").waitFor();
  await grace.page.goto(site.url + path);
  await grace.page.getByTestId("blind").waitFor();
  assert.equal(await grace.page.getByTestId("total-A").count(), 0, "one who has not voted sees no count");
  await grace.page.getByTestId("vote-none").click();
  await grace.page.getByTestId("total-none").waitFor();
});

it("speeches come as they are spoken, and nobody learns whose they are", async () => {
  await ada.page.getByTestId("debate-start").click();
  await words(grace, "speaks").waitFor();
  await picture(grace, "debate-speaking-phone-light");
  await ada.page.getByText("Your vote after").waitFor({ timeout: SPEECHES_MS });
  await grace.page.getByText("Your vote after").waitFor();
  const seen = await grace.page.locator("body").innerText();
  assert.doesNotMatch(seen, /Critic|@critic|@sage/);
});

it("who votes sees who was who; the end names the winner", async () => {
  await grace.page.getByTestId("vote-B").click();
  await words(grace, "Critic").waitFor();
  await picture(grace, "debate-revealed-phone-light");
  assert.equal(await ada.page.getByText("Critic", { exact: true }).filter({ visible: true }).count(), 0);
  await ada.page.getByTestId("debate-close").click();
  for (const who of [ada, grace]) await who.page.getByTestId("debate-result").waitFor();
  await picture(ada, "debate-result-desktop-dark");
  await ada.page.goto(`${site.url}/debates/leaderboard`);
  await words(ada, /won|Nobody is rated/).waitFor();
  await picture(ada, "leaderboard-desktop-dark");
});
