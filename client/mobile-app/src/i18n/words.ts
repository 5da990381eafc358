// Owns the rule that a translation has the very keys of the English words.
export type Words<English extends Record<string, string>> = Record<keyof English, string>;
