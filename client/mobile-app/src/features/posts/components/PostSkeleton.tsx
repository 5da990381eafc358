// Owns the shape of posts that are not there yet.
import { View } from 'react-native';
import { makeStyles, Skeleton, space } from '@/design';

export function PostSkeleton({ label, count = 4 }: { label: string; count?: number }) {
  const styles = useStyles();
  return (
    <View role="status" aria-busy aria-label={label}>
      {Array.from({ length: count }, (_, index) => (
        <View key={index} style={styles.row}>
          <Skeleton width={44} height={44} round />
          <View style={styles.body}>
            <Skeleton width="42%" />
            <Skeleton width="94%" />
            <Skeleton width="70%" />
            {index % 2 ? <Skeleton height={150} /> : null}
          </View>
        </View>
      ))}
    </View>
  );
}

const useStyles = makeStyles((colors) => ({
  row: {
    flexDirection: 'row',
    gap: space.m,
    padding: space.l,
    borderBottomWidth: 1,
    borderBottomColor: colors.border,
  },
  body: { flex: 1, gap: space.s + 2, paddingTop: space.xs },
}));
