/* The page around seal.js, on the portal and in the offline file: asks, seals, shows fingerprint and code.
   What is typed here goes into the envelope and nowhere else. Text is set as text, never as markup. */
(function () {
  "use strict";
  const home = document.getElementById("sealer"), words = window.SealerWords;
  if (!home) { return; }
  const isOnline = Boolean(home.dataset.kit), isEnglish = () => document.documentElement.lang === "en";
  let kit = null, isUnsaved = false;

  // --- small things ------------------------------------------------------------------------------------
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
  function put(node) { // writes the words of a node in the language of the page
    const said = words[node.dataset.word][isEnglish() ? 1 : 0];
    node.textContent = fill(said, JSON.parse(node.dataset.values || "{}"));
  }
  function el(tag, attributes, ...children) {
    const node = document.createElement(tag);
    Object.entries(attributes || {}).forEach(([name, value]) => node.setAttribute(name, value));
    node.append(...children);
    return node;
  }
  function say(word, values, tag, attributes) {
    const marks = Object.assign({"data-word": word, "data-values": JSON.stringify(values || {})}, attributes);
    const node = el(tag || "span", marks);
    put(node);
    return node;
  }
  const both = (pair) => { // a label of the kit in two languages
    const node = el("span", {"data-zh": pair.zh, "data-en": pair.en});
    node.textContent = isEnglish() ? pair.en : pair.zh;
    return node;
  };
  const yuan = (fen) => Math.floor(fen / 100).toLocaleString("en") + (fen % 100 ? "." + String(fen % 100).padStart(2, "0") : "");
  const plainYuan = (fen) => Math.floor(fen / 100) + "." + String(fen % 100).padStart(2, "0");
  const clock = (instant) => instant.slice(0, 16).replace("T", " ");
  const grouped = (text, size) => text.match(new RegExp(".{1," + size + "}", "g"));
  /* Returns whole fen of what people type (48,000 · ４８０００ · 48000元 · 4.8万), 0 for nothing, NaN for no amount. */
  function fenOf(typed) {
    const text = typed.normalize("NFKC").replace(/[,\s]/g, "");
    if (!text) { return 0; }
    const found = /^¥?(\d{1,12})(?:\.(\d{1,6}))?(万)?元?$/.exec(text), places = found && found[3] ? 6 : 2;
    const part = found ? (found[2] || "").padEnd(6, "0") : "";
    if (!found || /[1-9]/.test(part.slice(places))) { return NaN; }
    const fen = Number(found[1] + part.slice(0, places));
    return fen <= 1e14 ? fen : NaN;
  }

  // --- the kit: where the envelope belongs, and what is asked ---------------------------------------------
  async function take(text) {
    const read = JSON.parse(text);
    if (read.v !== "yn-kit/1" || await Seal.fingerprint(new TextEncoder().encode(read.manifest)) !== read.context.keyset) {
      throw new Error("kit");
    }
    kit = read;
    home.replaceChildren(...facts(), form(), el("div", {id: "sealed", "aria-live": "polite"}));
  }
  function facts() {
    const row = (word, ...told) => el("div", {}, say(word, {}, "dt"), el("dd", {}, ...told));
    return [el("dl", {class: "rows"},
      row("tender", el("strong", {lang: "zh-Hans"}, kit.title), el("br"), el("span", {class: "code"}, kit.context.tender)),
      row("bidder", el("span", {lang: "zh-Hans"}, kit.bidder)), row("deadline", say("beijing", {when: clock(kit.deadline)})),
      row("keyset", el("span", {class: "code"}, grouped(kit.context.keyset, 4).join(" ")), el("br"),
        say("keysetHint", {}, "span", {class: "hint"})))];
  }

  // --- the form --------------------------------------------------------------------------------------------
  function field(id, label, hint, input) {
    input.id = id;
    const parts = [el("label", {for: id}, label)];
    if (hint) { hint.id = id + "-hint"; hint.className = "hint"; input.setAttribute("aria-describedby", hint.id); parts.push(hint); }
    return el("div", {class: "field"}, ...parts, input);
  }
  function form() {
    const text = (name) => field(name, say(name), say(name + "Hint", {}, "p"), el("textarea", {rows: "10"}));
    const accept = Object.keys(kit.files.accepted).join(",");
    const made = el("form", {id: "bid", novalidate: "", class: "narrow"},
      el("div", {id: "wrong"}), say("prices", {}, "h2"), ...kit.lots.map(lot), say("texts", {}, "h2"),
      text("proposal"), text("team"), text("quality"), say("files", {}, "h2"),
      field("attached", say("choose"), say("chooseHint", {}, "p"), el("input", {type: "file", multiple: "", accept})),
      el("div", {class: "actions"}, say("seal", {}, "button", {class: "button"})));
    made.addEventListener("submit", (event) => { event.preventDefault(); sealIt(made); });
    made.addEventListener("input", () => { isUnsaved = true; kit.lots.forEach(showSum); });
    return made;
  }
  function lot(each) {
    const amounts = kit.lines.map((line) => field(`lot${each.number}-${line.line}`, both({zh: line.zh + "（元）", en: line.en + " (yuan)"}),
      line.share ? say("share", {share: line.share}, "p") : null, el("input", {inputmode: "decimal", autocomplete: "off"})));
    return el("div", {role: "group", "aria-labelledby": `lot-${each.number}`},
      el("h3", {id: `lot-${each.number}`}, say("lot", {number: each.number}), el("span", {lang: "zh-Hans"}, each.title)),
      say("budget", {limit: yuan(fenOf(each.budget))}, "p"), ...amounts,
      say("sum", {sum: "0"}, "p", {id: `sum-${each.number}`, class: "muted"}));
  }
  const amountsOf = (number) => kit.lines.map((line) => [line, fenOf(document.getElementById(`lot${number}-${line.line}`).value)]);
  const sumOf = (amounts) => amounts.reduce((sum, [_line, fen]) => sum + fen, 0);
  function showSum(each) {
    const node = document.getElementById(`sum-${each.number}`), sum = sumOf(amountsOf(each.number));
    node.dataset.values = JSON.stringify({sum: Number.isNaN(sum) ? "–" : yuan(sum)});
    put(node);
  }

  // --- what is still wrong: the same questions the portal asks ------------------------------------------------
  function priceProblems(each) {
    const amounts = amountsOf(each.number), found = [], sum = sumOf(amounts), first = `lot${each.number}-${kit.lines[0].line}`;
    amounts.forEach(([line, fen]) => {
      const id = `lot${each.number}-${line.line}`;
      if (Number.isNaN(fen)) { found.push([id, "noAmount"]); }
      if (line.share && fen * 100 > sum * Number(line.share)) { found.push([id, "tooLargeShare", {share: line.share}]); }
    });
    if (sum > fenOf(each.budget)) { found.push([first, "overBudget", {number: each.number, limit: yuan(fenOf(each.budget))}]); }
    if (kit.most && sum > fenOf(kit.most)) { found.push([first, "overMost", {limit: yuan(fenOf(kit.most))}]); }
    return found;
  }
  const STARTS = {"application/pdf": "25504446", "image/jpeg": "ffd8ff", "image/png": "89504e47"};
  function fileProblem(file) {
    const kind = kindOf(file.name), start = Array.from(file.content.subarray(0, 4), (b) => b.toString(16).padStart(2, "0")).join("");
    if (!kind) { return "fileKind"; }
    if (!file.content.length || file.content.length > kit.files.each) { return "fileSize"; }
    const begins = STARTS[kind] || (kind === "text/plain" ? "" : "504b");
    return start.startsWith(begins) ? "" : "fileOther";
  }
  const kindOf = (name) => kit.files.accepted[(/\.[^.]+$/.exec(name.toLowerCase()) || [""])[0]];
  function problems(bid) {
    const found = kit.lots.flatMap(priceProblems), total = bid.files.reduce((sum, file) => sum + file.content.length, 0);
    if (!bid.offers.length) { found.push([`lot${kit.lots[0].number}-${kit.lines[0].line}`, "noPrice"]); }
    ["proposal", "team"].forEach((name) => { if (!bid[name].trim()) { found.push([name, name + "Missing"]); } });
    ["proposal", "team", "quality"].forEach((name) => {
      if (Array.from(bid[name]).length > kit.longest) { found.push([name, "tooLong", {most: kit.longest.toLocaleString("en")}]); }
    });
    bid.files.forEach((file) => { if (fileProblem(file)) { found.push(["attached", fileProblem(file), {name: file.name}]); } });
    if (total > kit.files.all) { found.push(["attached", "filesSize"]); }
    return found;
  }
  function complain(found) {
    const lines = found.map(([id, word, values]) => el("li", {}, say(word, values, "a", {href: "#" + id})));
    const box = el("div", {class: "errors", role: "alert", tabindex: "-1"}, say("wrong", {}, "h2"), el("ul", {}, ...lines));
    document.getElementById("wrong").replaceChildren(...(found.length ? [box] : []));
    if (found.length) { box.focus(); }
  }

  // --- sealing ------------------------------------------------------------------------------------------------
  async function collect() {
    const offers = kit.lots.map((each) => {
      const paid = amountsOf(each.number).filter(([_line, fen]) => fen > 0);
      return {lot: each.number, lines: Object.fromEntries(paid.map(([line, fen]) => [line.line, plainYuan(fen)]))};
    }).filter((offer) => Object.keys(offer.lines).length);
    const value = (id) => document.getElementById(id).value;
    const files = await Promise.all(Array.from(document.getElementById("attached").files, async (file) => ({
      name: file.name, media_type: kindOf(file.name) || "", content: new Uint8Array(await new Response(file).arrayBuffer()),
    })));
    return {proposal: value("proposal"), team: value("team"), quality: value("quality"), offers, files};
  }
  async function sealIt(made) {
    const button = made.querySelector("button"), sealed = document.getElementById("sealed");
    button.disabled = true;
    sealed.replaceChildren(say("working", {}, "p"));
    try {
      const bid = await collect(), found = problems(bid);
      complain(found);
      sealed.replaceChildren();
      if (found.length) { return; }
      const code = Seal.makeCode(), envelope = await Seal.seal(Seal.pack(bid), kit.context, kit.manifest, code);
      show(envelope, code, await Seal.fingerprint(envelope), made);
    } catch (error) {
      sealed.replaceChildren(say("failed", {what: error.message}, "p", {class: "field-error", role: "alert"}));
    } finally {
      button.disabled = false;
    }
  }
  function show(envelope, code, fingerprint, made) {
    const name = kit.context.tender + ".ybid", file = new File([envelope], name, {type: "application/octet-stream"});
    const save = say("save", {}, "a", {class: "button", download: name, href: URL.createObjectURL(file)});
    const again = say("again", {}, "button", {class: "button button-link", type: "button"});
    const printIt = say("print", {}, "button", {class: "button button-secondary", type: "button"});
    const title = say("done", {}, "h2", {tabindex: "-1"});
    document.getElementById("sealed").replaceChildren(title,
      say("codeIs", {}, "p"), el("p", {class: "key-digits", id: "code", translate: "no"},
        ...Seal.printed(code).flatMap((group) => [el("span", {class: "nowrap"}, group), " "])),
      say("codeHint", {}, "p", {class: "hint"}), say("fingerprintIs", {}, "p"),
      el("p", {class: "code", id: "fingerprint", "data-value": fingerprint}, grouped(fingerprint, 4).join(" ")),
      say("sizeIs", {name, size: envelope.length.toLocaleString("en")}, "p", {class: "hint"}),
      el("div", {class: "actions no-print"}, save, printIt, again), say(isOnline ? "sendHere" : "carry", {}, "p", {class: "lede"}));
    made.hidden = true;
    save.addEventListener("click", () => { isUnsaved = false; });
    printIt.addEventListener("click", () => window.print());
    again.addEventListener("click", () => { made.hidden = false; document.getElementById("sealed").replaceChildren(); offer(null); });
    offer(file, fingerprint);
    title.focus();
  }
  // On the portal the plain forms below take over: the envelope is put into the one, its fingerprint into the other.
  function offer(file, fingerprint) {
    const upload = document.getElementById("upload"), promise = document.getElementById("promise");
    if (!upload || !file) { return; }
    if (window.DataTransfer) {
      const held = new DataTransfer();
      held.items.add(file);
      upload.querySelector("input[type=file]").files = held.files;
    }
    if (promise) {
      promise.querySelector("[name=fingerprint]").value = fingerprint;
      promise.querySelector("[name=size]").value = file.size;
    }
    [upload, promise].forEach((each) => each && each.addEventListener("submit", () => { isUnsaved = false; }));
  }

  // --- beginning ------------------------------------------------------------------------------------------------
  function ask() {
    const choose = el("input", {type: "file", accept: ".json,application/json"}), wrong = el("div", {"aria-live": "polite"});
    choose.addEventListener("change", async () => {
      wrong.replaceChildren();
      try { await take(await new Response(choose.files[0]).text()); } catch (_error) { wrong.replaceChildren(say("badKit", {}, "p", {class: "field-error"})); }
    });
    home.replaceChildren(field("kit", say("kit"), say("kitHint", {}, "p"), choose), wrong);
  }
  document.querySelectorAll("[data-language]").forEach((button) => button.addEventListener("click", () => {
    document.documentElement.lang = button.dataset.language;
    document.querySelectorAll("[data-word]").forEach(put);
    document.querySelectorAll("[data-zh]").forEach((node) => { node.textContent = isEnglish() ? node.dataset.en : node.dataset.zh; });
  }));
  window.addEventListener("beforeunload", (event) => { if (isUnsaved) { event.preventDefault(); event.returnValue = ""; } });
  document.querySelectorAll("[data-word]").forEach(put);
  if (!window.Seal.isAble) {
    home.replaceChildren(say("unable", {}, "p", {class: "field-error"}));
  } else if (isOnline) {
    fetch(home.dataset.kit, {credentials: "same-origin"}).then((answer) => answer.text()).then(take)
      .catch(() => home.replaceChildren(say("noKit", {}, "p", {class: "field-error"})));
  } else {
    ask();
  }
}());
