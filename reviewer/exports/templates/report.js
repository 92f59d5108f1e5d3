(function () {
  "use strict";
  var root = document.documentElement, body = document.body;
  root.classList.add("js");
  var list = document.getElementById("list");
  var cards = Array.prototype.slice.call(list.querySelectorAll(".finding"));
  var minor = document.getElementById("minor"), more = document.getElementById("more");
  var marks = Array.prototype.slice.call(document.querySelectorAll(".mark"));
  var counter = document.getElementById("counter"), nothing = document.getElementById("nothing");
  var category = document.getElementById("category"), order = document.getElementById("order");
  var weight = { illegal: 0, risk: 1, advice: 2 };
  var of = {}, marksOf = {}, current = null, shown = cards.slice();
  cards.forEach(function (card) { of[card.dataset.n] = card; marksOf[card.dataset.n] = []; });
  marks.forEach(function (mark) {
    mark.numbers = mark.dataset.f.split(" ");
    mark.starts = mark.dataset.no ? mark.dataset.no.split("、") : [];
    mark.numbers.forEach(function (n) { marksOf[n].push(mark); });
  });
  var smooth = window.matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  function narrow() { return window.matchMedia("(max-width: 860px)").matches; }

  function pane(name) {
    body.dataset.pane = name;
    document.querySelectorAll("[data-show]").forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.dataset.show === name));
    });
  }
  function count() {
    var at = current ? shown.indexOf(current) : -1;
    counter.textContent = at >= 0 ? (at + 1) + " / " + shown.length : shown.length + " 条";
  }
  function toMark(n, id) {
    var target = document.getElementById(id || "m" + n) || marksOf[n][0];
    if (!target) return;
    var far = Math.abs(target.getBoundingClientRect().top) > 3 * window.innerHeight;
    target.scrollIntoView({ block: "center", behavior: far ? "auto" : smooth });
  }
  // On wide screens the list scrolls inside its own box, so that the text stays where it is.
  function toCard(card) {
    if (narrow()) { card.scrollIntoView({ block: "start" }); return; }
    var box = document.getElementById("findings");
    var top = card.getBoundingClientRect().top - box.getBoundingClientRect().top;
    if (top < 0 || top + card.offsetHeight > box.clientHeight) box.scrollBy({ top: top - 12, behavior: smooth });
  }
  function select(card) {
    if (current) {
      current.classList.remove("on");
      current.removeAttribute("aria-current");
      marksOf[current.dataset.n].forEach(function (mark) { mark.classList.remove("on"); });
    }
    current = card;
    if (card) {
      card.classList.add("on");
      card.setAttribute("aria-current", "true");
      marksOf[card.dataset.n].forEach(function (mark) { mark.classList.add("on"); });
    }
    count();
  }
  function fromList(card, id) {
    select(card);
    if (!narrow()) toCard(card);
    if (!narrow() || id) { if (narrow()) pane("text"); toMark(card.dataset.n, id); }
  }
  function fromText(mark) {
    var live = mark.numbers.filter(function (n) { return !of[n].hidden; });
    if (!live.length) return;
    // A place with several findings: each click goes to the next of them.
    var at = current ? live.indexOf(current.dataset.n) : -1;
    var card = of[live[(at + 1) % live.length]];
    select(card);
    if (narrow()) pane("findings");
    toCard(card);
    card.focus({ preventScroll: true });
  }
  function step(by) {
    if (!shown.length) return;
    var at = current ? shown.indexOf(current) : -1;
    var card = shown[at < 0 ? (by > 0 ? 0 : shown.length - 1) : (at + by + shown.length) % shown.length];
    select(card);
    toCard(card);
    if (!narrow() || body.dataset.pane === "text") toMark(card.dataset.n);
    if (!narrow() || body.dataset.pane === "findings") card.focus({ preventScroll: true });
  }
  function minors() { return minor && minor.getAttribute("aria-pressed") === "true"; }
  function filter() {
    var on = {};
    document.querySelectorAll(".chip[data-severity]").forEach(function (chip) {
      on[chip.dataset.severity] = chip.getAttribute("aria-pressed") === "true";
    });
    cards.forEach(function (card) {
      card.hidden = !on[card.dataset.severity] || ("minor" in card.dataset && !minors())
        || (category.value && card.dataset.category !== category.value);
    });
    if (minor) more.hidden = minors();
    marks.forEach(function (mark) {
      var live = mark.numbers.filter(function (n) { return !of[n].hidden; });
      var gravest = live.map(function (n) { return of[n].dataset.severity; })
        .sort(function (a, b) { return weight[a] - weight[b]; })[0];
      ["illegal", "risk", "advice"].forEach(function (s) { mark.classList.toggle(s, s === gravest); });
      mark.classList.toggle("off", !live.length);
      mark.tabIndex = live.length ? 0 : -1;
      var starts = mark.starts.filter(function (n) { return !of[n].hidden; });
      if (starts.length) mark.dataset.no = starts.join("、"); else delete mark.dataset.no;
    });
    collect();
    if (current && current.hidden) select(null);
    nothing.hidden = shown.length > 0 || cards.length === 0;
    count();
  }
  function collect() {
    shown = Array.prototype.filter.call(list.querySelectorAll(".finding"), function (card) { return !card.hidden; });
    var heading = document.getElementById("minor-heading");
    if (heading) heading.hidden = order.value === "place" || !shown.some(function (card) { return "minor" in card.dataset; });
  }
  function arrange() {
    var heading = document.getElementById("minor-heading");
    var sorted = cards.slice(); // numbered with the gravest first, the minor ones last
    if (order.value === "place") sorted.sort(function (a, b) {
      return a.dataset.start - b.dataset.start || a.dataset.n - b.dataset.n;
    });
    sorted.forEach(function (card) { list.appendChild(card); });
    if (heading) list.insertBefore(heading, list.querySelector("[data-minor]"));
    collect();
    count();
  }

  document.addEventListener("click", function (event) {
    var target = event.target;
    var mark = target.closest(".mark");
    if (mark) { event.preventDefault(); fromText(mark); return; }
    var chip = target.closest("#more") && target.closest("button") ? minor : target.closest(".chip");
    if (chip) {
      chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
      filter();
      return;
    }
    var show = target.closest("[data-show]");
    if (show) {
      pane(show.dataset.show);
      if (current) { if (show.dataset.show === "text") toMark(current.dataset.n); else toCard(current); }
      return;
    }
    var card = target.closest(".finding");
    if (!card) return;
    var link = target.closest("a");
    if (link) event.preventDefault();
    else if (String(window.getSelection())) return; // the reader is copying words
    fromList(card, link ? link.getAttribute("href").slice(1) : "");
  });
  category.addEventListener("change", filter);
  order.addEventListener("change", arrange);
  document.getElementById("next").addEventListener("click", function () { step(1); });
  document.getElementById("previous").addEventListener("click", function () { step(-1); });
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    var key = event.key.toLowerCase();
    if (key === "j" || key === "n") step(1);
    else if (key === "k" || key === "p") step(-1);
    else if (key === "escape") select(null);
    else if (key === "enter" && event.target.classList.contains("finding")) fromList(event.target, "m" + event.target.dataset.n);
    else return;
    event.preventDefault();
  });
  var opened = [], folded = false;
  function fold(away) {
    minor.setAttribute("aria-pressed", String(!away));
    filter();
  }
  window.addEventListener("beforeprint", function () {
    folded = minor && !minors();
    if (folded) fold(false);
    opened = Array.prototype.filter.call(document.querySelectorAll("details.printed"), function (d) { return !d.open; });
    opened.forEach(function (d) { d.open = true; });
  });
  window.addEventListener("afterprint", function () {
    opened.forEach(function (d) { d.open = false; });
    if (folded) fold(true);
  });
  filter();
})();
