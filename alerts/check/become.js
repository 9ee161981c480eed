/** What stands on the page becomes what shall stand there.  Only what differs is touched, so nobody loses their place. */

/**
 * Give an element the children of another one, which is taken apart.
 *
 * Whatever says the same as before stays, and with it the focus, a selection, and what is pressed just now.
 * @param {Element} old @param {Element} fresh
 */
export function become(old, fresh) {
  const [were, are] = [[...old.childNodes], [...fresh.childNodes]];
  for (const one of were.slice(are.length)) one.remove();
  old.append(...are.slice(were.length));
  for (const [at, one] of are.slice(0, were.length).entries()) exchange(were[at], one);
}

/** @param {ChildNode} old @param {ChildNode} fresh */
function exchange(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old instanceof Text && fresh instanceof Text) old.data = fresh.data;
  else if (old instanceof Element && fresh instanceof Element && isAlike(old, fresh)) become(old, fresh);
  else old.replaceWith(fresh);
}

/** @param {Element} old @param {Element} fresh @returns {boolean} whether nothing but what is in them may differ */
function isAlike(old, fresh) {
  const shell = (/** @type {Element} */ one) => {
    const named = one.getAttributeNames().filter((name) => name !== "open"); // Details that the reader opened.
    return JSON.stringify([one.tagName, ...named.map((name) => [name, one.getAttribute(name)])]);
  };
  return shell(old) === shell(fresh);
}
