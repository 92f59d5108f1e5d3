// @提及: names after an @ stand out in comments and replies; a list helps to write them.
"use strict";

const Mentions = {
  // The text as nodes, with every mention of this comment marked; the viewer's own stronger.
  marked(text, c) {
    const known = new Map(c.mentions.map(([written, mine]) => [written, mine]));
    if (!known.size || !text) return [text];
    const names = [...known.keys()].sort((a, b) => b.length - a.length).map(n => n.replace(/[.*+?^${}()|[\]\\-]/g, "\\$&"));
    return text.split(new RegExp(`([@＠](?:${names.join("|")}))`, "u")).filter(Boolean).map(part => {
      const mine = known.get(part.slice(1));
      return mine === undefined || !"@＠".includes(part[0]) ? part : el("b", { class: `mention${mine ? " me" : ""}` }, part);
    });
  },

  // A list of people; choosing one writes the name at the end of the field.
  picker(field, draftKey) {
    if (!Sheet.data.mentionable.length) return null;
    return el("select", {
      class: "mentioning", "aria-label": "提及",
      onchange: e => {
        const form = e.target.closest("form"), target = form.elements[field];
        target.value = `${target.value}${target.value && !/\s$/.test(target.value) ? " " : ""}@${e.target.value} `;
        e.target.value = "";
        Cards.keep(draftKey, { ...(Cards.draft(draftKey) || {}), [field]: target.value });
        target.focus();
      },
    }, [["", "@提及…"], ...Sheet.data.mentionable].map(([value, name]) => el("option", { value }, name)));
  },
};
