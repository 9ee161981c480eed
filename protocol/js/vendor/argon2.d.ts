// What we use of the bundle, as types: wider signatures exist and are not for us.
type Bytes = Uint8Array<ArrayBuffer>;

/** `memorySize` is in KiB.  Rejects with WebAssembly.CompileError where the page's policy forbids WebAssembly. */
export function argon2id(options: {
  password: Uint8Array;
  salt: Uint8Array;
  iterations: number;
  memorySize: number;
  parallelism: number;
  hashLength: number;
  outputType: "binary";
}): Promise<Bytes>;
