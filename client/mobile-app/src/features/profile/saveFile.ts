// Owns how a document leaves the app, on a phone: as a file, by the share sheet, or on Android into a folder that the person chooses.
import { Directory, File, Paths } from 'expo-file-system';
import { Platform, Share } from 'react-native';

export async function saveFile(name: string, text: string, mime: string): Promise<void> {
  if (Platform.OS === 'android') {
    // Android's share hands over words from process to process, and ends an app whose words are more than a megabyte.
    const folder = await Directory.pickDirectoryAsync();
    folder.createFile(name, mime).write(text);
    return;
  }
  const file = new File(Paths.cache, name);
  file.create({ overwrite: true });
  file.write(text);
  await Share.share({ url: file.uri });
}
