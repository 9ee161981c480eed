// What we use of the bundle, as types: wider signatures exist and are not for us.
type Bytes = Uint8Array<ArrayBuffer>;

/** t: passes, m: KiB, p: lanes; asyncTick: the longest slice in milliseconds. */
export interface Argon2 {
  t: number;
  m: number;
  p: number;
  dkLen?: number;
  asyncTick?: number;
  onProgress?: (done: number) => void;
}

/** Argon2id (RFC 9106), in slices between which the page can breathe. */
export function argon2idAsync(password: Uint8Array, salt: Uint8Array, options: Argon2): Promise<Bytes>;
