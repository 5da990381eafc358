// Owns every colour, distance, radius, size of type and duration of the app. Components hold no numbers of their own.
import { Platform } from 'react-native';

const palette = {
  light: {
    /** Behind everything. */
    canvas: '#ffffff',
    /** Bars, panes and cards. */
    surface: '#f7f7f9',
    /** What lies on a surface: bubbles, fields. */
    raised: '#eeeff3',
    /** A field or row under the pointer. */
    hover: '#e7e8ee',
    /** What comes over the screen. */
    sheet: '#ffffff',
    border: '#e3e4ea',
    borderStrong: '#8b8f9e',
    text: '#15171e',
    textMuted: '#565b6b',
    textFaint: '#636878',
    accent: '#5b55d0',
    accentHover: '#4d47be',
    accentSoft: '#ecebfb',
    onAccent: '#ffffff',
    onAccentMuted: '#e8e6fc',
    agent: '#0b766a',
    agentSoft: '#e2f4f1',
    success: '#17713f',
    successSoft: '#e2f5ea',
    online: '#22a565',
    warning: '#8a5a00',
    warningSoft: '#fdf1d8',
    danger: '#c2293a',
    dangerSoft: '#fcebec',
    onDanger: '#ffffff',
    overlay: 'rgba(16, 18, 24, 0.44)',
    shadow: '#10121c',
    code: '#f1f1f5',
    flash: '#fff3c9',
  },
  dark: {
    canvas: '#101216',
    surface: '#16181e',
    raised: '#20232b',
    hover: '#282c36',
    sheet: '#1a1d24',
    border: '#2a2e38',
    borderStrong: '#6f7585',
    text: '#f1f2f5',
    textMuted: '#b0b5c3',
    textFaint: '#8f95a5',
    accent: '#8f8af2',
    accentHover: '#a29ef6',
    accentSoft: '#272650',
    onAccent: '#14122e',
    onAccentMuted: '#262359',
    agent: '#5ccfbd',
    agentSoft: '#12302d',
    success: '#54c98b',
    successSoft: '#14301f',
    online: '#3ecf80',
    warning: '#f0c063',
    warningSoft: '#3a2e14',
    danger: '#ff7d87',
    dangerSoft: '#3d1d22',
    onDanger: '#2a0a0d',
    overlay: 'rgba(0, 0, 0, 0.6)',
    shadow: '#000000',
    code: '#0b0d11',
    flash: '#3f3817',
  },
} as const;

export type Scheme = keyof typeof palette;
export type Colors = { readonly [Name in keyof (typeof palette)['light']]: string };
export type ColorName = keyof Colors;
export const colors: Record<Scheme, Colors> = palette;

/** Pairs of ground and letter for faces; each passes AA. */
export const faces: Record<Scheme, readonly (readonly [string, string])[]> = {
  light: [
    ['#e4e2fb', '#453fae'],
    ['#fde3e6', '#a81f38'],
    ['#fdebd3', '#8a4b00'],
    ['#e0f0fd', '#0c5f99'],
    ['#f6e3f7', '#87308d'],
    ['#e9f1d9', '#4a6410'],
  ],
  dark: [
    ['#343167', '#cbc8ff'],
    ['#55232d', '#ffc4ca'],
    ['#4d3413', '#ffd9a0'],
    ['#173d59', '#b3defc'],
    ['#4b2350', '#f3c4f7'],
    ['#33401a', '#d5eba3'],
  ],
};

export const space = { xxs: 2, xs: 4, s: 8, m: 12, l: 16, xl: 24, xxl: 32, xxxl: 48 } as const;
export const radius = { s: 6, m: 10, l: 14, xl: 20, full: 999 } as const;
export const size = {
  touch: 44,
  bar: 56,
  rail: 76,
  listPane: 340,
  content: 720,
  form: 400,
  icon: 22,
} as const;
export const motion = { quick: 120, normal: 200, slow: 320 } as const;
/** From this width on there are two panes. */
export const WIDE = 900;

const family = Platform.select({
  web: 'Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Color Emoji", sans-serif',
  default: undefined,
});
export const mono = Platform.select({
  web: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace',
  ios: 'Menlo',
  default: 'monospace',
});

const type = (
  fontSize: number,
  lineHeight: number,
  fontWeight: '400' | '500' | '600' | '700',
  letterSpacing = 0,
) => ({ fontFamily: family, fontSize, lineHeight, fontWeight, letterSpacing }) as const;

export const typeScale = {
  display: type(28, 34, '700', -0.6),
  title: type(20, 26, '600', -0.3),
  heading: type(16, 22, '600', -0.15),
  bodyLarge: type(17, 25, '400', -0.1),
  body: type(15, 22, '400', -0.05),
  bodyStrong: type(15, 22, '600', -0.1),
  label: type(13, 18, '500'),
  caption: type(12, 16, '400'),
  captionStrong: type(12, 16, '600'),
} as const;
export type TypeName = keyof typeof typeScale;
