// Owns what the package gives to others.
export * from './api/client';
export * from './api/problem';
export * from './api/codes';
export * from './api/tokens';
export * from './api/shapes';
export * from './realtime/frames';
export * from './realtime/client';
export * from './realtime/backoff';
export * from './realtime/streams';
