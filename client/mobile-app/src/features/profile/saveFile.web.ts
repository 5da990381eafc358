// Owns how a document leaves the app, in a browser: as a download.
/** Browsers begin a download only after the press is over. */
const BEGINS_WITHIN_MS = 60_000;

export async function saveFile(name: string, text: string, mime: string): Promise<boolean> {
  const url = URL.createObjectURL(new Blob([text], { type: mime }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), BEGINS_WITHIN_MS);
  return true;
}
