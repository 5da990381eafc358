// Owns how words get into the clipboard, and that it is said.
import * as Clipboard from 'expo-clipboard';
import { toast } from '@/design';
import { i18n } from '@/i18n';

export function copyText(text: string): void {
  void Clipboard.setStringAsync(text).then(() => toast(i18n.t('common:copied')));
}
