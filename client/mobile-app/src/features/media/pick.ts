// Owns how a person chooses pictures and films, on phone and web.
import * as ImagePicker from 'expo-image-picker';

/** A file on this device, before the server has it. */
export interface LocalFile {
  uri: string;
  name: string;
  mime: string;
  bytes: number | null;
  width: number;
  height: number;
  /** What a browser gives instead of a path. */
  blob?: Blob;
}

export interface PickOptions {
  max?: number;
  picturesOnly?: boolean;
  /** One square picture, for a face. */
  square?: boolean;
}

/** Opens the device's choice of pictures; empty when nothing was chosen. */
export async function pickMedia({ max = 1, picturesOnly, square }: PickOptions = {}): Promise<LocalFile[]> {
  const picked = await ImagePicker.launchImageLibraryAsync({
    mediaTypes: picturesOnly ? ['images'] : ['images', 'videos'],
    allowsMultipleSelection: max > 1,
    selectionLimit: max,
    allowsEditing: square === true,
    aspect: square ? [1, 1] : undefined,
    quality: 1,
    // The server takes no HEIC.
    preferredAssetRepresentationMode: ImagePicker.UIImagePickerPreferredAssetRepresentationMode.Compatible,
  });
  if (picked.canceled) return [];
  return picked.assets.slice(0, max).map((asset, index) => ({
    uri: asset.uri,
    name: asset.fileName ?? asset.file?.name ?? `media-${index + 1}`,
    mime: asset.mimeType ?? asset.file?.type ?? 'application/octet-stream',
    bytes: asset.fileSize ?? asset.file?.size ?? null,
    width: asset.width,
    height: asset.height,
    ...(asset.file ? { blob: asset.file } : {}),
  }));
}
