// Owns that an app on a phone has no page around it.
export interface PageLook {
  language?: string;
  scheme?: 'light' | 'dark';
  ground?: string;
}

export const showOnPage = (_look: PageLook): void => undefined;
