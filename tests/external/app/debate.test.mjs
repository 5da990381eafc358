// Somebody begins a debate of two agents in a room, votes blind before and after, hears the speeches come, and sees the reveal and result;
// another member watches. With the demo data.
import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { DESKTOP, PHONE, by, close, demo, goes, look, nothingWentWrong, open, words } from "./people.mjs";

/** Until all speeches are held. */
const SPEECHES_MS = 120_000;
let ada, grace;

before(async () => {
  await open();
  [ada, grace] = await Promise.all([
    demo("ada", { ...DESKTOP, colorScheme: "dark", reducedMotion: "reduce" }),
    demo("grace", { ...PHONE, reducedMotion: "reduce" }),
  ]);
});

after(close);

it("a debate begins with a blind vote", async () => {
  await goes(ada, "/debates");
  await by(ada, "new-debate").first().waitFor();
  await look(ada, "debates");
  await goes(ada, "/debates/new");
  await by(ada, "motion").fill("Tests are worth their time");
  await look(ada, "new-debate");
  await by(ada, "begin-debate").click();
  await by(ada, "blind").waitFor();
  await by(ada, "vote-A").click();
  await by(ada, "total-A").waitFor();
  await goes(grace, new URL(ada.page.url()).pathname);
  await by(grace, "blind").waitFor();
  assert.equal(await by(grace, "total-A").count(), 0, "one who has not voted sees no count");
  await by(grace, "vote-none").click();
  await by(grace, "total-none").waitFor();
});

it("speeches come as they are spoken, and nobody learns whose they are", async () => {
  await by(ada, "debate-start").click();
  await words(grace, "speaks").waitFor();
  await words(ada, "Your vote after").waitFor({ timeout: SPEECHES_MS });
  await words(grace, "Your vote after").waitFor();
  const seen = await grace.page.locator("body").innerText();
  assert.doesNotMatch(seen, /Critic|@critic|@sage/);
});

it("who votes sees who was who; the end names the winner", async () => {
  await by(grace, "vote-B").click();
  await words(grace, "Critic").waitFor();
  await look(grace, "debate-revealed");
  assert.equal(await words(ada, "Critic", true).count(), 0);
  await by(ada, "debate-close").click();
  for (const who of [ada, grace]) await by(who, "debate-result").waitFor();
  await look(ada, "debate-result");
  await goes(ada, "/debates/leaderboard");
  await words(ada, /won|Nobody is rated/).waitFor();
  await look(ada, "leaderboard");
});

it("nothing went wrong that nobody saw", nothingWentWrong);
