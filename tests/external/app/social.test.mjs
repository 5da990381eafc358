// Two friends and their posts in two browsers: a picture reaches the other's feed and a chat, and what is reported is decided.
import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { crc32, deflateSync } from "node:zlib";
import { DESKTOP, PASSWORD, PHONE, button, by, call, close, demo, field, goes, look, member, nothingWentWrong, open, sees, words } from "./people.mjs";

const PICTURE = { name: "sunset.png", mimeType: "image/png", buffer: png(900, 600) };
let lea, tom, margaret;

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

const postOf = (who, text) => by(who, "post").filter({ hasText: text });
const menuOf = (who, name) => button(who, `More about the post by ${name}`).first().click();

/** Chooses the picture as a person does, and says what it shows. */
async function attaches(who, control, alt) {
  const choosing = who.page.waitForEvent("filechooser");
  await by(who, control).click();
  await (await choosing).setFiles(PICTURE);
  await by(who, "attachment-ready").waitFor();
  await button(who, "Describe").click();
  await who.page.getByRole("dialog").getByLabel("What it shows").last().fill(alt);
  await who.page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await button(who, `Described: ${alt}`).waitFor();
}

before(async () => {
  await open();
  [lea, tom, margaret] = await Promise.all([
    member("Lea", { ...PHONE, reducedMotion: "reduce" }),
    member("Tom", { ...DESKTOP, colorScheme: "dark", reducedMotion: "reduce" }),
    demo("margaret", { ...DESKTOP, reducedMotion: "reduce" }),
  ]);
});

after(close);

it("one asks on the other's profile, the other is told at once, and they are friends", async () => {
  await goes(tom, "/feed");
  await by(tom, "compose").waitFor();
  await goes(lea, `/feed/people/${tom.id}`);
  await button(lea, "Add friend").click();
  await button(lea, "Withdraw request").waitFor();
  await look(lea, "profile");
  await tom.page.getByRole("navigation").getByRole("link", { name: "Activity, 1 unread" }).click();
  await by(tom, "notification").getByText("Lea wants to be your friend").waitFor();
  await goes(tom, `/feed/people/${lea.id}`);
  await button(tom, "Accept request").click();
  await button(tom, "Friends").waitFor();
});

it("a face is chosen, and everybody sees it", async () => {
  await goes(lea, "/settings/profile");
  const choosing = lea.page.waitForEvent("filechooser");
  await by(lea, "change-picture").click();
  await (await choosing).setFiles(PICTURE);
  await button(lea, "Remove picture").waitFor();
  const { avatarUrl } = await call("GET", `/api/users/${lea.id}`, undefined, tom.token);
  assert.match(avatarUrl, /^\/api\/media\/.+\/avatar$/);
  await tom.page.reload();
  await tom.page.locator(`img[src*="${avatarUrl}"]`).filter({ visible: true }).first().waitFor();
  await look(lea, "edit-profile");
});

it("a post with a picture reaches the friend's feed, which moves only when it is asked to", async () => {
  await goes(tom, "/feed");
  await by(tom, "compose").click();
  await by(tom, "post-text").fill("My first words here.");
  await by(tom, "post-submit").click();
  await postOf(tom, "My first words here.").waitFor();
  await goes(lea, "/feed");
  await by(lea, "compose").click();
  await by(lea, "post-text").fill(`The evening over the sea, @${tom.handle}. #sunset`);
  await attaches(lea, "add-media", "A violet sky over calm water.");
  await look(lea, "composer");
  await by(lea, "post-submit").click();
  await postOf(lea, "The evening over the sea").waitFor();
  await by(tom, "new-posts").waitFor();
  assert.equal(await tom.page.getByText("The evening over the sea").count(), 0);
  await by(tom, "new-posts").click();
  await postOf(tom, "The evening over the sea").waitFor();
  await button(tom, "A violet sky over calm water.").first().waitFor();
  await look(tom, "feed");
});

it("why it stands there is told, part by part; its picture opens over the app, and Escape leaves", async () => {
  await menuOf(tom, "Lea");
  await tom.page.getByRole("menuitem", { name: "Why do I see this?" }).click();
  await sees(tom, "You see it because Lea is your friend.");
  await sees(tom, "With pictures or films");
  await look(tom, "why", ["phone", "desktop"]);
  await by(tom, "why").getByRole("button", { name: "Close" }).click();
  await button(tom, "A violet sky over calm water.").first().click();
  await by(tom, "viewer-picture").waitFor();
  await tom.page.getByRole("dialog").getByText("A violet sky over calm water.").waitFor();
  await look(tom, "viewer");
  await tom.page.keyboard.press("Escape");
  await by(tom, "viewer-picture").waitFor({ state: "hidden" });
});

it("a reaction and a comment tell of themselves live, and lead to the comment", async () => {
  await goes(lea, "/feed");
  await by(lea, "bell").waitFor();
  const post = postOf(tom, "The evening over the sea");
  await post.getByTestId("react").click();
  await post.getByTestId("comments").click();
  await by(tom, "comment-composer").fill("I can hear the waves.");
  await by(tom, "comment-send").click();
  await by(tom, "comment").getByText("I can hear the waves.").waitFor();
  await button(lea, /^Notifications, \d+ unread$/).click();
  await by(lea, "notification").getByText("Tom commented on your post").waitFor();
  await by(lea, "notification").getByText("Tom reacted to your post").waitFor();
  await look(lea, "notifications");
  await by(lea, "notification").filter({ hasText: "commented" }).click();
  await by(lea, "comment").getByText("I can hear the waves.").waitFor();
  await button(lea, "Reply").first().click();
  await by(lea, "comment-composer").fill("And I smell the salt.");
  await by(lea, "comment-send").click();
  await by(tom, "comment").getByText("And I smell the salt.").waitFor();
  await look(tom, "post");
});

