// The pages of a PDF as pictures, the passages that comments are about marked on them; instead of the text.
"use strict";

const Pages = {
  on: false,
  DPI: 110,  // of the pictures; boxes are in points
  drawn: "",

  // The button that changes between text and pages; nothing where there are no pictures.
  choice(data) {
    if (!data.document.pages) return null;
    return el("button", { type: "button", class: "plain", "aria-pressed": String(Pages.on),
      title: Pages.on ? "显示可以选取的文字" : "显示原件的页面", onclick: () => {
        Pages.on = !Pages.on;
        Pages.drawn = Text.drawn = "";
        textPane.scrollTop = 0;
        Sheet.draw();
        Sheet.panel().show(textPane, Sheet.active, false);
      } }, Pages.on ? "看文字" : "看原件页面");
  },

  draw(pane, data) {
    const marks = data.comments.filter(c => c.boxes.length);
    const state = data.document.id + JSON.stringify(marks.map(c => [c.key, c.severity, c.status, c.boxes]));
    if (state === Pages.drawn) return;
    Pages.drawn = state;
    const top = pane.scrollTop;
    const pages = Array.from({ length: data.document.pages }, (_, n) => Pages.page(data.document.id, n + 1, marks));
    pane.replaceChildren(...pages);
    pane.scrollTop = top;
  },

  page(file, number, marks) {
    const picture = el("img", { loading: "lazy", alt: `第${number}页`, src: `/pages/${file}/${number}.png` });
    const sheet = el("div", { class: "sheet" }, picture);
    const page = el("figure", { "data-page": number }, sheet, el("figcaption", {}, `第${number}页`));
    picture.addEventListener("error", () => sheet.replaceChildren(el("p", { class: "empty" }, `第${number}页不能显示图像，请点“看文字”，或下载文件查看。`)));
    picture.addEventListener("load", () => {
      const width = picture.naturalWidth * 72 / Pages.DPI, height = picture.naturalHeight * 72 / Pages.DPI;
      sheet.classList.add("loaded");
      for (const c of marks) {
        for (const [at, left, top, right, bottom] of c.boxes) {
          if (at === number) sheet.append(Pages.box(c, left / width, top / height, Math.max(right - left, 3) / width, (bottom - top) / height));
        }
      }
      if (marks.some(c => c.key === Sheet.active && c.boxes[0][0] === number)) Pages.show(textPane, Sheet.active, false);
    });
    return page;
  },

  box(c, left, top, width, height) {
    const share = n => `${(100 * n).toFixed(3)}%`;
    const quiet = c.status === "dismissed" || c.status === "merged";
    const mark = el("mark", { class: `${c.severity} box${quiet ? " quiet" : ""}`, "data-key": c.key, "data-keys": c.key, title: c.title });
    Object.assign(mark.style, { left: share(left), top: share(top), width: share(width), height: share(height) });
    return mark;
  },

  // Go to the first box of a comment; to its page while the picture is on its way.
  show(pane, key, smooth) {
    for (const mark of pane.querySelectorAll("mark.on")) mark.classList.remove("on");
    const comment = key ? Sheet.data.comments.find(c => c.key === key) : null;
    if (!comment || !comment.boxes.length) return;
    const found = [...pane.querySelectorAll("mark")].filter(m => m.dataset.key === key);
    for (const mark of found) mark.classList.add("on");
    const goal = found[0] || pane.querySelector(`figure[data-page="${comment.boxes[0][0]}"]`);
    const box = goal.getBoundingClientRect(), room = pane.getBoundingClientRect();
    if (box.top < room.top + 40 || box.bottom > room.bottom - 40) {
      pane.scrollBy({ top: box.top - room.top - (found.length ? room.height / 3 : 0), behavior: smooth ? "smooth" : "instant" });
    }
  },
};
