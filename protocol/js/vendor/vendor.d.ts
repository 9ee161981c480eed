// What we use of the bundle, as types: wider signatures exist and are not for us.
type Bytes = Uint8Array<ArrayBuffer>;

/** A hash function, and what `hmac` and HKDF take as one. */
export interface Hash {
  (message: Uint8Array): Bytes;
  readonly blockLen: number;
  readonly outputLen: number;
  /** A hash that is fed piece by piece. */
  create(): { update(piece: Uint8Array): unknown; digest(): Bytes };
}

/** An AEAD under one key and nonce, for one message. */
export interface Aead {
  encrypt(plaintext: Uint8Array, output?: Uint8Array): Bytes;
  /** Throws where the tag does not fit. */
  decrypt(ciphertext: Uint8Array, output?: Uint8Array): Bytes;
}

/** A point of edwards25519.  `multiplyUnsafe` takes 0 to l - 1, and a time that depends on it: for public scalars. */
export interface Point {
  multiplyUnsafe(scalar: bigint): Point;
  /** Tables of so many bits are made when the point is first multiplied, and kept. */
  precompute(bits: number): Point;
  subtract(other: Point): Point;
  toBytes(): Bytes;
  is0(): boolean;
  isSmallOrder(): boolean;
  isTorsionFree(): boolean;
}

/** RFC 8785 for any JSON value, floats included; undefined for what JSON can't hold. */
export function canonicalize(value: unknown): string | undefined;
export function chacha20poly1305(key: Uint8Array, nonce: Uint8Array, associated?: Uint8Array): Aead;
export function xchacha20poly1305(key: Uint8Array, nonce: Uint8Array, associated?: Uint8Array): Aead;
export function extract(hash: Hash, ikm: Uint8Array, salt?: Uint8Array): Bytes;
export function expand(hash: Hash, key: Uint8Array, info?: Uint8Array, length?: number): Bytes;
export function hmac(hash: Hash, key: Uint8Array, message: Uint8Array): Bytes;
export const sha256: Hash;
export const sha512: Hash;
export const sha3_256: Hash;
export function shake256(message: Uint8Array, options: { dkLen: number }): Bytes;
export const ed25519: {
  /** `seed`: the 32 bytes of RFC 8032's private key. */
  sign(message: Uint8Array, seed: Uint8Array): Bytes;
  getPublicKey(seed: Uint8Array): Bytes;
  /** `fromBytes` throws for bytes that are no canonical point. */
  Point: { BASE: Point; Fn: { ORDER: bigint }; fromBytes(bytes: Uint8Array, zip215?: boolean): Point };
};
export const x25519: {
  getPublicKey(scalar: Uint8Array): Bytes;
  /** Throws where the secret would be zero. */
  getSharedSecret(scalar: Uint8Array, publicKey: Uint8Array): Bytes;
};
export const mlKem768: {
  keygen(seed: Uint8Array): { publicKey: Bytes; secretKey: Bytes };
  encapsulate(publicKey: Uint8Array): { cipherText: Bytes; sharedSecret: Bytes };
  decapsulate(cipherText: Uint8Array, secretKey: Uint8Array): Bytes;
};
