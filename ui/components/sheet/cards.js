// The list of findings and comments: filters, one card each, the forms of the active one.
"use strict";

const SEVERITY = { illegal: "违法", risk: "风险", advice: "建议" };
const STATUS = { pending: "待处理", accepted: "已采用", dismissed: "误报", merged: "已合并", withdrawn: "已撤回" };
const ANSWER = { accepted: "采纳", partly: "部分采纳", rejected: "不采纳" };
const VERDICT = { revised: "已按意见修改", unchanged: "未修改", otherwise: "另行修改" };
const STANDING = { kept: "原文未改", changed: "原文有改动", gone: "原文已删除", unsure: "需人工定位" };
const DONE = {
  reply: "回复", accept: "采用", edit: "修改", dismiss: "标为误报", restore: "恢复", merge: "合并", withdraw: "撤回",
  assign: "交办给", answer: "答复", verdict: "核对", carried: "定位",
};

const Cards = {
  // What somebody typed and has not sent yet survives a redraw, a lost connection and a closed window.
  draft(key) {
    try { return JSON.parse(localStorage.getItem(Sheet.store + key) || "null"); } catch { return null; }
  },
  keep(key, value) {
    try {
      if (value) localStorage.setItem(Sheet.store + key, JSON.stringify(value));
      else localStorage.removeItem(Sheet.store + key);
    } catch { /* storage is full or forbidden: the text is still in the form */ }
  },

  tools(data) {
    const f = Sheet.filter, all = data.comments;
    const count = (name, value) => all.filter(c => c[name] === value).length;
    const chips = Object.entries(SEVERITY).map(([key, name]) => el("button", {
      type: "button", class: `chip ${key}`, "aria-pressed": String(f.severities.has(key)),
      onclick: () => { f.severities.has(key) ? f.severities.delete(key) : f.severities.add(key); Sheet.draw(); },
    }, `${name} ${count("severity", key)}`));
    const categories = [...new Set(all.map(c => c.category).filter(Boolean))].sort();
    const pick = (label, value, options, change) => el("select", { "aria-label": label, onchange: e => { change(e.target.value); Sheet.draw(); } },
      options.map(([v, name]) => el("option", { value: v, selected: v === value }, name)));
    const states = [["", "全部状态"], ...Object.entries(STATUS).filter(([k]) => count("status", k)).map(([k, v]) => [k, `${v} ${count("status", k)}`]),
      ...(all.some(c => c.standing) ? [["unconfirmed", `待核对修改 ${all.filter(unconfirmed).length}`]] : []),
      ...(all.some(c => c.mine) ? [["mine", "交给我的"]] : [])];
    const open = count("status", "pending");
    return [
      el("div", { class: "row" }, chips),
      el("div", { class: "row" }, pick("按状态筛选", f.status, states, v => { f.status = v; }),
        pick("按类别筛选", f.category, [["", "全部类别"], ...categories.map(c => [c, c])], v => { f.category = v; }),
        el("button", { type: "button", class: "plain", title: "取得其他人的最新处理", onclick: () => Sheet.send("refresh", {}) }, "刷新"), Pages.choice(data)),
      el("p", { class: "soft", role: "status" },
        data.can.includes("dispose") ? `已处理 ${all.length - open} / ${all.length} 条` : `共 ${all.length} 条`,
        el("span", { class: "keys" }, data.can.includes("dispose")
          ? "　键盘：J 下一条　K 上一条　A 采用　D 误报　E 修改　R 回复" : "　键盘：J 下一条　K 上一条　R 回复")),
    ];
  },

  shown(data) {
    const f = Sheet.filter;
    return data.comments.filter(c => (!f.severities.size || f.severities.has(c.severity)) && (!f.category || c.category === f.category)
      && (!f.status || c.status === f.status || (f.status === "unconfirmed" && unconfirmed(c)) || (f.status === "mine" && c.mine)));
  },

  card(c, active, data) {
    const standing = c.standing && c.standing !== "kept" ? el("span", { class: `badge ${c.standing}` }, STANDING[c.standing]) : null;
    const head = el("button", { type: "button", class: "head", "aria-expanded": String(active), onclick: () => Sheet.activate(active ? null : c.key, true) },
      el("span", { class: `badge ${c.severity}` }, SEVERITY[c.severity]),
      el("span", { class: "where" }, c.where), el("span", { class: "name" }, c.title),
      el("span", { class: `badge status ${c.status}` }, STATUS[c.status]),
      c.answer ? el("span", { class: `badge answer ${c.answer}` }, ANSWER[c.answer]) : null, standing,
      c.remarks.filter(r => r.kind === "reply").length ? el("span", { class: "soft" }, `回复 ${c.remarks.filter(r => r.kind === "reply").length}`) : null);
    return el("article", { class: `card ${c.severity} ${c.status}${active ? " on" : ""}`, "data-key": c.key },
      head, active ? Cards.body(c, data) : null);
  },

  body(c, data) {
    const mode = Sheet.mode[c.key];
    const line = (name, text) => text ? el("p", {}, el("b", {}, name), text) : null;
    return el("div", { class: "body" },
      Sheet.said && Sheet.said.key === c.key ? el("p", { class: `said ${Sheet.said.ok ? "good" : "bad"}`, role: "alert" }, Sheet.said.text) : null,
      c.excerpt && c.excerpt.length < 400 && (!c.standing || c.standing === "kept") ? el("blockquote", {}, c.excerpt) : null,
      mode === "edit" ? null : [c.text ? el("p", {}, Mentions.marked(c.text, c)) : null, line("依据：", c.basis.join("；")), line("建议：", c.suggestion), line("理由：", c.because),
        c.status === "dismissed" ? line("误报理由：", c.reason) : null],
      c.standing ? Cards.standing(c, data) : null,
      c.answer ? el("p", { class: "given" }, el("b", {}, `送审单位${ANSWER[c.answer]}`), c.answer_reason ? ["：", ...Mentions.marked(c.answer_reason, c)] : "", el("span", { class: "soft" }, `　${c.answered}`)) : null,
      mode === "edit" ? Forms.wording(c, data) : mode === "dismiss" ? Forms.dismiss(c) : mode === "merge" ? Forms.merge(c, data) : mode === "relocate"
        ? el("p", { class: "said" }, "请在左侧正文里选中这条意见所指的文字，再点“放到选中的文字”。",
          el("button", { type: "button", onclick: () => Sheet.relocate(c) }, "放到选中的文字")) : Cards.buttons(c, data),
      data.can.includes("answer") && c.id && c.status === "accepted" ? Forms.answer(c) : null,
      Cards.thread(c), data.can.includes("reply") ? Forms.reply(c) : null,
      data.can.includes("comment") && Sheet.similar[c.key] ? Cards.similar(Sheet.similar[c.key]) : null,
      el("p", { class: "soft" }, c.origin === "machine" ? `机审：${c.category}　` : `${c.created_name} 提出　`, c.rule,
        c.updated ? `　最后由 ${c.updated_by} 于 ${c.updated} 处理` : "", c.edited ? "　（文字经人工修改）" : ""));
  },

  standing(c, data) {
    const changed = c.before !== c.after && c.standing !== "kept";
    const box = el("div", { class: "standing" }, el("p", {}, el("b", {}, STANDING[c.standing])));
    if (changed || c.standing === "unsure") {
      box.append(el("p", { class: "old" }, el("b", {}, "修改前："), c.before || "（无）"), el("p", { class: "new" }, el("b", {}, c.standing === "unsure" ? "可能相关：" : "修改后："), c.after || "（无）"));
    }
    if (c.standing === "unsure" && data.can.includes("dispose")) {
      box.append(el("button", { type: "button", onclick: () => Sheet.setMode(c, "relocate") }, "人工定位"));
    }
    if (c.verdict) box.append(el("p", {}, el("b", {}, `核对结果：${VERDICT[c.verdict]}`), el("span", { class: "soft" }, `　${c.verdict_by}`)));
    else if (c.proposed) box.append(el("p", {}, `系统判断：${VERDICT[c.proposed]}（待承办人确认）`));
    if (data.can.includes("dispose") && c.status === "accepted") {
      box.append(el("div", { class: "row" }, Object.entries(VERDICT).map(([key, name]) => el("button", {
        type: "button", class: key === (c.verdict || c.proposed) ? "strong" : "", "aria-pressed": String(key === c.verdict),
        onclick: () => Sheet.act(c, "confirm", { verdict: key }),
      }, name))));
    }
    return box;
  },

  buttons(c, data) {
    const made = [], add = (name, work, strong, key) => made.push(el("button", { type: "button", class: strong ? "strong" : "", onclick: work, title: key ? `快捷键 ${key}` : null }, name));
    if (data.can.includes("dispose")) {
      if (c.status === "pending") add("采用", () => Sheet.act(c, "accept", {}), true, "A");
      if (c.status === "pending" || c.status === "accepted") add(c.status === "pending" ? "修改后采用" : "修改", () => Sheet.setMode(c, "edit"), false, "E");
      if (c.origin === "machine" && (c.status === "pending" || c.status === "accepted")) add("误报", () => Sheet.setMode(c, "dismiss"), false, "D");
      if (["dismissed", "merged"].includes(c.status) || (c.status === "accepted" && c.origin === "machine")) add("恢复待处理", () => Sheet.act(c, "restore", {}));
      if (c.status !== "merged" && data.comments.some(o => o.id && o.id !== c.id && o.status === "accepted")) add("合并到…", () => Sheet.setMode(c, "merge"));
    } else if (c.own && c.status === "accepted") add("修改", () => Sheet.setMode(c, "edit"));
    if (c.origin === "person" && c.status === "accepted" && (c.own || data.can.includes("dispose"))) add("撤回", () => Sheet.act(c, "withdraw", {}));
    const row = el("div", { class: "row" }, made);
    if (data.can.includes("comment")) {
      row.append(el("select", { "aria-label": "交办给", onchange: e => Sheet.act(c, "assign", { user: Number(e.target.value) || null }) },
        [["", "交办给…"], ...data.people].map(([id, name]) => el("option", { value: id, selected: String(id) === String(c.assigned || "") }, name))));
      if (!Sheet.similar[c.key]) row.append(el("button", { type: "button", class: "plain", onclick: () => Sheet.send("similar", { key: c.key, text: `${c.excerpt} ${c.title}` }) }, "以往类似意见"));
    }
    return row;
  },

  thread(c) {
    if (!c.remarks.length) return null;
    return el("ul", { class: "thread" }, c.remarks.map(r => el("li", { class: r.kind }, el("span", { class: "soft" }, `${r.at} ${r.user} ${DONE[r.kind] || r.kind}`), r.text ? el("span", {}, " ", Mentions.marked(r.text, c)) : null)));
  },

  similar(found) {
    return el("div", { class: "similar" }, el("b", {}, "以往类似意见"), found.length ? found.map(e => el("p", {}, `“${e.excerpt}” ${e.text}`, e.suggestion ? `；建议：${e.suggestion}` : "",
      el("span", { class: "soft" }, `　${e.matter}　${STATUS[e.status]}${e.answer ? "　" + ANSWER[e.answer] : ""}`))) : el("p", { class: "soft" }, "没有找到"));
  },
};

