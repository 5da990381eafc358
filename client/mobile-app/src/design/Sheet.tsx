// Owns what comes over the screen: from below on a phone, in the middle where there is room. Escape and the ground close it.
import { type PropsWithChildren, useEffect, useState } from 'react';
import { KeyboardAvoidingView, Modal, Platform, Pressable, ScrollView, View } from 'react-native';
import { useSafeAreaInsets } from 'react-native-safe-area-context';
import { Button } from './Button';
import { ListItem } from './ListItem';
import { Icon, type IconName } from './Icon';
import { Text } from './Text';
import { makeStyles, useIsWide } from './theme';
import { radius, space } from './tokens';
import { useReducedMotion } from './useReducedMotion';

export interface SheetProps {
  visible: boolean;
  title?: string;
  /** What it is called where it has no title. */
  label?: string;
  closeLabel: string;
  onClose: () => void;
}

export function Sheet(props: PropsWithChildren<SheetProps>) {
  const { visible, title, label = title, closeLabel, onClose, children } = props;
  const styles = useStyles();
  const wide = useIsWide();
  const still = useReducedMotion();
  const insets = useSafeAreaInsets();
  const born = useBorn();
  return (
    <Modal
      visible={visible && born}
      transparent
      animationType={still ? 'none' : wide ? 'fade' : 'slide'}
      onRequestClose={onClose}
      aria-label={label}
      statusBarTranslucent
    >
      <KeyboardAvoidingView behavior="padding" style={[styles.ground, wide && styles.groundWide]}>
        <Pressable
          style={styles.closer}
          onPress={onClose}
          role="button"
          accessibilityLabel={closeLabel}
          tabIndex={-1}
        />
        <View
          // In a browser the modal around it is the dialog.
          {...(Platform.OS === 'web'
            ? null
            : { role: 'dialog' as const, 'aria-modal': true, 'aria-label': label })}
          style={[styles.sheet, wide ? styles.sheetWide : { paddingBottom: insets.bottom + space.m }]}
        >
          {wide ? null : <View style={styles.grip} />}
          {title ? (
            <Text variant="heading" role="heading" style={styles.title}>
              {title}
            </Text>
          ) : null}
          <ScrollView bounces={false} keyboardShouldPersistTaps="handled">
            {children}
          </ScrollView>
        </View>
      </KeyboardAvoidingView>
    </Modal>
  );
}

/** A modal of the web that is open from its birth never learns that it is the one on top, and is no dialog then. */
function useBorn(): boolean {
  const [born, setBorn] = useState(Platform.OS !== 'web');
  useEffect(() => {
    const frame = requestAnimationFrame(() => setBorn(true));
    return () => cancelAnimationFrame(frame);
  }, []);
  return born;
}

/** iOS opens no modal while another one leaves. */
const LEAVES_MS = 500;

export interface MenuAction {
  icon: IconName;
  label: string;
  danger?: boolean;
  /** Another sheet. */
  opens?: true;
  onPress: () => void;
}

/** Rows of a sheet, each an action that closes it. */
export function Menu({ actions, onDone }: { actions: readonly MenuAction[]; onDone: () => void }) {
  return (
    <View role="menu">
      {actions.map((action) => (
        <ListItem
          key={action.label}
          role="menuitem"
          title={action.label}
          color={action.danger ? 'danger' : 'text'}
          leading={<Icon name={action.icon} color={action.danger ? 'danger' : 'textMuted'} />}
          onPress={() => {
            onDone();
            if (action.opens && Platform.OS === 'ios') setTimeout(action.onPress, LEAVES_MS);
            else action.onPress();
          }}
        />
      ))}
    </View>
  );
}

export interface ConfirmProps {
  visible: boolean;
  title: string;
  body: string;
  confirmLabel: string;
  cancelLabel: string;
  danger?: boolean;
  busy?: boolean;
  onConfirm: () => void;
  onCancel: () => void;
}

/** Asks before something that cannot be taken back. */
export function Confirm(props: ConfirmProps) {
  const styles = useStyles();
  return (
    <Sheet
      visible={props.visible}
      title={props.title}
      closeLabel={props.cancelLabel}
      onClose={props.onCancel}
    >
      <View style={styles.confirm}>
        <Text color="textMuted">{props.body}</Text>
        <View style={styles.buttons}>
          <Button label={props.cancelLabel} kind="secondary" onPress={props.onCancel} style={styles.grow} />
          <Button
            label={props.confirmLabel}
            kind={props.danger ? 'danger' : 'primary'}
            busy={props.busy}
            onPress={props.onConfirm}
            style={styles.grow}
          />
        </View>
      </View>
    </Sheet>
  );
}

const useStyles = makeStyles((colors) => ({
  ground: { flex: 1, justifyContent: 'flex-end', backgroundColor: colors.overlay },
  groundWide: { justifyContent: 'center', alignItems: 'center', padding: space.xl },
  closer: { position: 'absolute', top: 0, bottom: 0, left: 0, right: 0, cursor: 'auto' },
  sheet: {
    maxHeight: '85%',
    backgroundColor: colors.sheet,
    borderTopLeftRadius: radius.xl,
    borderTopRightRadius: radius.xl,
    paddingTop: space.s,
  },
  sheetWide: {
    width: 420,
    maxWidth: '100%',
    borderRadius: radius.xl,
    paddingVertical: space.m,
    boxShadow: '0 16px 48px rgba(0, 0, 0, 0.28)',
  },
  grip: {
    alignSelf: 'center',
    width: 36,
    height: 4,
    borderRadius: radius.full,
    backgroundColor: colors.border,
    marginBottom: space.s,
  },
  title: { paddingHorizontal: space.l, paddingVertical: space.s },
  confirm: { paddingHorizontal: space.l, paddingBottom: space.s, gap: space.l },
  buttons: { flexDirection: 'row', gap: space.s },
  grow: { flex: 1 },
}));
