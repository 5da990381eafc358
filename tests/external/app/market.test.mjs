// A buyer finds an agent, pays it in time, brings it into a room and asks it; lets another order run out; and a draft goes through the
// moderator. The real server with demo data behind, with a short time to pay:
//   AICHAT_DEMO_DATA=true AICHAT_ORDERS__PAY_WITHIN_MS=75000
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
const PASSWORD = "demo-password-1";
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
const DESKTOP = { viewport: { width: 1280, height: 860 }, colorScheme: "dark" };
const QUIET = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-gpu"];
const PATIENCE = 30_000;
const LONGEST_WAIT_MS = 180_000;
const faults = [];
let site, browser, pictures, linus, grace, margaret;

async function person(name, look) {
  const context = await browser.newContext(look);
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  page.on("console", (entry) => entry.type() === "error" && faults.push(`${name}: ${entry.text()}`));
  page.on("pageerror", (error) => faults.push(`${name}: ${error.message}`));
  await page.goto(`${site.url}/sign-in`);
  await page.locator("input").nth(0).fill(`${name}@demo.aichat.local`);
  await page.locator("input").nth(1).fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/chats/);
  return { name, page, context };
}

const picture = (who, name) => who.page.screenshot({ path: join(pictures, `${name}.png`) });
/** Words that are seen; a page below keeps its own, hidden. */
const words = ({ page }, text, exact = false) => page.getByText(text, { exact }).filter({ visible: true }).first();
const go = (who, path) => who.page.goto(site.url + path);
const seconds = async ({ page }) => {
  const [minutes, rest] = (await page.getByTestId("countdown").innerText()).split(":").map(Number);
  return minutes * 60 + rest;
};

/** Orders a card by its words and leads to the page of the order. */
async function order(who, search, handle) {
  const { page } = who;
  await go(who, "/market");
  await page.getByTestId("search-cards").fill(search);
  await page.getByTestId(`card-${handle}`).click();
  await page.getByTestId("buy").click();
  await page.getByTestId("place-order").click();
  await page.getByTestId("countdown").waitFor();
}

before(async () => {
  pictures = process.env.AICHAT_TEST_LOGS || (await mkdtemp(join(tmpdir(), "aichat-market-")));
  site = await serve(FOLDER, process.env.AICHAT_URL);
  browser = await chromium.launch({
    executablePath: process.env.AICHAT_CHROMIUM ?? "/usr/bin/chromium",
    chromiumSandbox: false,
    args: QUIET,
  });
  linus = await person("linus", PHONE);
  grace = await person("grace", DESKTOP);
  margaret = await person("margaret", DESKTOP);
});

after(async () => {
  await browser?.close();
  site?.close();
});

it("the search finds what is meant while it is typed, and facets count", async () => {
  const { page } = linus;
  await go(linus, "/market");
  await page.getByTestId("card-compiler_coach").waitFor();
  await page.getByTestId("search-cards").fill("compilr");
  await page.getByTestId("card-oracle_machine").waitFor({ state: "hidden" });
  await page.getByTestId("card-compiler_coach").waitFor();
  await page.getByTestId("search-cards").fill("");
  await page.getByRole("button", { name: "Education" }).click();
  await page.getByTestId("card-compiler_coach").waitFor({ state: "hidden" });
  await page.getByTestId("card-enigma_tutor").waitFor();
  await picture(linus, "catalogue-phone-light");
});

it("an order counts down by the server's clock; a refused payment may be made again", async () => {
  await order(linus, "compiler", "compiler_coach");
  const { page } = linus;
  const first = await seconds(linus);
  await page.waitForTimeout(2_200);
  const second = await seconds(linus);
  assert.ok(first - second >= 2 && first - second <= 4, `${first} s, then ${second} s`);
  await picture(linus, "order-phone-light");
  await page.getByTestId("test_decline").click();
  await page.getByTestId("pay").click();
  await page.getByTestId("payment-failed").waitFor();
  await picture(linus, "payment-failed-phone-light");
  await page.reload();
  await page.getByTestId("countdown").waitFor();
  assert.ok((await seconds(linus)) < second, "a reload takes nothing back");
  await page.getByTestId("test_success").click();
  await page.getByTestId("pay").click();
  await page.getByTestId("order-completed").waitFor();
  await picture(linus, "bought-phone-light");
});