function unconfirmed(c) { return Boolean(c.standing && c.status === "accepted" && !c.verdict); }

const Forms = {
  field(draftKey, name, label, value, rows) {
    const kept = Cards.draft(draftKey) || {};
    const made = el(rows ? "textarea" : "input", {
      name, rows, "aria-label": label, placeholder: label, value: kept[name] ?? value,
      oninput: e => Cards.keep(draftKey, { ...(Cards.draft(draftKey) || {}), [name]: e.target.value }),
    });
    return el("label", {}, el("span", { class: "soft" }, label), made);
  },

  values(form) { return Object.fromEntries([...new FormData(form)].map(([k, v]) => [k, String(v)])); },

  form(key, draftKey, submit, cancel, fields, send) {
    return el("form", { onsubmit: e => { e.preventDefault(); send(Forms.values(e.target)); } }, fields,
      el("div", { class: "row" }, el("button", { class: submit === "回复" ? "" : "strong" }, submit),
        cancel ? el("button", { type: "button", onclick: () => { Cards.keep(draftKey, null); cancel(); } }, "取消") : null));
  },

  parts(draftKey, c) {
    const kept = Cards.draft(draftKey) || {};
    return [
      el("label", {}, el("span", { class: "soft" }, "程度"), el("select", {
        name: "severity", "aria-label": "程度", onchange: e => Cards.keep(draftKey, { ...(Cards.draft(draftKey) || {}), severity: e.target.value }),
      }, Object.entries(SEVERITY).map(([k, v]) => el("option", { value: k, selected: k === (kept.severity || c.severity) }, v)))),
      Forms.field(draftKey, "title", "标题（可不填）", c.title, 0), Forms.field(draftKey, "text", "意见", c.text, 4), Mentions.picker("text", draftKey),
      Forms.field(draftKey, "suggestion", "修改建议", c.suggestion, 3), Forms.field(draftKey, "basis", "依据（一行一条）", c.basis.join("\n"), 2),
    ];
  },

  wording(c) {
    const draftKey = `edit-${c.key}`;
    return Forms.form(c.key, draftKey, c.status === "pending" ? "修改并采用" : "保存修改", () => Sheet.setMode(c, ""), Forms.parts(draftKey, c),
      values => Sheet.act(c, c.status === "pending" ? "accept" : "edit", { wording: values }, draftKey));
  },

  add() {
    const c = { severity: "risk", title: "", text: "", suggestion: "", basis: [] };
    return el("article", { class: "card on risk", id: "new" }, el("div", { class: "body" }, el("b", {}, "新意见"), el("blockquote", {}, Sheet.adding.excerpt.slice(0, 300)),
      Sheet.said && Sheet.said.key === "new" ? el("p", { class: "said bad", role: "alert" }, Sheet.said.text) : null,
      Forms.form("new", "new", "提出意见", () => { Sheet.adding = null; Sheet.draw(); }, Forms.parts("new", c),
        values => Sheet.send("add", { key: "new", start: Sheet.adding.start, end: Sheet.adding.end, wording: values }, "new"))));
  },

  dismiss(c) {
    const draftKey = `dismiss-${c.key}`;
    return Forms.form(c.key, draftKey, "标为误报", () => Sheet.setMode(c, ""), [Forms.field(draftKey, "reason", "为什么是误报", "", 2)],
      values => Sheet.act(c, "dismiss", values, draftKey));
  },

  merge(c, data) {
    const others = data.comments.filter(o => o.id && o.id !== c.id && o.status === "accepted");
    return Forms.form(c.key, "", "合并", () => Sheet.setMode(c, ""), [el("select", { name: "into", "aria-label": "并入哪一条" },
      others.map(o => el("option", { value: o.id }, `${o.where} ${o.title}`)))], values => Sheet.act(c, "merge", { into: Number(values.into) }));
  },

  reply(c) {
    const draftKey = `reply-${c.key}`;
    return Forms.form(c.key, draftKey, "回复", null, [Forms.field(draftKey, "text", "回复", "", 1), Mentions.picker("text", draftKey)], values => Sheet.act(c, "reply", values, draftKey));
  },

  answer(c) {
    const draftKey = `answer-${c.key}`, kept = Cards.draft(draftKey) || {};
    return el("form", { class: "answering", onsubmit: e => { e.preventDefault(); Sheet.act(c, "answer", Forms.values(e.target), draftKey); } },
      el("fieldset", {}, el("legend", {}, "本单位的答复"), Object.entries(ANSWER).map(([k, v]) => el("label", { class: "choice" },
        el("input", { type: "radio", name: "answer", value: k, required: true, checked: k === (kept.answer || c.answer), onchange: () => Cards.keep(draftKey, { ...(Cards.draft(draftKey) || {}), answer: k }) }), v)),
        Forms.field(draftKey, "reason", "理由（部分采纳、不采纳必填）", c.answer_reason, 2)),
      el("div", { class: "row" }, el("button", { class: "strong" }, "提交答复")));
  },
};
