// Owns faces: a picture or initials; people are round, agents are square, and a dot says who is there.
import { Image } from 'expo-image';
import { useState } from 'react';
import { View } from 'react-native';
import { absoluteUrl } from '@/lib/urls';
import { Icon } from './Icon';
import { Text } from './Text';
import { makeStyles, useTheme } from './theme';
import { faces } from './tokens';

export interface AvatarProps {
  /** Decides the colour, so that it stays when the name changes. */
  id: string;
  name: string;
  uri?: string | null;
  kind?: 'person' | 'agent' | 'group';
  size?: number;
  online?: boolean;
}

export function Avatar({ id, name, uri, kind = 'person', size = 40, online = false }: AvatarProps) {
  const { scheme, colors } = useTheme();
  const styles = useStyles();
  const [broken, setBroken] = useState<string | null>(null);
  const pairs = faces[scheme];
  const [ground, ink] = pairs[hash(id) % pairs.length] ?? ['', ''];
  const shape = { width: size, height: size, borderRadius: kind === 'agent' ? size * 0.3 : size / 2 };
  const dot = Math.max(10, size * 0.28);
  return (
    <View style={{ width: size, height: size }} aria-hidden>
      <View style={[styles.face, shape, { backgroundColor: kind === 'agent' ? colors.agentSoft : ground }]}>
        {uri && uri !== broken ? (
          <Image
            source={{ uri: absoluteUrl(uri) }}
            style={shape}
            contentFit="cover"
            transition={120}
            onError={() => setBroken(uri)}
          />
        ) : kind === 'agent' ? (
          <Icon name="sparkles" size={size * 0.48} color="agent" />
        ) : (
          <Text style={{ color: ink, fontSize: size * 0.38, lineHeight: size * 0.5, fontWeight: '600' }}>
            {initials(name)}
          </Text>
        )}
      </View>
      {online ? (
        <View testID="online" style={[styles.dot, { width: dot, height: dot, borderRadius: dot / 2 }]} />
      ) : null}
    </View>
  );
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return letters
    .map((word) => Array.from(word ?? '')[0] ?? '')
    .join('')
    .toLocaleUpperCase();
}

function hash(id: string): number {
  let value = 7;
  for (let index = 0; index < id.length; index += 1) value = (value * 31 + id.charCodeAt(index)) >>> 0;
  return value;
}

const useStyles = makeStyles((colors) => ({
  face: { alignItems: 'center', justifyContent: 'center', overflow: 'hidden' },
  dot: {
    position: 'absolute',
    right: -1,
    bottom: -1,
    backgroundColor: colors.online,
    borderWidth: 2,
    borderColor: colors.canvas,
  },
}));
