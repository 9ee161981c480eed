// age by another hand (age-encryption, by age's own author): what we seal it opens, and the other way round.
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";

/** @param {Uint8Array} data @param {string} identity @returns {Promise<Uint8Array>} */
export function open(data, identity) {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return decrypter.decrypt(data);
}

/** @param {Uint8Array} plaintext @param {string[]} recipients @returns {Promise<Uint8Array>} */
export function seal(plaintext, recipients) {
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return encrypter.encrypt(plaintext);
}

/** @param {string} identity @returns {Promise<string>} */
export const recipientOf = (identity) => identityToRecipient(identity);

/** @returns {Promise<string>} an X25519 identity of chance */
export const classic = () => generateX25519Identity();
