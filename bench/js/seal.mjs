// Sealing a text tip in JavaScript, beside a bare call of age-encryption with the same recipients and as many bytes.
import { Encrypter } from "age-encryption";
import * as age from "../../protocol/js/age.js";
import { sealEnvelope } from "../../protocol/js/envelope.js";
import { CHUNK } from "../../protocol/js/limits.js";
import { asked, byTurns } from "./turns.mjs";

const { header, to, attorneys, rounds } = await asked();
const plaintext = crypto.getRandomValues(new Uint8Array(CHUNK));

async function bare() {
  const encrypter = new Encrypter();
  for (const recipient of to.recipients) encrypter.addRecipient(recipient);
  await encrypter.encrypt(plaintext);
}

const found = await byTurns(
  {
    tip: () => sealEnvelope(header, to, attorneys),
    file: () => age.seal(plaintext, to.recipients),
    bare,
  },
  rounds,
  2,
);
process.stdout.write(JSON.stringify(found));
