// Offsets of the server count characters (code points); those of the browser count UTF-16 units.
"use strict";

function offsetsOf(text) {
  if (!/[\ud800-\udfff]/.test(text)) return { unit: n => n, point: n => n };
  const units = [0];
  for (const char of text) units.push(units[units.length - 1] + char.length);
  return {
    unit: n => units[Math.min(n, units.length - 1)],
    point: n => {
      let low = 0, high = units.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (units[middle] <= n) low = middle; else high = middle - 1;
      }
      return low;
    },
  };
}

// An element with attributes, listeners (onclick) and children; text is always text.
function el(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === false || value === null || value === undefined) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "value") made.value = value;
    else made.setAttribute(key, value === true ? "" : value);
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false) made.append(child);
  }
  return made;
}
