// The server's pages in a real Chromium: they show what they should, without errors and without the outside world.
// Owns what a visitor sees; refuses to know how a page is made.
import assert from "node:assert/strict";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, it } from "node:test";
import { chromium } from "playwright-core";

const BASE = process.env.AICHAT_URL;
let browser;
let pictures;

before(async () => {
  pictures = process.env.AICHAT_TEST_LOGS || (await mkdtemp(join(tmpdir(), "aichat-browser-")));
  // Chromium's own sandbox needs user namespaces, which root in a container has not; the pages are ours.
  browser = await chromium.launch({ executablePath: process.env.AICHAT_CHROMIUM, chromiumSandbox: false });
});

after(() => browser?.close());

// Opens a path with every request to another host refused; gives the page and all that went wrong on it.
async function visit(path, name) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const faults = [];
  page.on("console", (entry) => entry.type() === "error" && faults.push(`console: ${entry.text()}`));
  page.on("pageerror", (error) => faults.push(`exception: ${error.message}`));
  page.on("response", (answer) => answer.status() >= 400 && faults.push(`${answer.status()} ${answer.url()}`));
  await page.route(
    (url) => !["data:", "blob:"].includes(url.protocol) && url.origin !== BASE,
    (route) => {
      faults.push(`request to the outside: ${route.request().url()}`);
      return route.abort();
    },
  );
  const answer = await page.goto(BASE + path, { waitUntil: "networkidle" });
  assert.equal(answer.status(), 200);
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
  return { page, faults };
}

it("shows at / that it is alive, with a link to the API's documentation", async () => {
  const { page, faults } = await visit("/", "home");
  assert.match(await page.title(), /AI Chat/i);
  assert.match(await page.locator("body").innerText(), /AI Chat/i);
  assert.deepEqual(faults, []);
  await page.locator('a[href$="/api/docs"]').first().click();
  await page.waitForURL(/\/api\/docs/);
});

it("documents every service at /api/docs", async () => {
  const { page, faults } = await visit("/api/docs", "docs");
  const text = await page.locator("body").innerText();
  for (const path of ["/api/auth/signup", "/api/users/me", "/api/friendships", "/api/chat/rooms", "/api/agents", "/v1/chat/completions"]) {
    assert.ok(text.includes(path), `${path} is not on the page`);
  }
  assert.deepEqual(faults, []);
});

it("is readable on a phone: no sideways scrolling", async () => {
  for (const path of ["/", "/api/docs"]) {
    const page = await browser.newPage({ viewport: { width: 360, height: 740 } });
    await page.goto(BASE + path, { waitUntil: "networkidle" });
    await page.screenshot({ path: join(pictures, `phone${path.replaceAll("/", "-")}.png`) });
    const [content, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
    assert.ok(content <= screen, `${path} is ${content} px wide on a screen of ${screen} px`);
  }
});