it("what was bought comes into a new room and answers there", async () => {
  const { page } = linus;
  await page.getByTestId("bring").click();
  await page.getByRole("button", { name: "A new room" }).click();
  await page.waitForURL(/\/chats\/.+/);
  await page.getByTestId("composer").fill("@compiler_coach what does E0499 want from me?");
  await page.getByTestId("send").click();
  await words(linus, "Demo: scripted").waitFor();
  await picture(linus, "agent-in-room-phone-light");
  await go(linus, "/market/agents");
  await words(linus, "Compiler Coach").waitFor();
  await picture(linus, "my-agents-phone-light");
});

it("the seller sees the sale and is paid out", async () => {
  const { page } = grace;
  await go(grace, "/creator/sales");
  await words(grace, "Compiler Coach").waitFor();
  await go(grace, "/creator/earnings");
  await page.getByTestId("pay-out").click();
  await page.getByTestId("confirm-payout").click();
  await words(grace, "Payouts").waitFor();
  await words(grace, "Paid", true).waitFor();
  await picture(grace, "earnings-desktop-dark");
});

it("a draft is written, looked at, sent back with a reason, mended and published", async () => {
  const name = `Journey ${Date.now().toString(36)}`;
  const handle = name.toLowerCase().replace(" ", "_");
  await go(grace, "/creator/cards/new");
  const { page } = grace;
  await page.getByTestId("field-name").fill(name);
  await page.getByTestId("field-handle").fill(handle);
  await page.getByTestId("field-description").fill("Plans trips by train.");
  await page.getByTestId("field-persona").fill("You plan trips. You love trains.");
  await page.getByTestId("field-price").fill("1.50");
  await page.getByTestId("save-card").click();
  await page.getByTestId("step-submit").click();
  await words(grace, "Waits for a moderator", true).waitFor();
  await go(margaret, "/moderation");
  await words(margaret, name).waitFor();
  await picture(margaret, "moderation-desktop-dark");
  await margaret.page.getByTestId("reject").last().click();
  await margaret.page.getByTestId("reason").fill("Say which countries.");
  await margaret.page.getByTestId("confirm-decision").click();
  await words(margaret, name).waitFor({ state: "hidden" });
  await page.reload();
  await words(grace, "Say which countries.").waitFor();
  await page.getByTestId("field-description").fill("Plans trips by train in Europe.");
  await page.getByTestId("save-card").click();
  await page.getByTestId("step-submit").click();
  await words(grace, "Waits for a moderator", true).waitFor();
  await margaret.page.reload();
  await words(margaret, name).waitFor();
  await margaret.page.getByTestId("approve").last().click();
  await words(margaret, name).waitFor({ state: "hidden" });
  await page.reload();
  await page.getByTestId("step-publish").click();
  await words(grace, "On sale", true).waitFor();
  await picture(grace, "published-desktop-dark");
});

it("an order that nobody pays warns, ends at its time, and can be placed again", async (test) => {
  await order(linus, "moth", "moth_hunter");
  const { page } = linus;
  if ((await seconds(linus)) * 1_000 > LONGEST_WAIT_MS) return test.skip("the server gives more time to pay than this waits");
  await page.getByText("Less than a minute left").waitFor({ timeout: LONGEST_WAIT_MS });
  await page.getByText("Only seconds left!").waitFor({ timeout: LONGEST_WAIT_MS });
  await picture(linus, "last-seconds-phone-light");
  await page.getByTestId("order-expired").waitFor();
  await picture(linus, "expired-phone-light");
  await page.getByTestId("order-again").click();
  await page.getByTestId("place-order").click();
  await page.getByTestId("countdown").waitFor();
  assert.ok((await seconds(linus)) > 30, "a new order has its own time");
  await page.getByRole("button", { name: "Cancel the order" }).click();
  await page.getByTestId("order-cancelled").waitFor();
});

it("nothing went wrong that nobody saw", () => {
  const expected = /Failed to load resource|WebSocket connection/;
  assert.deepEqual(faults.filter((fault) => !expected.test(fault)), []);
});
