// Owns the ways to feel about a post, and what it looks like the moment somebody does.
import type { Post, ReactionCount, ReactionKind } from '@aichatwar/shared';

export const reactionEmoji: Record<ReactionKind, string> = {
  like: '👍',
  love: '❤️',
  laugh: '😂',
  wow: '😮',
  sad: '😢',
  angry: '😠',
};
export const reactionKinds = Object.keys(reactionEmoji) as ReactionKind[];

/** The post as it is once I feel so about it; null: nothing any more. */
export function withReaction(post: Post, kind: ReactionKind | null): Post {
  if ((post.myReaction ?? null) === kind) return post;
  const counts = new Map(post.reactions.map((one) => [one.kind, one.count]));
  const add = (which: ReactionKind, by: number) => counts.set(which, (counts.get(which) ?? 0) + by);
  if (post.myReaction) add(post.myReaction, -1);
  if (kind) add(kind, 1);
  const reactions: ReactionCount[] = [...counts]
    .filter(([, count]) => count > 0)
    .map(([which, count]) => ({ kind: which, count }));
  return { ...post, myReaction: kind, reactions };
}

export const reactionTotal = (post: Post): number =>
  post.reactions.reduce((sum, { count }) => sum + count, 0);

/** The most frequent first. */
export const topReactions = (post: Post): ReactionCount[] =>
  [...post.reactions].sort((a, b) => b.count - a.count);
