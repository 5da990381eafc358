// Owns how a list of pages is read to its end.
import type { Page } from '@aichatwar/shared';

/** Reads pages until the last, or until so many have been read. */
export async function allPages<Item>(
  read: (cursor: string | undefined) => Promise<Page<Item>>,
  pagesMax = 10,
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < pagesMax; page += 1) {
    const { items: more, nextCursor } = await read(cursor);
    items.push(...more);
    if (!nextCursor) break;
    cursor = nextCursor;
  }
  return items;
}
