// Finds reports by the words of the page. All text is put in as text, never as markup.
(() => {
  "use strict";
  const MOST = 200;
  const field = document.getElementById("search");
  const all = document.getElementById("all");
  const found = document.getElementById("found");

  const weekday = (date) => {
    const day = new Date(date + "T00:00:00Z");
    return isNaN(day) ? "" : day.toLocaleDateString("en-GB", {weekday: "long", timeZone: "UTC"});
  };

  // As it is typed: in lower case, and a minus as a hyphen.
  const typed = (text) => text.toLowerCase().replaceAll("\u2212", "-");

  let reports = null;
  const read = () => [...all.querySelectorAll(".tile")].map((tile) => {
    const kind = tile.closest("section[data-kind]").dataset.kind;
    const month = tile.closest(".month");
    const label = tile.title.split(": ")[0];
    const inside = [...tile.querySelectorAll("em, i")].map((one) => one.textContent);
    const state = tile.title.slice(label.length + 2);
    const figures = inside.filter((one) => !state.startsWith(one)).concat(state).join(" · ");
    const named = tile.querySelector("strong");
    const name = kind + " " + (named ? named.textContent : label);
    const when = month ? month.previousElementSibling.textContent + " " + weekday(label) : "";
    return {name, figures, href: tile.getAttribute("href"),
      text: typed(name + " " + when + " " + figures)};
  });

  const line = (report) => {
    const item = document.createElement("li");
    const name = document.createElement(report.href ? "a" : "strong");
    if (report.href) name.href = report.href;
    name.textContent = report.name;
    const figures = document.createElement("span");
    figures.textContent = report.figures;
    item.append(name, figures);
    return item;
  };

  const search = () => {
    const words = typed(field.value).split(/\s+/).filter(Boolean);
    all.hidden = words.length > 0;
    found.hidden = !all.hidden;
    if (found.hidden) return;
    reports = reports || read();
    const hits = reports.filter((one) => words.every((word) => one.text.includes(word)));
    const shown = hits.length > MOST ? `, the first ${MOST} of them below` : "";
    const count = (number) => number.toLocaleString("en-GB");
    found.querySelector("p").textContent = hits.length
      ? `${count(hits.length)} of ${count(reports.length)} reports${shown}`
      : `None of ${count(reports.length)} reports has all of these words in its name, date, state or figures.`;
    found.querySelector("ol").replaceChildren(...hits.slice(0, MOST).map(line));
  };

  const open = () => {
    const place = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    const year = place && place.closest("details");
    if (!year || year.open) return;
    year.open = true;
    place.scrollIntoView();
  };

  field.hidden = false;
  field.addEventListener("input", search);
  addEventListener("hashchange", open);
  open();
  if (field.value) search();
})();
