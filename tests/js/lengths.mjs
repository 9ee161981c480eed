// What the house test asks of JavaScript, as the TypeScript compiler parses it.  Usage: node tests/js/lengths.mjs FILE…
// Writes one JSON object by file: functions (name, first line, number of lines); imports (what, line); names: each free
// name and each member, with the line where it first stands (a member as ".name", of a plain name also as "of.name").
import { resolve } from "node:path";
import { API } from "typescript/unstable/sync";
import { SyntaxKind } from "typescript/unstable/ast";
import { computeLineStarts } from "typescript/unstable/ast/scanner";

const FUNCTIONS = new Set([
  SyntaxKind.FunctionDeclaration,
  SyntaxKind.FunctionExpression,
  SyntaxKind.ArrowFunction,
  SyntaxKind.MethodDeclaration,
  SyntaxKind.Constructor,
  SyntaxKind.GetAccessor,
  SyntaxKind.SetAccessor,
]);

/** @param {any} node @returns {string} */
function nameOf(node) {
  return node.name?.text ?? node.parent?.name?.text ?? "(no name)";
}

/** @param {any} node @returns {string[]} what an identifier is called here: alone, or as a member of something */
function callings(node) {
  const parent = node.parent;
  const member = parent.kind === SyntaxKind.PropertyAccessExpression && parent.name === node;
  const of = member && parent.expression.kind === SyntaxKind.Identifier ? parent.expression.text : "";
  if (member) return [`.${node.text}`, `${of}.${node.text}`];
  const key = parent.kind === SyntaxKind.PropertyAssignment && parent.name === node;
  return key ? [] : [node.text];
}

/** @param {any} node @returns {string | undefined} what a node imports: a module's name, "(computed)" or nothing */
function importOf(node) {
  const dynamic = node.kind === SyntaxKind.CallExpression && node.expression.kind === SyntaxKind.ImportKeyword;
  if (dynamic) return node.arguments[0]?.text ?? "(computed)";
  const fixed = node.kind === SyntaxKind.ImportDeclaration || node.kind === SyntaxKind.ExportDeclaration;
  return fixed ? node.moduleSpecifier?.text : undefined;
}

/** @param {any} source */
function read(source) {
  const starts = computeLineStarts(source.text);
  const lineOf = (/** @type {number} */ at) => starts.findLastIndex((start) => start <= at) + 1;
  /** @type {{name: string, line: number, lines: number}[]} */
  const functions = [];
  /** @type {{what: string, line: number}[]} */
  const imports = [];
  /** @type {Record<string, number>} */
  const names = Object.create(null);
  const visit = (/** @type {any} */ node) => {
    const line = lineOf(node.getStart(source));
    if (FUNCTIONS.has(node.kind)) functions.push({ name: nameOf(node), line, lines: lineOf(node.end) - line + 1 });
    if (node.kind === SyntaxKind.Identifier) for (const name of callings(node)) names[name] ??= line;
    const what = importOf(node);
    if (what !== undefined) imports.push({ what, line });
    node.forEachChild(visit);
  };
  visit(source);
  return { functions, imports, names };
}

const files = process.argv.slice(2).map((file) => resolve(file));
const api = new API({});
try {
  const snapshot = api.updateSnapshot({ openFiles: files });
  const found = files.map((file) => {
    const source = snapshot.getDefaultProjectForFile(file)?.program.getSourceFile(file);
    if (!source) throw new Error(`${file} could not be read`);
    return [file, read(source)];
  });
  process.stdout.write(JSON.stringify(Object.fromEntries(found)));
} finally {
  api.close();
}
