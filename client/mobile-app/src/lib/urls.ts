// Owns how an address of the server's own, which it gives as a path, becomes one that can be fetched from anywhere.
import { serverUrl } from './config';

export const absoluteUrl = (address: string): string =>
  address.startsWith('/') ? `${serverUrl}${address}` : address;
