// Owns how a document leaves the app, on a phone: as a file, by the share sheet, or on Android into a folder that the person chooses.
import { Directory, File, Paths } from 'expo-file-system';
import { Platform, Share } from 'react-native';

/** What Android's picker says when it is closed without a choice. */
const CLOSED = 'ERR_PICKER_CANCELLED';

/** Tells whether it has left: the person may think better of it. */
export async function saveFile(name: string, text: string, mime: string): Promise<boolean> {
  if (Platform.OS === 'android') {
    // Android's share hands over words from process to process, and ends an app whose words are more than a megabyte.
    const folder = await Directory.pickDirectoryAsync().catch((failure: { code?: string }) => {
      if (failure.code !== CLOSED) throw failure;
    });
    folder?.createFile(name, mime).write(text);
    return folder !== undefined;
  }
  const file = new File(Paths.cache, name);
  file.create({ overwrite: true });
  file.write(text);
  const { action } = await Share.share({ url: file.uri });
  file.delete();
  return action !== Share.dismissedAction;
}
