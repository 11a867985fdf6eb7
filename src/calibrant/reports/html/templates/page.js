"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const say = (text) => { $("say").textContent = text; };

  // Packed data: base64 of gzip of JSON, unpacked when first looked at.
  const unpacked = new Map();
  const unpack = (name) => {
    if (!unpacked.has(name)) unpacked.set(name, (async () => {
      const text = $("data-" + name).textContent.trim();
      const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
      const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
      return JSON.parse(await new Response(stream).text());
    })());
    return unpacked.get(name);
  };

  // Saving tables and pictures.
  const save = (blob, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    say(`Saved ${name}`);
  };
  const KEPT = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "paint-order",
    "font-family", "font-size", "font-weight", "text-anchor"];
  const standalone = (plot) => {
    const copy = plot.cloneNode(true);
    const from = [plot, ...plot.querySelectorAll("*")], to = [copy, ...copy.querySelectorAll("*")];
    from.forEach((one, at) => {
      const seen = getComputedStyle(one);
      for (const name of KEPT) to[at].setAttribute(name, seen.getPropertyValue(name));
      to[at].removeAttribute("class");
    });
    const [, , width, height] = plot.getAttribute("viewBox").split(" ");
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    copy.setAttribute("width", width);
    copy.setAttribute("height", height);
    const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    ground.setAttribute("width", width);
    ground.setAttribute("height", height);
    ground.setAttribute("fill", getComputedStyle(document.body).backgroundColor);
    copy.insertBefore(ground, copy.firstChild.nextSibling.nextSibling);
    return { text: new XMLSerializer().serializeToString(copy), width: +width, height: +height };
  };
  const picture = async (button) => {
    const { text, width, height } = standalone(button.closest("figure").querySelector("svg.plot"));
    const name = button.dataset.file;
    if (button.dataset.save === "svg") return save(new Blob([text], { type: "image/svg+xml" }), name + ".svg");
    const image = new Image();
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(text);
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = 3 * width;
    canvas.height = 3 * height;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => save(blob, name + ".png"));
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button");
    if (button && button.dataset.csv) {
      const tables = await unpack("tables");
      save(new Blob(["\ufeff" + tables[button.dataset.csv]], { type: "text/csv" }), button.dataset.csv + ".csv");
    } else if (button && button.dataset.save) picture(button);
  });

  // The answers.
  const PAGE = 25;
  const SIGNS = { correct: "+", incorrect: "\u00d7", partial: "\u00bd", abstained: "\u2013", error: "!", ungraded: "?" };
  let index = null, rows = [], first = 0, asked = 0;
  const make = (name, attributes, ...inside) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
    made.append(...inside);
    return made;
  };
  const isolated = (text) => make("bdi", {}, text);
  const detail = async (kind, at) => {
    const chunk = Math.floor(at / index.chunk) + (kind === "question" ? index.answer_chunks : 0);
    return (await unpack(chunk))[at % index.chunk];
  };
  const entry = (list, name, ...inside) => {
    if (inside.some((one) => one !== null && one !== undefined && one !== ""))
      list.append(make("dt", {}, name), make("dd", { dir: "auto" }, ...inside));
  };
  const filled = async (place, holder) => {
    const [link, question, model, state, sure] = index.rows[place];
    const [answer, about] = await Promise.all([detail("answer", place), detail("question", question)]);
    const list = make("dl");
    entry(list, "question", about.text);
    for (const [source, text] of about.passages || []) entry(list, "passage" + (source ? " (" + source + ")" : ""), text);
    if (about.choices) entry(list, "choices", about.choices.join("\n"));
    if (answer.error) entry(list, "error", answer.error);
    if (answer.text !== undefined) list.append(make("dt", {}, "answer"), make("dd", { dir: "auto", class: "said", tabindex: "0" }, answer.text || "(empty)"));
    entry(list, "gold", (about.golds || []).join("\n") || (index.questions[question][3] === "unanswerable" ? "none: declining is right" : index.questions[question][3] === "action" ? "none: asking is right" : "not in the set"));
    if (about.wrong) entry(list, "known wrong", about.wrong.join("\n"));
    entry(list, "verdict", index.states[state] + (answer.grader ? " by " + answer.grader : "") + (answer.reason ? ": " + answer.reason : ""));
    if ((answer.grades || []).length > 1)
      entry(list, "all graders", answer.grades.map(([who, what, why]) => who + ": " + what + (why ? ", " + why : "")).join("\n"));
    entry(list, "confidence", (answer.confidences || []).map(([name, value]) => name + " " + value).join("\n"));
    if (answer.tokens) {
      const names = ["in", "of these cached", "out", "of these reasoning"];
      entry(list, "tokens", answer.tokens.map((count, at) => count === null ? "" : count.toLocaleString("en") + " " + names[at]).filter(Boolean).join(", "));
    }
    if (answer.cost !== undefined) entry(list, "cost", "$" + answer.cost);
    if (answer.latency !== undefined) entry(list, "time", answer.latency + " s");
    entry(list, "finish", answer.finish);
    entry(list, "evidence", (about.evidence || []).join("\n"));
    entry(list, "topic", about.topic);
    entry(list, "document", about.cluster);
    entry(list, "given to read", about.condition);
    if (answer.repeat) entry(list, "repeat", String(answer.repeat));
    entry(list, "question id", index.questions[question][0]);
    list.append(make("dt", {}, "link"), make("dd", {}, make("a", { href: "#q=" + link }, "#q=" + link)));
    holder.replaceChildren(list);
  };
  const item = (place) => {
    const [link, question, model, state] = index.rows[place];
    const [id, text, domain] = index.questions[question];
    const name = index.states[state];
    const holder = make("div", { class: "one" }, "...");
    const folded = make("details", { id: "q-" + link },
      make("summary", {},
        make("span", { class: "state state-" + name, "data-sign": SIGNS[name] }, name),
        make("span", { class: "who" }, isolated(index.models[model])),
        make("span", { class: "asked", dir: "auto" }, text || id)),
      holder);
    folded.addEventListener("toggle", () => { if (folded.open) filled(place, holder); });
    return make("li", {}, folded);
  };
  const show = () => {
    $("answers").replaceChildren(...rows.slice(first, first + PAGE).map(item));
    $("found").textContent = rows.length === index.rows.length
      ? `${rows.length.toLocaleString("en")} answers in this page`
      : `${rows.length.toLocaleString("en")} of ${index.rows.length.toLocaleString("en")} answers in this page`;
    $("pager").hidden = rows.length <= PAGE;
    $("where").textContent = rows.length ? `${first + 1} to ${Math.min(first + PAGE, rows.length)}` : "";
    $("before").disabled = first === 0;
    $("after").disabled = first + PAGE >= rows.length;
  };
  const filter = async () => {
    const turn = ++asked, form = $("filters").elements;
    const words = form.text.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const wanted = { state: form.state.value, model: form.model.value, domain: form.domain.value, stratum: form.stratum.value };
    const found = [];
    for (let place = 0; place < index.rows.length; place++) {
      const [link, question, model, state] = index.rows[place];
      const [id, text, domain, stratum] = index.questions[question];
      if (wanted.state !== "" && state !== +wanted.state) continue;
      if (wanted.model !== "" && model !== +wanted.model) continue;
      if (wanted.domain !== "" && domain !== +wanted.domain) continue;
      if (wanted.stratum !== "" && stratum !== wanted.stratum) continue;
      if (words.length) {
        let told = (id + " " + text).toLocaleLowerCase();
        if (!words.every((word) => told.includes(word))) {
          if (!form.deep.checked) continue;
          const [answer, about] = await Promise.all([detail("answer", place), detail("question", question)]);
          if (turn !== asked) return;
          told += " " + (answer.text || answer.error || "") + " " + (answer.reason || "") + " " + about.text + " " + (about.golds || []).join(" ");
          told = told.toLocaleLowerCase();
          if (!words.every((word) => told.includes(word))) continue;
        }
      }
      found.push(place);
    }
    rows = found;
    first = 0;
    show();
  };
  const turnTo = (place) => {
    first = place;
    show();
    $("answers").querySelector("summary").focus();
  };
  const options = (select, values) => values.forEach((value, at) =>
    select.append(make("option", { value: String(at) }, value === null ? "(none)" : value)));
  let opened = null;
  const open = () => opened ??= (async () => {
    index = await unpack("index");
    rows = index.rows.map((_, place) => place);
    const form = $("filters");
    options(form.elements.state, index.states);
    options(form.elements.model, index.models);
    options(form.elements.domain, index.domains);
    form.hidden = index.rows.length === 0;
    if (!index.texts) form.elements.deep.closest("label").hidden = true;
    let waiting;
    form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(filter, 150); });
    form.addEventListener("submit", (event) => event.preventDefault());
    $("before").addEventListener("click", () => turnTo(Math.max(0, first - PAGE)));
    $("after").addEventListener("click", () => turnTo(first + PAGE));
    show();
  })();
  const follow = async () => {
    const wanted = /^#q=([0-9a-f]{12})$/.exec(location.hash);
    if (!wanted) return;
    await open();
    const place = index.rows.findIndex((row) => row[0] === wanted[1]);
    if (place < 0) {
      $("found").textContent = "The answer that this address names is not in this page, which holds a sample.";
      $("questions").scrollIntoView();
      return;
    }
    $("filters").reset();
    rows = index.rows.map((_, at) => at);
    first = place - place % PAGE;
    show();
    const folded = $("q-" + wanted[1]);
    folded.open = true;
    folded.scrollIntoView({ block: "start" });
    folded.querySelector("summary").focus({ preventScroll: true });
  };
  new IntersectionObserver((seen, watch) => {
    if (seen.some((one) => one.isIntersecting)) { watch.disconnect(); open(); }
  }, { rootMargin: "300px" }).observe($("questions"));
  addEventListener("hashchange", follow);
  follow();

  // What is folded is open in print, but for the numbers of pictures.
  let folds = [];
  addEventListener("beforeprint", () => {
    folds = [...document.querySelectorAll("details.fold:not([open]), .caveats details:not([open])")];
    folds.forEach((one) => { one.open = true; });
  });
  addEventListener("afterprint", () => folds.forEach((one) => { one.open = false; }));
})();
