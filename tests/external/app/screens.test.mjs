// Every screen of sign-in, friends, chat and settings: used, photographed in each size and theme, and free of barriers.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, it } from "node:test";
import {
  DESKTOP,
  PASSWORD,
  account,
  button,
  call,
  chooses,
  close,
  field,
  goes,
  hears,
  look,
  mailed,
  menuOf,
  nothingWentWrong,
  open,
  person,
  row,
  says,
  sees,
  signIn,
  signUp,
  tab,
  timeline,
} from "./people.mjs";

const NEW_PASSWORD = "another one of two";
/** Pictures of what moves would differ each time. */
const STILL = { ...DESKTOP, reducedMotion: "reduce" };
let ida, ben, benToken, room;

before(async () => {
  await open();
  ida = await person("Ida", STILL);
  ben = await person("Ben", STILL);
  benToken = (await account(ben)).accessToken;
});

after(close);

/** The six digits of an authenticator app now (RFC 6238: SHA-1, 30 s). */
function codeOf(secret) {
  const bits = [...secret.replace(/[\s=]/g, "")].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac("sha1", key).update(counter).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** Something stands on the device, where the next start finds it. */
const kept = (who, text) =>
  who.page.waitForFunction((part) => Object.keys(localStorage).some((key) => localStorage.getItem(key).includes(part)), text);

const path = (who) => new URL(who.page.url()).pathname;

it("one signs up; what is wrong is said at its field", async () => {
  await goes(ida, "/sign-up");
  await field(ida, "Your name").fill("Ida");
  await field(ida, "Handle").fill(ben.handle);
  await field(ida, "E-mail").fill(`${ida.handle}@example.com`);
  await field(ida, "Password").fill(PASSWORD);
  await button(ida, "Create account").click();
  await sees(ida, "This handle is taken.");
  await look(ida, "sign-up");
  await signUp(ida);
  await look(ida, "chats-empty");
});

it("a forgotten password is replaced by the code of a mail, which ends the session here", async () => {
  const page = ida.page;
  await goes(ben, "/sign-in");
  await sees(ben, "Welcome back");
  await look(ben, "sign-in");
  await ben.page.getByText("Forgot your password?").click();
  await field(ben, "E-mail").fill(`${ida.handle}@example.com`);
  await look(ben, "forgot-password");
  await button(ben, "Send the code").click();
  await sees(ben, "a message is on its way");
  await look(ben, "forgot-password-sent");
  await button(ben, "Enter the code").click();
  await field(ben, "Code from the e-mail").fill("not it at all");
  await field(ben, "New password").fill(NEW_PASSWORD);
  await button(ben, "Change password").click();
  await sees(ben, "used up or too old");
  await field(ben, "Code from the e-mail").fill(await mailed(ida));
  await look(ben, "reset-password");
  await button(ben, "Change password").click();
  await sees(ben, "Your password has been changed");
  await look(ben, "reset-password-done");
  await page.getByText("Welcome back").waitFor();
  await look(ida, "session-ended");
});

it("who had to sign in first gets to where the link led", async () => {
  await goes(ida, "/settings/sessions");
  await sees(ida, "Welcome back");
  await signIn(ida, "not the password");
  await sees(ida, "is not right");
  await signIn(ida, NEW_PASSWORD);
  await sees(ida, "This device");
  assert.equal(path(ida), "/settings/sessions");
});

it("friends are found, asked and answered live, and let go again", async () => {
  await goes(ida, "/friends");
  await sees(ida, "No friends yet");
  await look(ida, "friends-empty");
  await goes(ben, "/friends");
  await signIn(ben);
  await sees(ben, "No friends yet");
  await button(ida, "Add friends").last().click();
  await field(ida, "Name or handle").fill("nobody has this");
  await sees(ida, "Nobody has this name");
  await field(ida, "Name or handle").fill(ben.handle);
  await look(ida, "friends-find");
  await button(ida, "Add Ben as a friend").click();
  await sees(ida, "Asked");
  await sees(ben, "Requests");
  await look(ben, "friends-request");
  await button(ben, "Accept").click();
  await button(ben, /^Ida/).waitFor();
  await button(ida, "Back").click();
  await ida.page.getByText("Online").first().waitFor();
  await look(ida, "friends");
  await button(ida, "More about Ben").click();
  await look(ida, "friend-menu", ["phone", "desktop"]);
  await ida.page.getByRole("menuitem", { name: "Open chat" }).click();
  await sees(ida, "Nothing has been said yet");
});

it("a group is opened, with an agent", async () => {
  await button(ida, "New chat").first().click();
  await field(ida, "Find people and agents").fill("ben");
  await ida.page.getByRole("checkbox", { name: /^Ben/ }).click();
  await field(ida, "Find people and agents").fill("sage");
  await ida.page.getByRole("checkbox", { name: /^Sage/ }).first().click();
  await field(ida, "Name of the group").fill("Harbour");
  await look(ida, "new-chat");
  await button(ida, "Create group").click();
  await sees(ida, "Nothing has been said yet");
  room = path(ida).split("/").at(-1);
  await look(ida, "room-empty");
});

it("what is typed is a draft, seen by the other as writing, and names are offered", async () => {
  await goes(ben, `/chats/${room}`);
  await sees(ben, "2 people");
  const composer = ida.page.getByTestId("composer");
  await composer.pressSequentially("What about @sa");
  await sees(ben, "Ida is writing…");
  await ida.page.getByRole("menuitem", { name: /^Sage/ }).waitFor();
  await look(ida, "mention");
  await composer.press("Enter");
  assert.equal(await composer.inputValue(), "What about @sage ");
  await kept(ida, "What about @sage ");
  await ida.page.reload();
  await composer.waitFor();
  assert.equal(await composer.inputValue(), "What about @sage ");
  await composer.fill("");
});

it("a message is answered, liked, pinned, changed and taken back", async () => {
  await says(ida, "# Plan\n\nWe meet at **seven**, at the [harbour](https://example.org/map).\n\n- bread\n- cheese\n\n> and no rain");
  await says(ida, "And who brings the boat?");
  await hears(ben, "who brings the boat?");
  await says(ben, "I do, if `wind < 5`.");
  await hears(ida, "if wind < 5");
  await menuOf(ida, /who brings the boat/);
  await look(ida, "message-menu", ["phone", "desktop"]);
  await button(ida, "React with 🎉").click();
  await button(ben, "🎉, 1").click();
  await button(ida, "🎉, 2").waitFor();
  await chooses(ida, /We meet at/, "Pin");
  await button(ben, "Go to the pinned message").waitFor();
  await chooses(ida, /who brings the boat/, "Edit");
  await sees(ida, "Editing");
  await look(ida, "editing", ["phone", "desktop"]);
  await says(ida, "And who brings the big boat?");
  await hears(ben, "the big boat?");
  await sees(ben, "edited");
  await chooses(ida, /if `wind/, "Reply");
  await says(ida, "Wrong, sorry");
  await hears(ben, "Wrong, sorry");
  await chooses(ida, /Wrong, sorry/, "Delete");
  await look(ida, "delete-message", ["phone", "desktop"]);
  await ida.page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await sees(ben, "Message deleted");
  await look(ida, "room");
  await button(ida, "Go to the pinned message").click();
  await chooses(ida, /We meet at/, "Unpin");
  await button(ben, "Go to the pinned message").waitFor({ state: "hidden" });
});

it("an agent is stopped, and answers again", async () => {
  await says(ida, "@sage /demo slow");
  await stops(ida);
  await timeline(ida).getByText("Stopped", { exact: true }).waitFor();
  await look(ida, "agent-stopped", ["phone", "desktop"]);
  await button(ida, "Answer again").last().click();
  await stops(ida);
  await timeline(ida).getByText("Stopped", { exact: true }).nth(1).waitFor();
});

/** Lets an answer begin, and stops it. It moves with the words that come, so no pointer is led to the button. */
async function stops(who) {
  await who.page.getByTestId("stream").getByText(/\w/).first().waitFor();
  await button(who, "Stop").evaluate((stop) => stop.click());
  await who.page.getByTestId("stream").waitFor({ state: "hidden" });
}

const benSays = (text) =>
  call("POST", `/api/chat/rooms/${room}/messages`, { clientId: crypto.randomUUID(), text }, benToken);

it("what is new is counted and marked, and the way down stands where one has scrolled up", async () => {
  for (let number = 1; number <= 40; number += 1) await benSays(`Line ${number} of a long evening`);
  await hears(ida, "Line 40 of");
  await ida.page.getByRole("link", { name: "Friends" }).click();
  await sees(ida, "1 friend");
  await benSays("Back in the room?");
  await ida.page.getByRole("link", { name: "Chats, 1 unread" }).waitFor();
  await ida.page.getByRole("link", { name: "Chats, 1 unread" }).click();
  if (!path(ida).endsWith(room)) await button(ida, /^Harbour, 1 unread/).click();
  await timeline(ida).getByText("New", { exact: true }).waitFor();
  // A page that is left at once takes along that it was read.
  await ida.page.getByRole("link", { name: "Chats", exact: true }).waitFor();
  await goes(ida, "/chats");
  await button(ida, /^Harbour/).waitFor();
  for (const text of ["Are you there?", "The wind turns.", "We should go in."]) await benSays(text);
  await button(ida, /^Harbour, 3 unread/).waitFor();
  await look(ida, "chats-unread");
  await button(ida, /^Harbour, 3 unread/).click();
  await timeline(ida).getByText("New", { exact: true }).waitFor();
  await look(ida, "room-new");
  await timeline(ida).hover();
  await ida.page.mouse.wheel(0, -1200);
  await button(ida, /^To the newest message/).waitFor();
  await benSays("I am in already.");
  await button(ida, "To the newest message, 1 new").waitFor();
  await look(ida, "room-scrolled");
  await button(ida, "To the newest message, 1 new").click();
  await row(ida, "I am in already.").waitFor();
  await button(ida, /^To the newest message/).waitFor({ state: "hidden" });
});

it("what was said is found, in one chat and in all, and leads to its place", async () => {
  await button(ida, "Search in this chat").click();
  await look(ida, "search-empty");
  await field(ida, "Search in this chat").last().fill("evening");
  await button(ida, /Line 40 of a long evening/).last().waitFor();
  await look(ida, "search");
  await field(ida, "Search in this chat").last().fill("zebra");
  await sees(ida, "Nothing found");
  await goes(ida, "/chats");
  await field(ida, "Search chats and messages").fill("big boat");
  await ida.page.getByRole("button", { name: /^Ida.*big boat/ }).click();
  await row(ida, /the big boat/).waitFor();
  assert.ok(await row(ida, /the big boat/).isVisible());
});

it("a room is renamed, its people and agents change, and one leaves it", async () => {
  await goes(ida, `/chats/${room}`);
  await button(ida, "Details").click();
  await field(ida, "Name of the group").fill("Old harbour");
  await button(ida, "Save").click();
  await ida.page.getByRole("radio", { name: /^In turn/ }).click();
  await ida.page.getByRole("radio", { name: /^In turn/, checked: true }).waitFor();
  await look(ida, "room-details");
  await button(ida, "Add people or agents").click();
  await field(ida, "Find people and agents").waitFor();
  await look(ida, "room-add", ["phone", "desktop"]);
  await ida.page.keyboard.press("Escape");
  await button(ida, "Remove Sage").click();
  await button(ida, "Remove Sage").waitFor({ state: "hidden" });
  await goes(ben, `/chats/${room}/details`);
  await sees(ben, "Old harbour");
  await button(ben, "Leave the group").click();
  await look(ben, "room-leave", ["phone", "desktop"]);
  await ben.page.getByRole("dialog").getByRole("button", { name: "Leave the group" }).click();
  await button(ben, /^Old harbour/).waitFor({ state: "hidden" });
});

it("the look and the language are chosen, and stay", async () => {
  await goes(ida, "/settings");
  await sees(ida, "Appearance");
  await look(ida, "settings");
  await ida.page.getByRole("radio", { name: "Dark" }).click();
  await ida.page.getByRole("radio", { name: "Deutsch" }).click();
  await sees(ida, "Aussehen");
  await ida.page.reload();
  await sees(ida, "Aussehen");
  const [language, scheme] = await ida.page.evaluate(() => [document.documentElement.lang, document.documentElement.style.colorScheme]);
  assert.deepEqual([language, scheme], ["de", "dark"]);
  await ida.page.getByRole("radio", { name: "Wie das Gerät" }).first().click();
  const screens = { "/settings": "Aussehen", "/settings/sessions": "Dieses Gerät", "/friends": "1 Freund", "/friends/find": "Finde Menschen", "/chats": "Harbour" };
  for (const [place, words] of Object.entries({ ...screens, [`/chats/${room}`]: "Old harbour", [`/chats/${room}/details`]: "Personen" })) {
    await goes(ida, place);
    await sees(ida, words);
    await look(ida, `german${place.replace(room, "room").replaceAll("/", "-")}`, ["phone"]);
  }
  await goes(ida, "/settings");
  await ida.page.getByRole("radio", { name: "English" }).click();
});

it("where no page is, one is led back", async () => {
  await goes(ida, "/no/such/page");
  await sees(ida, "There is nothing here");
  await look(ida, "no-page");
  await button(ida, "Back").click();
  await button(ida, /^Old harbour/).waitFor();
});

it("a second step guards the sign-in, and is turned off again", async () => {
  await goes(ida, "/settings/security");
  await look(ida, "security");
  await ida.page.getByTestId("second-factor").click();
  const secret = await ida.page.getByTestId("secret").innerText();
  await look(ida, "security-secret", ["phone", "desktop"]);
  await ida.page.getByTestId("second-code").fill(codeOf(secret));
  await ida.page.getByTestId("second-confirm").click();
  const codes = (await ida.page.getByTestId("recovery-codes").innerText()).split("\n");
  assert.equal(codes.length, 10);
  await look(ida, "security-codes", ["phone", "desktop"]);
  await button(ida, "I have kept them").click();
  const other = await person("Ida", STILL);
  other.handle = ida.handle;
  await goes(other, "/sign-in");
  await signIn(other, NEW_PASSWORD);
  await sees(other, "One more step");
  await look(other, "second-step");
  await field(other, "Code").fill(codes[0]);
  await button(other, "Sign in").click();
  await button(other, /^Old harbour/).waitFor();
  await other.context.close();
  await ida.page.getByTestId("second-factor").click();
  await field(ida, "Present password").first().fill(NEW_PASSWORD);
  await ida.page.getByTestId("second-code").fill(codes[1]);
  await ida.page.getByTestId("second-disable").click();
  await sees(ida, "The second step is off");
});

it("a session that is ended on another device is over here, and its line is closed", async () => {
  const other = await person("Ida", STILL);
  other.handle = ida.handle;
  const line = other.page.waitForEvent("websocket");
  await goes(other, `/chats/${room}`);
  await signIn(other, NEW_PASSWORD);
  await other.page.getByTestId("composer").waitFor();
  const socket = await line;
  const closed = socket.waitForEvent("close");
  await goes(ida, "/settings/sessions");
  await sees(ida, "Sign out everywhere else");
  await look(ida, "sessions");
  await button(ida, "Sign out everywhere else").click();
  await closed;
  await sees(other, "Welcome back");
  // Signing in again leads back to the room.
  await signIn(other, NEW_PASSWORD);
  await other.page.getByTestId("composer").waitFor();
  assert.equal(path(other), `/chats/${room}`);
  await other.context.close();
});

it("a start without a network shows the last state, and what is written then is sent later", async () => {
  await goes(ida, `/chats/${room}`);
  await hears(ida, "I am in already.");
  await kept(ida, "I am in already.");
  // The files of the app are there, as an installed app has them; the server is not.
  await ida.context.route(/\/(api|realtime)\//, (route) => route.abort("internetdisconnected"));
  await ida.context.routeWebSocket(/realtime/, (socket) => socket.close());
  const page = await tab(ida);
  await page.goto(ida.page.url());
  const here = { ...ida, page };
  await hears(here, "I am in already.");
  await sees(here, "No connection");
  await says(here, "From the open sea");
  await field(here, "Being sent").waitFor();
  await look(here, "offline");
});

it("signing out forgets the person and leads to the sign-in", async () => {
  const last = await person("Ida", STILL);
  last.handle = ida.handle;
  await goes(last, "/settings");
  await signIn(last, NEW_PASSWORD);
  await button(last, "Sign out").click();
  await look(last, "sign-out", ["phone", "desktop"]);
  await last.page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
  await sees(last, "Welcome back");
  const left = await last.page.evaluate(() => Object.keys(localStorage));
  assert.ok(!left.includes("aichat.tokens") && !left.includes("aichat.me") && !left.includes("aichat.cache"), String(left));
});

it("nothing went wrong that nobody saw", nothingWentWrong);
