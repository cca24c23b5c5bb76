/* eslint-disable @typescript-eslint/no-deprecated -- what replaces these calls does not exist in Electron 33 */
import { safeStorage } from 'electron';
import type { SecretBox } from '../settings/settings.ts';

/**
 * The keychain of the system. Call it when the app is ready. On Linux without a keyring Electron
 * would "encrypt" with a key that everybody knows (`basic_text`): that counts as none.
 */
export function openSecretBox(): SecretBox {
  const real = process.platform !== 'linux' || safeStorage.getSelectedStorageBackend() !== 'basic_text';
  return {
    available: real && safeStorage.isEncryptionAvailable(),
    encrypt: (text) => safeStorage.encryptString(text).toString('base64'),
    decrypt: (sealed) => safeStorage.decryptString(Buffer.from(sealed, 'base64')),
  };
}
