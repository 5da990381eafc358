// Owns the picture of a card: drawn from its id, so that each looks its own and the same everywhere.
import type { CardCategory } from '@aichatwar/shared';
import { View } from 'react-native';
import Svg, { Circle, Rect } from 'react-native-svg';
import Ionicons from '@expo/vector-icons/Ionicons';
import { faces, type IconName, useTheme } from '@/design';

export const categoryIcons: Record<CardCategory, IconName> = {
  assistant: 'sparkles',
  writing: 'create',
  coding: 'code-slash',
  education: 'school',
  language: 'language',
  research: 'flask',
  business: 'briefcase',
  creativity: 'color-palette',
  entertainment: 'game-controller',
  roleplay: 'people',
  wellbeing: 'leaf',
  other: 'shapes',
};

/** Draws from 0 to 1, the same for the same id. */
function draws(id: string): () => number {
  let state = 2166136261;
  for (let index = 0; index < id.length; index += 1)
    state = Math.imul(state ^ id.charCodeAt(index), 16777619) >>> 0;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822507) + 0x9e3779b9) >>> 0;
    return ((state ^ (state >>> 13)) >>> 0) / 4294967296;
  };
}

export interface CardArtProps {
  id: string;
  category: CardCategory;
  size?: number;
  /** Fills what is around it, as a banner. */
  banner?: boolean;
}

export function CardArt({ id, category, size = 56, banner }: CardArtProps) {
  const { scheme } = useTheme();
  const draw = draws(id);
  const pairs = faces[scheme];
  const [ground, ink] = pairs[Math.floor(draw() * pairs.length)] ?? ['', ''];
  const circles = Array.from({ length: banner ? 7 : 3 }, (_, index) => (
    <Circle
      key={index}
      cx={draw() * (banner ? 320 : 100)}
      cy={draw() * 100}
      r={18 + draw() * 38}
      fill={ink}
      opacity={0.05 + draw() * 0.08}
    />
  ));
  return (
    <View
      aria-hidden
      style={
        banner
          ? { height: size, backgroundColor: ground, overflow: 'hidden', justifyContent: 'center' }
          : { width: size, height: size, borderRadius: size * 0.28, overflow: 'hidden' }
      }
    >
      <Svg
        width="100%"
        height="100%"
        viewBox={banner ? '0 0 320 100' : '0 0 100 100'}
        preserveAspectRatio="xMidYMid slice"
        style={{ position: 'absolute' }}
      >
        <Rect width={banner ? 320 : 100} height={100} fill={ground} />
        {circles}
      </Svg>
      <View style={{ flex: 1, alignItems: 'center', justifyContent: 'center' }}>
        <Ionicons name={categoryIcons[category]} size={size * 0.42} color={ink} aria-hidden />
      </View>
    </View>
  );
}
