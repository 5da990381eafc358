// Owns that a browser does nothing in the hand.
export const haptics = { tick: () => undefined, sent: () => undefined, failed: () => undefined };
