// The reviewing screen: text on one side, findings and comments on the other; talks to the page through Streamlit.
"use strict";

const Sheet = {
  data: null, active: null, adding: null, said: null, waiting: null, seq: 0, store: "", mode: {}, similar: {},
  filter: { severities: new Set(), status: "", category: "" },

  post(type, more) { window.parent.postMessage({ isStreamlitMessage: true, type, ...more }, "*"); },

  // Something to be done by the server; the draft is dropped once it has said yes.
  send(action, values, draftKey) {
    if (Sheet.waiting) return;
    Sheet.seq = Math.max(Sheet.seq + 1, Date.now());
    Sheet.waiting = { seq: Sheet.seq, draftKey, key: values.key, action };
    document.body.classList.add("busy");
    Sheet.post("streamlit:setComponentValue", { dataType: "json", value: { seq: Sheet.seq, action, ...values } });
  },

  act(c, action, values, draftKey) {
    Sheet.send(action, { key: c.key, id: c.id, finding: c.finding, version: c.version, ...values }, draftKey);
  },

  receive(data) {
    const answer = data.answer, asked = Sheet.waiting;
    const first = !Sheet.data || Sheet.data.document.id !== data.document.id;
    const renamed = first ? new Map() : Sheet.renamed(Sheet.data, data);
    Sheet.data = data;
    Sheet.store = `sheet-${data.user}-${data.document.id}-`;
    if (asked && answer && answer.seq === asked.seq) {
      Sheet.waiting = null;
      document.body.classList.remove("busy");
      Sheet.answered(asked, answer);
    }
    for (const [before, after] of renamed) Sheet.rename(before, after);
    if (first) {
      Sheet.adding = null;
      Sheet.active = null;
    }
    Sheet.draw();
    Sheet.fit();
    if (first) Sheet.panel().show(textPane, null, false);
  },

  answered(asked, answer) {
    if (answer.similar) { Sheet.similar[asked.key] = answer.similar; return; }
    Sheet.said = answer.message ? { key: answer.key || asked.key, ok: answer.ok, text: answer.message } : null;
    if (!answer.ok) return;
    if (asked.draftKey) Cards.keep(asked.draftKey, null);
    if (asked.action === "add") Sheet.adding = null;
    if (asked.key) delete Sheet.mode[asked.key];
    const renamed = answer.key || asked.key;  // a finding that became a comment has a new key
    if (Sheet.active === asked.key || asked.action === "add") Sheet.active = renamed;
    if (["accept", "dismiss"].includes(asked.action) && !asked.draftKey?.startsWith("edit")) Sheet.step(1, true);
  },

  // A finding becomes a comment, under another key, when somebody deals with it (here or elsewhere).
  renamed(before, after) {
    const there = new Set(after.comments.map(c => c.key)), found = new Map();
    for (const c of before.comments) {
      const now = there.has(c.key) || !c.fingerprint ? null : after.comments.find(o => o.fingerprint === c.fingerprint);
      if (now) found.set(c.key, now.key);
    }
    return found;
  },

  rename(before, after) {
    if (Sheet.active === before) Sheet.active = after;
    if (Sheet.said && Sheet.said.key === before) Sheet.said.key = after;
    for (const kept of [Sheet.mode, Sheet.similar]) {
      if (kept[before] !== undefined) { kept[after] = kept[before]; delete kept[before]; }
    }
    for (const form of ["edit", "dismiss", "reply", "answer"]) {
      const draft = Cards.draft(`${form}-${before}`);
      if (draft) { Cards.keep(`${form}-${after}`, draft); Cards.keep(`${form}-${before}`, null); }
    }
  },

  // What the left side shows: the text, or the pages of a PDF.
  panel() { return Pages.on && Sheet.data.document.pages ? Pages : Text; },

  draw() {
    if (!Sheet.data) return;
    const focus = document.activeElement?.name ? [document.activeElement.closest("[data-key]")?.dataset.key, document.activeElement.name, document.activeElement.selectionStart] : null;
    Sheet.panel().draw(textPane, Sheet.data);
    document.getElementById("tools").replaceChildren(...Cards.tools(Sheet.data));
    const shown = Cards.shown(Sheet.data), top = cardsPane.scrollTop;
    const cards = shown.map(c => Cards.card(c, c.key === Sheet.active, Sheet.data));
    if (Sheet.adding) cards.unshift(Forms.add());
    if (!cards.length) cards.push(el("p", { class: "empty" }, Sheet.data.comments.length ? "没有符合筛选条件的意见" : Sheet.data.reviewed
      ? "机审没有发现问题，这不等于没有问题。选中正文里的文字可以提出意见。" : "还没有机审结果，稍后请点“刷新”；没有完成的，原因写在事项的“审查意见”里。"));
    cardsPane.replaceChildren(...cards);
    cardsPane.scrollTop = top;
    if (focus) {
      const field = cardsPane.querySelector(`${focus[0] ? `[data-key="${focus[0]}"]` : "#new"} [name="${focus[1]}"]`);
      if (field) { field.focus({ preventScroll: true }); try { field.setSelectionRange(focus[2], focus[2]); } catch { /* a select */ } }
    }
    Sheet.panel().show(textPane, Sheet.active, false);
  },

  activate(key, fromList) {
    if (Sheet.active !== key) Sheet.said = null;
    Sheet.active = key;
    Sheet.draw();
    Sheet.panel().show(textPane, key, true);
    const card = key && cardsPane.querySelector(`[data-key="${key}"]`);
    if (card && !fromList) card.scrollIntoView({ block: "nearest" });
    if (card && fromList) card.scrollIntoView({ block: "nearest" });
  },

  step(by, onlyPending) {
    const shown = Cards.shown(Sheet.data);
    if (!shown.length) return;
    let at = shown.findIndex(c => c.key === Sheet.active);
    if (onlyPending) {
      const next = shown.slice(at + 1).find(c => c.status === "pending");
      if (next) { const said = Sheet.said; Sheet.activate(next.key, false); Sheet.said = said; }
      return;
    }
    at = at < 0 ? (by > 0 ? 0 : shown.length - 1) : Math.min(shown.length - 1, Math.max(0, at + by));
    Sheet.activate(shown[at].key, false);
  },

  setMode(c, mode) {
    Sheet.mode[c.key] = mode;
    Sheet.draw();
    const field = cardsPane.querySelector(`[data-key="${c.key}"] form [name]`);
    if (mode && field) field.focus();
  },

  relocate(c) {
    const found = Text.selected(textPane) || Sheet.lastSelection;
    if (found) Sheet.act(c, "relocate", { start: found[0], end: found[1] });
  },

  begin() {
    const found = Text.selected(textPane) || Sheet.lastSelection;
    if (!found) return;
    const text = Sheet.data.document.text;
    Sheet.adding = { start: found[0], end: found[1], excerpt: text.slice(Text.offsets.unit(found[0]), Text.offsets.unit(found[1])) };
    Sheet.active = null;
    Sheet.said = null;
    document.getElementById("add").hidden = true;
    document.getSelection().removeAllRanges();
    Sheet.draw();
    cardsPane.scrollTop = 0;
    cardsPane.querySelector("#new [name=text]").focus();
  },

  // As high as what is left of the window that the page is shown in; on a phone nearly all of it.
  fit() {
    let height = 720;
    try {
      const above = window.innerWidth < 700 ? 16 : Math.max(0, window.frameElement.getBoundingClientRect().top + window.parent.scrollY) + 18;
      height = window.parent.innerHeight - above;
    } catch { /* shown elsewhere */ }
    const wanted = Math.round(Math.max(460, height));
    if (Math.abs(wanted - (Sheet.height || 0)) > 60) { Sheet.height = wanted; Sheet.post("streamlit:setFrameHeight", { height: wanted }); }
  },
};

