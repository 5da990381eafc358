// Owns the menu over one thing: what can be done with it, and the question before what cannot be taken back.
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Confirm, Menu, type MenuAction, Sheet } from '@/design';

export interface Deed extends MenuAction {
  /** Asked first, in a sheet of its own. */
  asks?: { title: string; body: string };
}

export interface ActionMenuProps<Item> {
  /** What it is about; none closes the menu. */
  item: Item | null;
  deeds: (item: Item) => readonly Deed[];
  title?: (item: Item) => string;
  /** What it is called where it has no title. */
  label?: string;
  head?: (item: Item) => ReactNode;
  onClose: () => void;
}

export function ActionMenu<Item>({ item, deeds, title, label, head, onClose }: ActionMenuProps<Item>) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<Deed | null>(null);
  // While a sheet leaves, it still shows what it was about.
  const shown = useLast(item);
  const question = useLast(asked);
  return (
    <>
      <Sheet
        visible={item !== null}
        title={shown === null ? undefined : title?.(shown)}
        label={label}
        closeLabel={t('close')}
        onClose={onClose}
      >
        {shown === null ? null : (
          <>
            {head?.(shown)}
            <Menu
              onDone={onClose}
              actions={deeds(shown).map((deed) =>
                deed.asks ? { ...deed, opens: true, onPress: () => setAsked(deed) } : deed,
              )}
            />
          </>
        )}
      </Sheet>
      <Confirm
        visible={asked !== null}
        title={question?.asks?.title ?? ''}
        body={question?.asks?.body ?? ''}
        confirmLabel={question?.label ?? ''}
        cancelLabel={t('cancel')}
        danger={question?.danger}
        onCancel={() => setAsked(null)}
        onConfirm={() => {
          setAsked(null);
          asked?.onPress();
        }}
      />
    </>
  );
}

function useLast<Value>(value: Value | null): Value | null {
  const [last, setLast] = useState(value);
  if (value !== null && value !== last) setLast(value);
  return value ?? last;
}
