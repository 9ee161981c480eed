// The part of the `age` command that the break-glass guide uses, by age's own author's library, where 1.3 can't be had.
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Decrypter } from "age-encryption";

const { values, positionals } = parseArgs({
  options: { decrypt: { type: "boolean" }, identity: { type: "string" }, output: { type: "string" } },
  allowPositionals: true,
});
if (!values.decrypt || !values.identity || !values.output) throw new Error("Only --decrypt --identity --output.");
const decrypter = new Decrypter();
for (const line of readFileSync(values.identity, "ascii").split("\n")) {
  if (line !== "" && !line.startsWith("#")) decrypter.addIdentity(line);
}
writeFileSync(values.output, await decrypter.decrypt(readFileSync(positionals[0])));
