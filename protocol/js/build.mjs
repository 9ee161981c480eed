/**
 * The bundles: what browsers get, made from locked sources.  `node protocol/js/build.mjs` writes them, `--check` makes
 * them again in memory and exits 1 naming those that differ from the files in the repository.
 *
 * The same sources give the same bytes on every machine: no path, time or name of a machine goes into them.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const NOTICE = "protocol/js/vendor/NOTICE";

/** The one place where other people's code comes in; readable, so that it can be reviewed as it is shipped. */
const VENDOR = [
  { entry: "protocol/js/vendor/entry.js", out: "protocol/js/vendor/vendor.js" },
  { entry: "protocol/js/vendor/slices-entry.js", out: "protocol/js/vendor/slices.js" },
  { entry: "protocol/js/vendor/argon2-entry.js", out: "protocol/js/vendor/argon2.js" },
];

/** Each page's scripts.  One that runs after another borrows what that one has of others' work. */
const PAGES = [
  { entry: "intake/form/form.js", out: "intake/form/built/form.js" },
  { entry: "intake/form/coming-back.js", out: "intake/form/built/coming-back.js", borrowed: "intake/form/borrowed.js" },
  { entry: "verifier/page/desk.js", out: "verifier/page/built/desk.js" },
  { entry: "verifier/page/worker.js", out: "verifier/page/built/worker.js" },
  { entry: "alerts/check/check.js", out: "alerts/check/built/check.js" },
];

/** The first that know Object.hasOwn, which the sources use: older ones would load more and still not run. */
const OLDEST = ["chrome93", "firefox92", "safari15.4"];

const COMMON = /** @type {const} */ ({
  absWorkingDir: ROOT,
  bundle: true,
  write: false,
  charset: "utf8",
  legalComments: "none", // Every licence is in NOTICE, whole.
  logLevel: "error",
  metafile: true,
});

/**
 * noble's asynchronous Argon2 pauses in a microtask, during which no browser paints or answers a tap.  A timer does
 * let it; this is the only line of others' code that is changed, and the build fails if it is not there exactly once.
 */
const breathing = {
  name: "breathing",
  /** @param {import("esbuild").PluginBuild} builder */
  setup(builder) {
    builder.onLoad({ filter: /@noble[\\/]hashes[\\/]utils\.js$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      const pause = "export const nextTick = async () => { };";
      if (source.split(pause).length !== 2) throw new Error("@noble/hashes no longer pauses as build.mjs expects.");
      const timer = "export const nextTick = () => new Promise((resume) => setTimeout(resume, 0));";
      return { contents: source.replace(pause, timer), loader: "js" };
    });
  },
};

/** Puts a module in the place of vendor.js.  @param {string} borrowed @returns {import("esbuild").Plugin} */
const borrowing = (borrowed) => ({
  name: "borrowing",
  setup(builder) {
    builder.onResolve({ filter: /\/vendor\.js$/ }, () => ({ path: join(ROOT, borrowed) }));
  },
});

/** @returns {Promise<Map<string, string>>} the vendor bundles and the licences of what is in them, by path */
async function vendor() {
  const built = new Map();
  const used = new Set();
  for (const { entry, out } of VENDOR) {
    const made = `Made by protocol/js/build.mjs from vendor/${basename(entry)}; licences in NOTICE.  Not to be edited.`;
    const { outputFiles, metafile } = await build({
      ...COMMON,
      entryPoints: [entry],
      outfile: out,
      format: "esm",
      target: "es2022",
      banner: { js: `// @ts-nocheck\n// ${made}` },
      plugins: [breathing],
    });
    built.set(out, outputFiles[0].text);
    for (const path of Object.keys(metafile.inputs)) used.add(packageOf(path));
  }
  const notices = [...used].filter((name) => name !== null).sort();
  return built.set(NOTICE, `Other people's work in every bundle.\n\n${notices.map(notice).join("\n")}`);
}

/** @param {string} path @returns {string | null} the package a source belongs to, none for our own */
function packageOf(path) {
  const match = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path);
  return match === null ? null : match[1];
}

/** @param {string} name @returns {string} the package's name, version and whole licence */
function notice(name) {
  const folder = join(ROOT, "node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const licence = readFileSync(join(folder, "LICENSE"), "utf8").replaceAll("\r\n", "\n").trim();
  return `== ${name} ${version} (${license}) ==\n\n${licence}\n`;
}

/** @param {{entry: string, out: string, borrowed?: string}} page @returns {Promise<[string, string]>} its bundle, by path */
async function page({ entry, out, borrowed }) {
  const { outputFiles } = await build({
    ...COMMON,
    entryPoints: [entry],
    outfile: out,
    format: "iife",
    minify: true,
    plugins: borrowed === undefined ? [] : [borrowing(borrowed)],
    target: OLDEST,
  });
  return [out, outputFiles[0].text];
}

/** @returns {Promise<Map<string, string>>} the bundles of the pages, made with the vendor bundles on the disk */
async function pages() {
  const made = PAGES.filter(({ entry }) => existsSync(join(ROOT, entry))).map(page);
  return new Map(await Promise.all(made));
}

/** @param {Map<string, string>} built @returns {number} an exit code */
function check(built) {
  const stale = [...built].filter(([path, text]) => {
    const file = join(ROOT, path);
    return !existsSync(file) || readFileSync(file, "utf8") !== text;
  });
  for (const [path] of stale) console.error(`${path} is not what its sources give: run node protocol/js/build.mjs.`);
  return stale.length === 0 ? 0 : 1;
}

/** @param {Map<string, string>} built @returns {number} an exit code */
function write(built) {
  for (const [path, text] of built) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), text);
    console.log(`${relative(ROOT, join(ROOT, path))}  ${text.length} characters`);
  }
  return 0;
}

const finish = process.argv.includes("--check") ? check : write;
// The vendor bundles first, for the pages' are made with them.
process.exitCode = finish(await vendor()) | finish(await pages());
