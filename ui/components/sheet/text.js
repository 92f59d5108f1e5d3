// The document as text with its structure; passages that comments are about are marked.
"use strict";

const Text = {
  offsets: null,
  drawn: "",

  draw(pane, data) {
    const marks = data.comments.filter(c => c.start !== null).map(c => [c.start, c.end, c.key, c.severity, c.status]);
    const state = data.document.id + JSON.stringify(marks);
    if (state === Text.drawn) return;
    Text.drawn = state;
    Text.offsets = offsetsOf(data.document.text);
    const spans = marks.map(([start, end, key, severity, status]) => ({
      start: Text.offsets.unit(start), end: Math.max(Text.offsets.unit(end), Text.offsets.unit(start) + 1), key, severity, status,
    })).sort((a, b) => a.start - b.start || b.end - a.end);
    const top = pane.scrollTop;
    pane.replaceChildren(...Text.blocks(data.document, spans));
    pane.scrollTop = top;
  },

  blocks(doc, spans) {
    const made = [];
    let table = null, tableNumber = -1, row = null, rowNumber = -1, first = 0;
    for (const [start, end, kind, level, cell] of doc.blocks) {
      const from = Text.offsets.unit(start), to = Text.offsets.unit(end);
      while (first < spans.length && spans[first].end <= from && spans[first].start < from) first += 1;
      const own = spans.slice(first).filter(s => s.start < to && s.end > from);
      const content = Text.runs(doc.text, from, to, own);
      if (cell) {
        if (cell[0] !== tableNumber) {
          [tableNumber, rowNumber] = [cell[0], -1];
          table = el("tbody");
          made.push(el("div", { class: "table" }, el("table", {}, table)));
        }
        if (cell[1] !== rowNumber) {
          rowNumber = cell[1];
          row = el("tr");
          table.append(row);
        }
        row.append(el("td", {}, content));
      } else {
        tableNumber = -1;
        const name = kind === "heading" ? "h" + Math.min(4, Math.max(2, level + 1)) : "p";
        made.push(el(name, { class: kind }, content));
      }
    }
    return made;
  },

  runs(text, from, to, spans) {
    const edges = new Set([from, to]);
    for (const s of spans) {
      if (s.start > from) edges.add(s.start);
      if (s.end < to) edges.add(s.end);
    }
    const cuts = [...edges].sort((a, b) => a - b);
    const made = [];
    for (let n = 0; n + 1 < cuts.length; n += 1) {
      const [start, end] = [cuts[n], cuts[n + 1]];
      const over = spans.filter(s => s.start <= start && s.end >= end);
      const words = text.slice(start, end);
      if (!over.length) {
        made.push(el("span", { "data-start": start }, words));
        continue;
      }
      const innermost = over.reduce((a, b) => (b.end - b.start < a.end - a.start ? b : a));
      const rank = { illegal: 0, risk: 1, advice: 2 };
      const worst = over.reduce((a, b) => (rank[b.severity] < rank[a.severity] ? b : a));
      const quiet = over.every(s => s.status === "dismissed" || s.status === "merged");
      made.push(el("mark", {
        class: `${worst.severity}${quiet ? " quiet" : ""}`, "data-start": start, "data-key": innermost.key,
        "data-keys": over.map(s => s.key).join(" "), title: "查看这条意见",
      }, words));
    }
    return made;
  },

  show(pane, key, smooth) {
    for (const mark of pane.querySelectorAll("mark.on")) mark.classList.remove("on");
    const found = key ? [...pane.querySelectorAll("mark")].filter(m => m.dataset.keys.split(" ").includes(key)) : [];
    for (const mark of found) mark.classList.add("on");
    if (found.length) {
      const box = found[0].getBoundingClientRect(), room = pane.getBoundingClientRect();
      if (box.top < room.top + 40 || box.bottom > room.bottom - 40) {
        pane.scrollBy({ top: box.top - room.top - room.height / 3, behavior: smooth ? "smooth" : "instant" });
      }
    }
  },

  // The selected passage as [start, end] in characters, null when nothing of the text is selected.
  selected(pane) {
    const selection = document.getSelection();
    if (!selection || selection.isCollapsed || !selection.rangeCount) return null;
    const range = selection.getRangeAt(0);
    if (!pane.contains(range.startContainer) || !pane.contains(range.endContainer)) return null;
    const start = Text.at(range.startContainer, range.startOffset, pane, false);
    const end = Text.at(range.endContainer, range.endOffset, pane, true);
    if (start === null || end === null || start >= end) return null;
    return [Text.offsets.point(start), Text.offsets.point(end)];
  },

  at(node, offset, pane, atEnd) {
    if (node.nodeType === Node.TEXT_NODE && node.parentElement.dataset.start !== undefined) {
      return Number(node.parentElement.dataset.start) + offset;
    }
    const all = [...pane.querySelectorAll("[data-start]")];
    const child = node.childNodes[offset] || null;
    const border = document.createRange();
    border.setStart(node, offset);
    if (atEnd) {
      const before = all.filter(e => border.comparePoint(e, 0) < 0).pop();
      return before ? Number(before.dataset.start) + before.textContent.length : null;
    }
    const after = all.find(e => e === child || border.comparePoint(e, 0) >= 0);
    return after ? Number(after.dataset.start) : null;
  },
};
