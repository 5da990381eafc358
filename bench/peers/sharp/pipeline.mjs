// What media's worker does with a picture, by sharp on one thread: upright, 1600, 800 and 320 as JPEG of quality 82.
//   node pipeline.mjs make FILE            makes the picture that both are given
//   node pipeline.mjs FILE SECONDS         prints pictures a second, and the bytes that came of one
import { readFileSync, writeFileSync } from "node:fs";
import sharp from "sharp";

sharp.concurrency(1);
sharp.cache(false);

const SIZES = [1600, 800, 320];

/** Makes a picture of 4000 x 3000 that packs about as a photograph does: a soft noise of many sizes. */
const make = async (file) => {
  const layers = [];
  for (const side of [8, 32, 128, 512, 2000]) {
    const noise = { type: "gaussian", mean: 128, sigma: 60 };
    const layer = sharp({ create: { width: side, height: Math.ceil((side * 3) / 4), channels: 3, background: "#888", noise } });
    const input = await sharp(await layer.png().toBuffer()).resize(4000, 3000, { kernel: "cubic", fit: "fill" }).png().toBuffer();
    layers.push({ input, blend: "soft-light" });
  }
  const ground = sharp({ create: { width: 4000, height: 3000, channels: 3, background: "#b09070" } });
  writeFileSync(file, await ground.composite(layers).jpeg({ quality: 90 }).toBuffer());
};

/** Unpacks once, and makes each size from the one before. */
const once = async (bytes) => {
  let pixels = { data: bytes, options: {} };
  let out = bytes.length;
  for (const side of SIZES) {
    const from = sharp(pixels.data, pixels.options).rotate().resize(side, side, { fit: "inside", withoutEnlargement: true });
    const { data, info } = await from.raw().toBuffer({ resolveWithObject: true });
    pixels = { data, options: { raw: { width: info.width, height: info.height, channels: info.channels } } };
    out += (await sharp(data, pixels.options).jpeg({ quality: 82 }).toBuffer()).length;
  }
  return out;
};

const [first, second] = process.argv.slice(2);
if (first === "make") {
  await make(second);
} else {
  const bytes = readFileSync(first);
  const out = await once(bytes);
  const begun = performance.now();
  let made = 0;
  while (performance.now() - begun < second * 1000) {
    await once(bytes);
    made += 1;
  }
  console.log(`${((made * 1000) / (performance.now() - begun)).toFixed(3)} ${out}`);
}
