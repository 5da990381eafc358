// Owns what both ways to push to this device have in common: push.native.ts on phones, push.web.ts in browsers.
export type PushState = 'unsupported' | 'denied' | 'off' | 'on';

/** Where pushes to this device stand. */
export function pushState(): Promise<PushState>;
/** Asks the person, and tells the server how this device is reached. */
export function enablePush(): Promise<void>;
/** The server forgets how this device is reached. */
export function disablePush(): Promise<void>;
/** Tells where a push that was pressed leads; returns how to stop. */
export function onPushOpened(open: (path: string) => void): () => void;
