/**
 * Runs inside the window: does one thing at a time and measures until what it was done for is on the screen: the rows
 * that were scrolled to, the row that is selected now, the list that is filtered. What the engine adds later, such as a
 * preview, is not waited for.
 */
export const HARNESS = `
window.bench = (() => {
  let changes = 0;
  new MutationObserver((list) => { changes += list.length; })
    .observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
  // After the frame is painted, not before.
  const frame = () => new Promise((done) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => done();
    port2.postMessage(0);
  }));
  // Until \`done\`, or without it until a frame in which something has changed; two frames when nothing has to.
  const act = async (what, done) => {
    await frame();
    changes = 0;
    const begun = performance.now();
    what();
    for (let frames = 0; frames < 600; frames += 1) {
      await frame();
      if (done ? done() : changes > 0 || frames > 0) break;
    }
    return performance.now() - begun;
  };
  /** Rows stand where the list is scrolled to. */
  const filled = (element) => () => {
    const area = element.getBoundingClientRect();
    return [...element.querySelectorAll("[data-node]")].some((row) => Math.abs(row.getBoundingClientRect().top - area.top) < 27);
  };
  const seen = async (ready, limit = 280000) => {
    const begun = performance.now();
    while (!ready()) {
      if (performance.now() - begun > limit) throw new Error("not within " + limit + " ms");
      await frame();
    }
    await frame();
    return performance.now() - begun;
  };
  const one = (id) => document.querySelector('[data-testid="' + id + '"]');
  const list = (side) => one(side + "-tree");
  const key = (element, name) => element.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
  const type = (input, text) => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(input, text);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const pointer = (element, name, x, y) => element.dispatchEvent(new PointerEvent(name, {
    bubbles: true, cancelable: true, pointerId: 1, isPrimary: true, pointerType: "mouse", button: 0, buttons: name === "pointerup" ? 0 : 1, clientX: x, clientY: y,
  }));
  const middle = (element) => { const box = element.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; };

  const scroll = async (side, times, by) => {
    const element = list(side);
    const found = [];
    for (let i = 0; i < times; i += 1) found.push(await act(() => { element.scrollTop += by; }, filled(element)));
    return found;
  };
  const jump = async (side, times) => {
    const element = list(side);
    const found = [];
    for (let i = 0; i < times; i += 1) found.push(await act(() => { element.scrollTop = ((i * 7919) % 97) / 97 * (element.scrollHeight - element.clientHeight); }, filled(element)));
    return found;
  };
  const select = async (side, times, name) => {
    const element = list(side);
    element.focus();
    const found = [];
    const current = () => element.getAttribute("aria-activedescendant") + element.querySelector("[data-current]")?.getAttribute("aria-expanded");
    for (let i = 0; i < times; i += 1) {
      const before = current();
      found.push(await act(() => key(element, name), () => current() !== before));
    }
    return found;
  };
  const search = async (side, words) => {
    const input = one(side + "-search");
    const found = [];
    for (const word of words) for (let length = 1; length <= word.length; length += 1) found.push(await act(() => type(input, word.slice(0, length))));
    found.push(await act(() => type(input, "")));
    return found;
  };
  const filter = async (names, times) => {
    const found = [];
    for (let i = 0; i < times; i += 1) for (const name of names) {
      found.push(await act(() => one(name).click()));
      found.push(await act(() => one(name).click()));
    }
    return found;
  };
  /** From the first row of the source that can be seen over the target's rows, and let go beside them. */
  const drag = async (times) => {
    const found = [];
    const rows = (side) => [...list(side).querySelectorAll("[data-node]")].filter((row) => {
      const box = row.getBoundingClientRect();
      const area = list(side).getBoundingClientRect();
      return box.top >= area.top && box.bottom <= area.bottom;
    });
    const kind = rows("source")[1].dataset.kind;
    const from = rows("source").filter((row) => row.dataset.kind === kind)[1];
    const [x, y] = middle(from);
    const over = rows("target");
    pointer(from, "pointerdown", x, y);
    for (let i = 0; i < times; i += 1) {
      const [to, down] = middle(over[i % over.length]);
      found.push(await act(() => pointer(document.elementFromPoint(to, down) ?? document.body, "pointermove", to, down)));
    }
    window.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
    const area = document.querySelector('[data-testid="links"]').getBoundingClientRect();
    pointer(document.body, "pointermove", area.x + area.width / 2, area.y + 5);
    pointer(document.body, "pointerup", area.x + area.width / 2, area.y + 5);
    await frame();
    return found;
  };
  return { act, seen, one, list, frame, scroll, jump, select, search, filter, drag };
})();
`;
