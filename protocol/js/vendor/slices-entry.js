// Argon2 in JavaScript and in slices, for pages: apart from vendor.js, because few of them need it.
export { argon2idAsync } from "@noble/hashes/argon2.js";
