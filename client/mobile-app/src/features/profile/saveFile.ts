// Owns how a document leaves the app, on a phone: by the share sheet.
import { Share } from 'react-native';

export async function saveFile(name: string, text: string): Promise<void> {
  await Share.share({ title: name, message: text });
}
