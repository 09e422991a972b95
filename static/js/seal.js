/* Seals a bid on the bidder's own device: the envelope of docs/sealing.md, by WebCrypto alone.
   No network, no storage, no page: bytes in, bytes out. Its twin is procurement/bids/sealing.py. */
(function () {
  "use strict";
  const SUITE = "HPKE-P256-HKDF-SHA256-AES256GCM", CHUNK = 65536, SMALLEST = 16384, TAG = 16;
  const LARGEST = 32 * 1024 * 1024, NONE = new Uint8Array(0);
  const subtle = window.crypto && window.crypto.subtle;
  const text8 = new TextEncoder();

  // --- bytes ---------------------------------------------------------------------------------------
  const bytes = (text) => text8.encode(text);
  const hex = (data) => Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const base64 = (data) => btoa(String.fromCharCode.apply(null, data)); // short ones only
  const unbase64 = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  const random = (count) => window.crypto.getRandomValues(new Uint8Array(count));
  const xor = (one, other) => one.map((byte, place) => byte ^ other[place]);
  function join(...parts) {
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    parts.reduce((place, part) => { all.set(part, place); return place + part.length; }, 0);
    return all;
  }
  function bigEndian(value, width) {
    const all = new Uint8Array(width);
    for (let place = width; value > 0; value = Math.floor(value / 256)) { all[--place] = value % 256; }
    return all;
  }
  // JSON in the one form of RFC 8785. What is sealed knows texts, whole numbers, lists and maps with ASCII names.
  function canonical(value) {
    if (Array.isArray(value)) { return "[" + value.map(canonical).join(",") + "]"; }
    if (value === null || typeof value !== "object") { return JSON.stringify(value); }
    return "{" + Object.keys(value).sort().map((name) => JSON.stringify(name) + ":" + canonical(value[name])).join(",") + "}";
  }

  // --- SHA-256, HKDF (RFC 5869), AES-GCM -------------------------------------------------------------
  const sha256 = async (data) => new Uint8Array(await subtle.digest("SHA-256", data));
  async function hmac(key, data) {
    const held = key.length ? key : new Uint8Array(32); // HMAC fills a short key with noughts anyway
    const made = await subtle.importKey("raw", held, {name: "HMAC", hash: "SHA-256"}, false, ["sign"]);
    return new Uint8Array(await subtle.sign("HMAC", made, data));
  }
  async function expand(secret, info, length) {
    let all = NONE, last = NONE;
    for (let count = 1; all.length < length; count++) {
      last = await hmac(secret, join(last, info, [count]));
      all = join(all, last);
    }
    return all.slice(0, length);
  }
  const hkdf = async (secret, salt, info) => expand(await hmac(salt, secret), info, 32);
  const aes = (key) => subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
  async function encrypt(key, nonce, clear, bound) {
    const how = {name: "AES-GCM", iv: nonce, additionalData: bound || NONE, tagLength: TAG * 8};
    return new Uint8Array(await subtle.encrypt(how, key, clear));
  }

  // --- HPKE (RFC 9180), base mode, one message: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM -----
  const P256 = {name: "ECDH", namedCurve: "P-256"};
  const KEM = join(bytes("KEM"), [0, 0x10]), HPKE = join(bytes("HPKE"), [0, 0x10, 0, 1, 0, 2]);
  const extractLabeled = (suite, salt, label, secret) =>
    hmac(salt, join(bytes("HPKE-v1"), suite, bytes(label), secret));
  const expandLabeled = (suite, secret, label, info, length) =>
    expand(secret, join(bigEndian(length, 2), bytes("HPKE-v1"), suite, bytes(label), info), length);
  async function wrap(secret, point, info) {
    const once = await subtle.generateKey(P256, true, ["deriveBits"]);
    return wrapWith(once, secret, point, info);
  }
  async function wrapWith(once, secret, point, info) {
    const whose = await subtle.importKey("raw", point, P256, true, []);
    const sent = new Uint8Array(await subtle.exportKey("raw", once.publicKey));
    const agreed = new Uint8Array(await subtle.deriveBits({name: "ECDH", public: whose}, once.privateKey, 256));
    const mixed = await extractLabeled(KEM, NONE, "eae_prk", agreed);
    const shared = await expandLabeled(KEM, mixed, "shared_secret", join(sent, point), 32);
    const context = join([0], await extractLabeled(HPKE, NONE, "psk_id_hash", NONE),
      await extractLabeled(HPKE, NONE, "info_hash", info));
    const base = await extractLabeled(HPKE, shared, "secret", NONE);
    const key = await expandLabeled(HPKE, base, "key", context, 32);
    const nonce = await expandLabeled(HPKE, base, "base_nonce", context, 12);
    return join(sent, await encrypt(await aes(key), nonce, secret));
  }

  // --- sharing: Shamir, byte by byte over GF(256) with the polynomial of AES ------------------------------
  function times(one, other) {
    let product = 0;
    for (; other; other >>= 1) {
      if (other & 1) { product ^= one; }
      one = (one << 1) ^ (one & 0x80 ? 0x11b : 0);
    }
    return product;
  }
  function inverse(value) { // value to the power of 254
    let power = 1;
    for (let count = 0; count < 254; count++) { power = times(power, value); }
    return power;
  }
  function split(secret, needed, count) {
    const terms = [secret];
    while (terms.length < needed) { terms.push(random(secret.length)); }
    return Array.from({length: count}, (_, place) =>
      secret.map((_byte, at) => terms.reduceRight((sum, term) => times(sum, place + 1) ^ term[at], 0)));
  }
  function unite(places, shares) { // Lagrange, at nought; places count from 1
    return places.reduce((sum, place) => {
      const weight = places.filter((other) => other !== place)
        .reduce((product, other) => times(product, times(other, inverse(other ^ place))), 1);
      return xor(sum, shares[place - 1].map((byte) => times(byte, weight)));
    }, new Uint8Array(shares[0].length));
  }
  function choices(count, needed, from) {
    if (!needed) { return [[]]; }
    const found = [];
    for (let place = from || 1; place <= count; place++) {
      choices(count, needed - 1, place + 1).forEach((rest) => found.push([place].concat(rest)));
    }
    return found;
  }
  async function wrapShares(secret, members, needed, kind, bound) {
    const shares = members.length ? split(secret, needed, members.length) : [];
    choices(members.length, needed).forEach((some) => { // what is wrapped cannot be looked at again
      if (some.length && hex(unite(some, shares)) !== hex(secret)) { throw new Error("shares"); }
    });
    return Promise.all(members.map(async (member, place) => {
      const info = join(bound, bytes(kind), [place + 1]);
      return {
        m: member.m, x: place + 1,
        c: base64(await wrap(shares[place], unbase64(member.pk), info)),
        h: hex(await sha256(join(bytes("yn-share/1"), info, shares[place]))),
      };
    }));
  }

  // --- the payload: length, content, noughts; in chunks -----------------------------------------------------
  function padded(size) { // Padmé, 16 KiB at least
    const most = Math.max(size, SMALLEST), exponent = 31 - Math.clz32(most);
    const step = Math.pow(2, exponent - (32 - Math.clz32(exponent)));
    return Math.ceil(most / step) * step;
  }
  async function payload(content, dek, header) {
    const size = padded(8 + content.length), count = Math.ceil(size / CHUNK);
    const key = await aes(await hkdf(dek, bytes("yn-payload/1"), await sha256(header)));
    const clear = new Uint8Array(size), sealed = new Uint8Array(size + TAG * count);
    clear.set(bigEndian(content.length, 8));
    clear.set(content, 8);
    for (let number = 0; number < count; number++) {
      const nonce = join(bigEndian(number, 11), [number === count - 1 ? 1 : 0]);
      const chunk = clear.subarray(number * CHUNK, (number + 1) * CHUNK);
      sealed.set(await encrypt(key, nonce, chunk), number * (CHUNK + TAG));
    }
    return sealed;
  }

  // --- the envelope ----------------------------------------------------------------------------------------
  /* Returns the envelope of a content. place: {tender, notice, supplier, keyset}; manifest: the key set as published,
     whose SHA-256 the place names; code: forty digits, the bidder's own. */
  async function seal(content, place, manifest, code) {
    const keys = JSON.parse(manifest);
    if (hex(await sha256(bytes(manifest))) !== place.keyset || canonical(keys) !== manifest) { throw new Error("keyset"); }
    if (!/^[0-9]{40}$/.test(code)) { throw new Error("code"); }
    const where = {tender: place.tender, notice: place.notice, supplier: place.supplier, keyset: place.keyset};
    const bound = bytes(canonical(where)), dek = random(32), nonce = random(12);
    const isClock = keys.policy === "clock", rest = isClock ? new Uint8Array(32) : random(32);
    const coded = await aes(await hkdf(bytes(code), bytes("yn-code/1"), bound));
    const size = padded(8 + content.length);
    const header = bytes(canonical(Object.assign(where, {
      v: "yn-sealed-bid/1", mode: "C", suite: SUITE, policy: keys.policy,
      dek_commit: hex(await sha256(join(bytes("yn-dek/1"), dek))),
      gate: base64(await wrap(xor(dek, rest), unbase64(keys.gate), join(bound, bytes("gate")))),
      committee: await wrapShares(rest, keys.committee, keys.k, "com", bound),
      recovery: await wrapShares(rest, keys.recovery, keys.kr, "rec", bound),
      bidder: base64(join(nonce, await encrypt(coded, nonce, dek, bound))),
      payload_bytes: size + TAG * Math.ceil(size / CHUNK),
    })));
    const envelope = join(bytes("yn-sealed-bid/1\n"), bigEndian(header.length, 4), header,
      await payload(content, dek, header));
    if (envelope.length > LARGEST) { throw new Error("size"); }
    return envelope;
  }

  // --- the package inside, as procurement/bids/package.py reads it; the receipt code on paper ------------------
  /* Returns the bytes of a bid: texts, offers [{lot, lines: {line: "0.00"}}], files [{name, media_type, content}]. */
  function pack(bid) {
    const plain = (text) => new TextDecoder().decode(bytes(text)).replace(/\0/g, ""); // no half characters
    const header = bytes(JSON.stringify({
      proposal: plain(bid.proposal), team: plain(bid.team), quality: plain(bid.quality), offers: bid.offers,
      files: bid.files.map((file) => ({name: plain(file.name), media_type: file.media_type, size: file.content.length})),
    }));
    return join(bytes("ynbid1"), bigEndian(header.length, 4), header, ...bid.files.map((file) => file.content));
  }
  function makeCode() {
    let digits = "";
    while (digits.length < 40) {
      random(64).forEach((byte) => { if (byte < 250 && digits.length < 40) { digits += byte % 10; } });
    }
    return digits;
  }
  /* Returns eight groups of five digits and a check digit: Luhn over the number of the group and its digits. */
  function printed(code) {
    return code.match(/[0-9]{5}/g).map((five, place) => {
      const sum = Array.from(five, Number).reduce((total, digit, at) => {
        const value = at % 2 ? digit : digit * 2;
        return total + (value > 9 ? value - 9 : value);
      }, place + 1);
      return five + (10 - sum % 10) % 10;
    });
  }

  window.Seal = {
    isAble: Boolean(subtle), seal, pack, makeCode, printed, LARGEST,
    fingerprint: async (data) => hex(await sha256(data)),
    parts: {wrapWith, split, unite, padded, canonical, hkdf}, // for its tests
  };
}());
