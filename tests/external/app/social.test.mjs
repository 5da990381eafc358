// Two friends and their posts in two browsers over the real server: a picture reaches the other's feed, and a comment tells of itself.
// AICHAT_URL is the server, AICHAT_APP the folder of the web export, AICHAT_TEST_LOGS where pictures go.
import assert from "node:assert/strict";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, it } from "node:test";
import { fileURLToPath } from "node:url";
import { crc32, deflateSync } from "node:zlib";
import { chromium } from "playwright-core";
import { serve } from "./serve.mjs";

const FOLDER = process.env.AICHAT_APP ?? fileURLToPath(new URL("../../../client/mobile-app/dist", import.meta.url));
const PASSWORD = "a journey of two";
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
const DESKTOP = { viewport: { width: 1280, height: 860 } };
const QUIET = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-gpu"];
const PATIENCE = Number(process.env.AICHAT_PATIENCE_MS ?? 30_000);
const faults = [];
let site, browser, pictures, lea, tom, picture;

/** A PNG of colours that run into each other. */
function png(width, height) {
  const rows = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      rows.set([90 + (x * 140) / width, 80 + (y * 90) / height, 210 - (x * 60) / width], y * (width * 3 + 1) + 1 + x * 3);
  const chunk = (name, data) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const frame = Buffer.alloc(body.length + 8);
    frame.writeUInt32BE(data.length, 0);
    body.copy(frame, 4);
    frame.writeUInt32BE(crc32(body), body.length + 4);
    return frame;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const mark = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([mark, chunk("IHDR", head), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

async function person(name, look) {
  const context = await browser.newContext(look);
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  page.on("console", (entry) => entry.type() === "error" && faults.push(`${name}: ${entry.text()}`));
  page.on("pageerror", (error) => faults.push(`${name}: ${error.message}`));
  return { name, page, context, handle: `${name.toLowerCase()}_${Date.now().toString(36)}` };
}

const by = ({ page }, id) => page.getByTestId(id).filter({ visible: true });
const look = (who, name) => who.page.screenshot({ path: join(pictures, `${name}.png`) });
const place = (who, name) => who.page.getByRole("navigation").getByRole("link", { name: new RegExp(`^${name}`) });

async function signUp(who) {
  const { page } = who;
  await page.goto(`${site.url}/sign-up`);
  await page.getByLabel("Your name").fill(who.name);
  await page.getByLabel("Handle", { exact: true }).fill(who.handle);
  await page.getByLabel("E-mail", { exact: true }).fill(`${who.handle}@example.com`);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByText("No chats yet").first().waitFor();
  who.id = await page.evaluate(() => JSON.parse(localStorage.getItem("aichat.me")).id);
}

before(async () => {
  pictures = process.env.AICHAT_TEST_LOGS || (await mkdtemp(join(tmpdir(), "aichat-social-")));
  picture = join(pictures, "sunset.png");
  await writeFile(picture, png(900, 600));
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

it("one asks on the other's profile, the other is told at once, and they are friends", async () => {
  await signUp(lea);
  await signUp(tom);
  await lea.page.goto(`${site.url}/feed/people/${tom.id}`);
  await lea.page.getByRole("button", { name: "Add friend" }).click();
  await lea.page.getByRole("button", { name: "Withdraw request" }).waitFor();
  await look(lea, "profile-phone-light");
  await place(tom, "Activity, 1 unread").click();
  await by(tom, "notification").getByText("Lea wants to be your friend").waitFor();
  await look(tom, "notifications-desktop-dark");
  await tom.page.goto(`${site.url}/feed/people/${lea.id}`);
  await tom.page.getByRole("button", { name: "Accept request" }).click();
  await tom.page.getByRole("button", { name: "Friends" }).waitFor();
});

it("a post with a picture reaches the friend's feed, which moves only when it is asked to", async () => {
  await place(tom, "Feed").click();
  await by(tom, "compose").click();
  await by(tom, "post-text").fill("My first words here.");
  await by(tom, "post-submit").click();
  await by(tom, "post").getByText("My first words here.").waitFor();
  await lea.page.goto(`${site.url}/feed`);
  await by(lea, "compose").click();
  await by(lea, "post-text").fill(`The evening over the sea, @${tom.handle}. #sunset`);
  const choosing = lea.page.waitForEvent("filechooser");
  await by(lea, "add-media").click();
  await (await choosing).setFiles(picture);
  await by(lea, "attachment-ready").waitFor();
  await lea.page.getByRole("button", { name: "Describe" }).click();
  await lea.page.getByLabel("What it shows").last().fill("A violet sky over calm water.");
  await lea.page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await look(lea, "composer-phone-light");
  await by(lea, "post-submit").click();
  await by(lea, "post").getByText("The evening over the sea").waitFor();
  await by(tom, "new-posts").waitFor();
  assert.equal(await tom.page.getByText("The evening over the sea").count(), 0);
  await look(tom, "pill-desktop-dark");
  await by(tom, "new-posts").click();
  await by(tom, "post").getByText("The evening over the sea").waitFor();
  await tom.page.getByRole("button", { name: "A violet sky over calm water." }).filter({ visible: true }).waitFor();
  await look(tom, "feed-desktop-dark");
});

it("why it stands there is told, part by part", async () => {
  await tom.page.getByRole("button", { name: "More about the post by Lea" }).filter({ visible: true }).first().click();
  await tom.page.getByRole("button", { name: "Why do I see this?" }).click();
  await tom.page.getByText("You see it because Lea is your friend.").waitFor();
  await tom.page.getByText("With pictures or films").waitFor();
  await look(tom, "why-desktop-dark");
  await by(tom, "why").getByRole("button", { name: "Close" }).click();
});

it("the picture opens over the app with its words, and Escape leaves", async () => {
  await tom.page.getByRole("button", { name: "A violet sky over calm water." }).filter({ visible: true }).first().click();
  await by(tom, "viewer-picture").waitFor();
  await tom.page.getByRole("dialog").getByText("A violet sky over calm water.").waitFor();
  await look(tom, "viewer-desktop-dark");
  await tom.page.keyboard.press("Escape");
  await by(tom, "viewer-picture").waitFor({ state: "hidden" });
});

it("a reaction and a comment tell of themselves live, and lead to the comment", async () => {
  await lea.page.goto(`${site.url}/notifications`);
  const post = by(tom, "post").filter({ hasText: "The evening over the sea" });
  await post.getByTestId("react").click();
  await post.getByTestId("comments").click();
  await by(tom, "comment-composer").fill("I can hear the waves.");
  await by(tom, "comment-send").click();
  await by(tom, "comment").getByText("I can hear the waves.").waitFor();
  await by(lea, "notification").getByText("Tom commented on your post").waitFor();
  await by(lea, "notification").getByText("Tom reacted to your post").waitFor();
  await place(lea, "Activity, ").waitFor();
  await look(lea, "notifications-phone-light");
  await by(lea, "notification").filter({ hasText: "commented" }).click();
  await by(lea, "comment").getByText("I can hear the waves.").waitFor();
  await lea.page.getByRole("button", { name: "Reply" }).first().click();
  await by(lea, "comment-composer").fill("And I smell the salt.");
  await by(lea, "comment-send").click();
  await by(tom, "comment").getByText("And I smell the salt.").waitFor();
  await look(tom, "post-desktop-dark");
  await look(lea, "post-phone-light");
});

it("an edit keeps the words before", async () => {
  await lea.page.getByRole("button", { name: "More about the post by Lea" }).filter({ visible: true }).first().click();
  await lea.page.getByRole("button", { name: "Edit", exact: true }).click();
  await by(lea, "post-text").fill("The morning over the sea. #sunrise");
  await by(lea, "post-submit").click();
  await by(lea, "edits").click();
  await lea.page.getByRole("dialog").getByText("The evening over the sea").waitFor();
  await look(lea, "history-phone-light");
  await lea.page.keyboard.press("Escape");
});

it("a tag leads to its posts, and a block takes everything away", async () => {
  await tom.page.goto(`${site.url}/feed/tag/sunrise`);
  await by(tom, "post").getByText("The morning over the sea").waitFor();
  await tom.page.goto(`${site.url}/feed/people/${lea.id}`);
  await by(tom, "post").getByText("The morning over the sea").waitFor();
  await look(tom, "profile-desktop-dark");
  await by(tom, "profile-menu").click();
  await tom.page.getByRole("button", { name: "Block" }).click();
  await tom.page.getByRole("dialog", { name: "Block Lea?" }).getByRole("button", { name: "Block" }).click();
  await tom.page.goto(`${site.url}/feed`);
  await tom.page.getByText("My first words here.").waitFor();
  assert.equal(await tom.page.getByText("The morning over the sea").count(), 0);
  await tom.page.goto(`${site.url}/settings/blocks`);
  await tom.page.getByRole("button", { name: "Unblock" }).click();
  await tom.page.getByText("You have blocked nobody").waitFor();
});

it("quiet hours are kept", async () => {
  await lea.page.goto(`${site.url}/notifications/preferences`);
  await by(lea, "quiet").click();
  await lea.page.getByLabel("from").fill("2130");
  await lea.page.getByLabel("from").blur();
  await lea.page.waitForResponse((answer) => answer.request().method() === "PUT" && answer.ok());
  await lea.page.reload();
  await lea.page.getByLabel("from").waitFor();
  assert.equal(await lea.page.getByLabel("from").inputValue(), "21:30");
  await look(lea, "preferences-phone-light");
});

it("an account that is erased is gone for the other", async () => {
  await lea.page.goto(`${site.url}/settings/account`);
  await by(lea, "erase").click();
  await lea.page.getByLabel("Your password, to be sure").fill(PASSWORD);
  await by(lea, "erase-confirm").click();
  await lea.page.getByText("Welcome back").waitFor();
  await tom.page.goto(`${site.url}/feed/people/${lea.id}`);
  await tom.page.getByText("Nobody has this name.").waitFor();
});

it("nothing went wrong that nobody saw", () => {
  const expected = /ERR_INTERNET_DISCONNECTED|Failed to load resource|WebSocket connection/;
  assert.deepEqual(faults.filter((fault) => !expected.test(fault)), []);
});
