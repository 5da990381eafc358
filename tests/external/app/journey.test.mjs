// Two people and an agent chat in two browsers over the real server.
import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { DESKTOP, PHONE, SITE, close, hears, nothingWentWrong, open, person, picture, says, signUp, timeline } from "./people.mjs";

let lea, tom, room;

before(async () => {
  await open();
  lea = await person("Lea", PHONE);
  tom = await person("Tom", { ...DESKTOP, colorScheme: "dark" });
});

after(close);

it("a link into the app without a session shows the sign-in", async () => {
  await lea.page.goto(`${SITE}/chats/00000000-0000-7000-8000-000000000000`);
  await lea.page.getByText("Welcome back").waitFor();
  await picture(lea, "sign-in-phone-light");
});

it("two people sign up, and one opens a group with the other and an agent", async () => {
  await signUp(lea);
  await signUp(tom);
  await picture(tom, "no-chats-desktop-dark");
  await lea.page.getByTestId("new-chat").click();
  await lea.page.getByLabel("Find people and agents").fill(tom.handle);
  await lea.page.getByRole("checkbox", { name: /^Tom/ }).click();
  await lea.page.getByLabel("Find people and agents").fill("sage");
  await lea.page.getByRole("checkbox", { name: /^Sage/ }).first().click();
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
  await picture(tom, "group-desktop-dark");
});

it("an agent that is named answers in a stream that both see, once", async () => {
  await says(lea, "@sage what shall we talk about?");
  for (const who of [lea, tom]) await who.page.getByText("Demo: scripted").first().waitFor();
  await picture(lea, "group-phone-light");
  const words = await timeline(lea).innerText();
  assert.equal(words.split("what shall we talk about?").length - 1, 2, "once said, once quoted");
});

it("a finger's swipe answers a message", async () => {
  const target = await timeline(lea).getByText("const answer = 42;").boundingBox();
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
  assert.equal(await timeline(lea).getByText("Written in a tunnel").count(), 1);
});

it("signing out leads to the sign-in, and the room is shut", async () => {
  await lea.page.goto(`${SITE}/settings`);
  await lea.page.getByRole("button", { name: "Sign out" }).click();
  await lea.page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
  await lea.page.getByText("Welcome back").waitFor();
  await lea.page.goto(SITE + room);
  await lea.page.getByText("Welcome back").waitFor();
});

it("nothing went wrong that nobody saw", nothingWentWrong);