const textPane = document.getElementById("text"), cardsPane = document.getElementById("cards"), addButton = document.getElementById("add");

window.addEventListener("message", event => {
  if (event.source === window.parent && event.data.type === "streamlit:render") Sheet.receive(event.data.args);
});

textPane.addEventListener("click", event => {
  const mark = event.target.closest("mark");
  if (mark && document.getSelection().isCollapsed) {
    const keys = mark.dataset.keys.split(" "), at = keys.indexOf(Sheet.active);
    const wanted = at >= 0 && keys.length > 1 ? keys[(at + 1) % keys.length] : mark.dataset.key;
    if (!Cards.shown(Sheet.data).some(c => c.key === wanted)) Sheet.filter = { severities: new Set(), status: "", category: "" };
    Sheet.activate(wanted, false);
  }
});

document.addEventListener("selectionchange", () => {
  const found = Sheet.data && !Pages.on && Sheet.data.can.includes("comment") ? Text.selected(textPane) : null;
  if (found) Sheet.lastSelection = found;
  addButton.hidden = !found;
  if (found) {
    const box = document.getSelection().getRangeAt(0).getBoundingClientRect();
    addButton.style.top = `${Math.min(window.innerHeight - 44, box.bottom + 6)}px`;
    addButton.style.left = `${Math.max(4, Math.min(window.innerWidth - 180, box.left))}px`;
  }
});
addButton.addEventListener("pointerdown", event => event.preventDefault());
addButton.addEventListener("click", () => Sheet.begin());

document.addEventListener("keydown", event => {
  if (!Sheet.data || event.ctrlKey || event.metaKey || event.altKey) return;
  const current = Sheet.data.comments.find(c => c.key === Sheet.active);
  if (event.key === "Escape") {
    if (Sheet.adding) { Sheet.adding = null; Sheet.draw(); } else if (current) Sheet.setMode(current, "");
    return;
  }
  if (event.target.closest("input, textarea, select")) return;
  const key = event.key.toLowerCase(), dispose = Sheet.data.can.includes("dispose");
  const does = {
    j: () => Sheet.step(1), k: () => Sheet.step(-1), arrowdown: () => Sheet.step(1), arrowup: () => Sheet.step(-1),
    a: () => current && dispose && current.status === "pending" && Sheet.act(current, "accept", {}),
    d: () => current && dispose && current.origin === "machine" && Sheet.setMode(current, "dismiss"),
    e: () => current && dispose && Sheet.setMode(current, "edit"),
    r: () => cardsPane.querySelector(`[data-key="${Sheet.active}"] textarea[name=text]`)?.focus(),
  }[key];
  if (does) { event.preventDefault(); does(); }
});

window.addEventListener("resize", () => Sheet.fit());
Sheet.post("streamlit:componentReady", { apiVersion: 1 });
