// Owns the order in which comments stand: each first one with the answers under it.
import type { Comment } from '@aichatwar/shared';

export interface CommentRow {
  comment: Comment;
  /** An answer stands under the first comment of its thread. */
  answer: boolean;
}

export function threaded(comments: readonly Comment[]): CommentRow[] {
  const answers = new Map<string, Comment[]>();
  const seen = new Set<string>();
  const firsts: Comment[] = [];
  for (const comment of comments) {
    if (seen.has(comment.id)) continue;
    seen.add(comment.id);
    if (!comment.threadId) firsts.push(comment);
    else answers.set(comment.threadId, [...(answers.get(comment.threadId) ?? []), comment]);
  }
  const rows = firsts.flatMap((comment): CommentRow[] => {
    const under = answers.get(comment.id) ?? [];
    answers.delete(comment.id);
    return [{ comment, answer: false }, ...under.map((one) => ({ comment: one, answer: true }))];
  });
  // Answers whose first comment I may not see.
  for (const orphans of answers.values()) rows.push(...orphans.map((comment) => ({ comment, answer: true })));
  return rows;
}
