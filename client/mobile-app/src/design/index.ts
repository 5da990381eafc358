// Owns what screens may use of the design system.
export * from './Avatar';
export * from './Badge';
export * from './Button';
export * from './Card';
export * from './Icon';
export * from './Input';
export * from './ListItem';
export * from './Screen';
export * from './SegmentedControl';
export * from './Sheet';
export * from './States';
export * from './Text';
export * from './Toast';
export * from './Touchable';
export * from './theme';
export * from './tokens';
export * from './useReducedMotion';