it("an edit keeps the words before", async () => {
  await menuOf(lea, "Lea");
  await lea.page.getByRole("menuitem", { name: "Edit", exact: true }).click();
  await by(lea, "post-text").fill("The morning over the sea. #sunrise");
  await by(lea, "post-submit").click();
  await by(lea, "edits").click();
  await lea.page.getByRole("dialog").getByText("The evening over the sea").waitFor();
  await lea.page.keyboard.press("Escape");
});

it("a picture is sent in a chat, and stands there for the other", async () => {
  const room = await call("POST", "/api/chat/rooms", { kind: "direct", memberIds: [tom.id] }, lea.token);
  await goes(tom, `/chats/${room.id}`);
  await goes(lea, `/chats/${room.id}`);
  await attaches(lea, "attach", "The same sky, an hour later.");
  await look(lea, "room-attaching", ["phone", "desktop"]);
  await by(lea, "composer").fill("Look at this.");
  await by(lea, "send").click();
  for (const who of [tom, lea]) await button(who, "The same sky, an hour later.").waitFor();
  await by(lea, "attachment-ready").waitFor({ state: "hidden" });
  await look(tom, "room-picture", ["phone", "desktop"]);
});

it("what is reported is decided by a moderator", async () => {
  await goes(tom, "/feed/tag/sunrise");
  await postOf(tom, "The morning over the sea").waitFor();
  await menuOf(tom, "Lea");
  await tom.page.getByRole("menuitem", { name: "Report" }).click();
  await tom.page.getByRole("radio", { name: "Spam or fraud" }).click();
  await button(tom, "Send report").click();
  await sees(tom, "A moderator will look at it");
  await goes(margaret, "/moderation/posts");
  await words(margaret, "The morning over the sea").waitFor();
  await look(margaret, "reported");
  await by(margaret, "post-dismiss").first().click();
  await words(margaret, "The morning over the sea").waitFor({ state: "hidden" });
});

it("a reported person is decided about too", async () => {
  await goes(tom, `/feed/people/${lea.id}`);
  await by(tom, "profile-menu").click();
  await tom.page.getByRole("menuitem", { name: "Report" }).click();
  await tom.page.getByRole("radio", { name: "Insults or threats" }).click();
  await field(tom, "In your own words").fill("It went on for days.");
  await button(tom, "Send report").click();
  await sees(tom, "A moderator will look at it");
  await goes(margaret, "/moderation/people");
  await words(margaret, "It went on for days.").waitFor();
  await look(margaret, "reported-person");
  await by(margaret, "person-warn").first().click();
  await by(margaret, "reason").fill("Be kind.");
  await look(margaret, "person-warned", ["phone", "desktop"]);
  await by(margaret, "confirm-decision").click();
  await words(margaret, "It went on for days.").waitFor({ state: "hidden" });
});

it("a block takes everything away, and can be taken back", async () => {
  await goes(tom, `/feed/people/${lea.id}`);
  await postOf(tom, "The morning over the sea").waitFor();
  await by(tom, "profile-menu").click();
  await tom.page.getByRole("menuitem", { name: "Block" }).click();
  await tom.page.getByRole("dialog", { name: "Block Lea?" }).getByRole("button", { name: "Block" }).click();
  await goes(tom, "/feed");
  await sees(tom, "My first words here.");
  assert.equal(await tom.page.getByText("The morning over the sea").count(), 0);
  await goes(tom, "/settings/blocks");
  await button(tom, "Unblock").waitFor();
  await look(tom, "blocks");
  await button(tom, "Unblock").click();
  await sees(tom, "You have blocked nobody");
});

it("quiet hours are kept", async () => {
  await goes(lea, "/notifications/preferences");
  await by(lea, "quiet").click();
  await field(lea, "from").fill("2130");
  const kept = lea.page.waitForResponse((answer) => answer.request().method() === "PUT" && answer.ok());
  await field(lea, "from").blur();
  await kept;
  await lea.page.reload();
  await field(lea, "from").waitFor();
  assert.equal(await field(lea, "from").inputValue(), "21:30");
  await look(lea, "preferences");
});

it("who may see one is chosen; everything of one's own is taken along", async () => {
  await goes(lea, "/settings/privacy");
  await sees(lea, "Who may write to you");
  await look(lea, "privacy");
  await goes(lea, "/settings/account");
  const saved = lea.page.waitForEvent("download");
  await by(lea, "export").click();
  assert.equal((await saved).suggestedFilename(), `aichat-${lea.handle}.jsonl`);
  await look(lea, "account");
});

it("an account that is erased is gone for the other", async () => {
  await by(lea, "erase").click();
  await field(lea, "Your password, to be sure").fill(PASSWORD);
  await by(lea, "erase-confirm").click();
  await sees(lea, "Welcome back");
  await goes(tom, `/feed/people/${lea.id}`);
  await sees(tom, "Nobody has this name.");
});

it("nothing went wrong that nobody saw", nothingWentWrong);
