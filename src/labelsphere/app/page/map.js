/** The map of tags on a canvas: points, names that do not overlap, pan and zoom. */

const COLOURS = ["#2458c6", "#c2410c", "#15803d", "#9333ea", "#b45309", "#0e7490", "#be123c", "#4d7c0f", "#6d28d9", "#475569"];
const ON_DARK = ["#7aa5ff", "#ff9d6b", "#63d297", "#d0a2ff", "#f0b64f", "#5fd0e6", "#ff8fa8", "#b3d96b", "#b9a5ff", "#b6c2d6"];
const NAMES = 140;

/** A view of the middle 94 % of the tags: a few far ones would leave it empty. */
function middle({ x, y }) {
  const [xs, ys] = [[...x].sort((a, b) => a - b), y.map((value) => 1 - value).sort((a, b) => a - b)];
  const at = (sorted, share) => sorted[Math.floor(share * (sorted.length - 1))];
  const [left, right, top, bottom] = [at(xs, 0.03), at(xs, 0.97), at(ys, 0.03), at(ys, 0.97)];
  const side = Math.max(right - left, bottom - top, 0.01);
  return { x: (left + right) / 2, y: (top + bottom) / 2, scale: Math.max(1, 0.85 / side) };
}

export class TagMap {
  constructor(canvas, data, onPick) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.data = data;
    this.marked = new Map();
    this.view = middle(data);
    this.widths = new Map();
    this.byGroup = new Map();
    data.groups.forEach((group, index) => {
      if (!this.byGroup.has(group)) this.byGroup.set(group, []);
      this.byGroup.get(group).push(index);
    });
    this.index = new Map(data.names.map((name, index) => [name, index]));
    this.onPick = onPick;
    this.listen();
    new ResizeObserver(() => this.draw()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
    this.draw();
  }

  /** Marks some tags, and moves the view to the first. */
  show(names, move = true) {
    this.marked = new Map(names.map((name, place) => [this.index.get(name), place]));
    this.marked.delete(undefined);
    const first = [...this.marked.keys()][0];
    if (move && first !== undefined) {
      this.view.x = this.data.x[first];
      this.view.y = 1 - this.data.y[first];
      this.view.scale = Math.max(this.view.scale, 4);
    }
    this.draw();
  }

  draw() {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.paint());
  }

  place(index) {
    const { x, y, scale } = this.view;
    const side = this.side * scale;
    return [
      this.width / 2 + (this.data.x[index] - x) * side,
      this.height / 2 + (1 - this.data.y[index] - y) * side,
    ];
  }

  paint() {
    const ratio = devicePixelRatio || 1;
    this.width = this.canvas.clientWidth;
    this.height = this.canvas.clientHeight;
    this.side = 0.92 * Math.min(this.width, this.height);
    const [wide, high] = [Math.round(this.width * ratio), Math.round(this.height * ratio)];
    if (this.canvas.width !== wide || this.canvas.height !== high) {
      this.canvas.width = wide;
      this.canvas.height = high;
    }
    const context = this.context;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    const style = getComputedStyle(this.canvas);
    // Few tags are drawn larger: they do not hide each other.
    const least = this.data.names.length < 3000 ? 3 : 1.6;
    const size = Math.min(6, least + 0.5 * Math.sqrt(this.view.scale));
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const colours = dark ? ON_DARK : COLOURS;
    context.globalAlpha = dark ? 0.8 : 0.55;
    for (const [group, members] of this.byGroup) {
      context.fillStyle = colours[group % colours.length];
      for (const index of members) {
        const [x, y] = this.place(index);
        if (x > -4 && y > -4 && x < this.width + 4 && y < this.height + 4) {
          context.fillRect(x - size / 2, y - size / 2, size, size);
        }
      }
    }
    context.globalAlpha = 1;
    this.paintNames(style.color, getComputedStyle(document.documentElement).getPropertyValue("--panel"));
  }

  /** Names of the marked tags, then of the most frequent ones, each where it covers no other. */
  paintNames(colour, behind) {
    const context = this.context;
    context.font = "13px system-ui, sans-serif";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    const cells = new Set();
    let drawn = 0;
    const write = (index, marked) => {
      const [x, y] = this.place(index);
      if (x < 0 || y < 0 || x > this.width || y > this.height) return;
      const text = this.data.names[index];
      if (!this.widths.has(text)) this.widths.set(text, context.measureText(text).width);
      const width = this.widths.get(text);
      // To the left of its point where the map ends on the right.
      const start = x + 8 + width > this.width ? x - 8 - width : x + 8;
      const [left, right] = [Math.floor(Math.min(x, start) / 12), Math.floor((Math.max(x, start + width) + 4) / 12)];
      const line = Math.floor(y / 9);
      const taken = [];
      for (let column = left; column <= right; column += 1) {
        for (const row of [line - 1, line, line + 1]) taken.push(column * 4096 + row);
      }
      const covers = taken.some((cell) => cells.has(cell));
      if (covers && !marked) return;
      if (marked) {
        context.beginPath();
        context.arc(x, y, this.marked.get(index) === 0 ? 7 : 4.5, 0, 7);
        context.fillStyle = this.marked.get(index) === 0 ? "#e07a00" : "#ffb04d";
        context.fill();
        if (covers) return;
      }
      for (const cell of taken) cells.add(cell);
      context.strokeStyle = behind;
      context.lineWidth = 4;
      context.strokeText(text, start, y);
      context.fillStyle = colour;
      context.fillText(text, start, y);
      drawn += 1;
    };
    for (const index of this.marked.keys()) write(index, true);
    for (let index = 0; index < this.data.names.length && drawn < NAMES; index += 1) {
      if (!this.marked.has(index)) write(index, false);
    }
  }

  pick(x, y) {
    let best;
    let nearest = 20 ** 2;
    for (let index = 0; index < this.data.names.length; index += 1) {
      const [left, top] = this.place(index);
      const distance = (left - x) ** 2 + (top - y) ** 2;
      if (distance < nearest) [best, nearest] = [index, distance];
    }
    if (best !== undefined) this.onPick(this.data.names[best]);
  }

  move(right, down) {
    this.view.x += right / (this.side * this.view.scale);
    this.view.y += down / (this.side * this.view.scale);
    this.draw();
  }

  zoom(factor, x = this.width / 2, y = this.height / 2) {
    const before = this.view.scale;
    const scale = Math.min(200, Math.max(0.8, before * factor));
    const shift = (1 / before - 1 / scale) / this.side;
    this.view.x += (x - this.width / 2) * shift;
    this.view.y += (y - this.height / 2) * shift;
    this.view.scale = scale;
    this.draw();
  }

  listen() {
    const pointers = new Map();
    let moved = 0;
    this.canvas.addEventListener("pointerdown", (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, event);
      moved = 0;
    });
    this.canvas.addEventListener("pointermove", (event) => {
      const last = pointers.get(event.pointerId);
      if (!last) return;
      if (pointers.size === 2) {
        const other = [...pointers.values()].find((pointer) => pointer.pointerId !== event.pointerId);
        const distance = (a) => Math.hypot(a.offsetX - other.offsetX, a.offsetY - other.offsetY) || 1;
        this.zoom(distance(event) / distance(last), event.offsetX, event.offsetY);
        moved = 99;
      } else {
        const [right, down] = [last.offsetX - event.offsetX, last.offsetY - event.offsetY];
        moved += Math.abs(right) + Math.abs(down);
        this.move(right, down);
      }
      pointers.set(event.pointerId, event);
    });
    const end = (event) => {
      if (pointers.delete(event.pointerId) && moved < 5 && event.type === "pointerup") this.pick(event.offsetX, event.offsetY);
    };
    this.canvas.addEventListener("pointerup", end);
    this.canvas.addEventListener("pointercancel", end);
    this.canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY / 300), event.offsetX, event.offsetY);
    }, { passive: false });
    this.canvas.addEventListener("keydown", (event) => {
      const keys = {
        ArrowLeft: () => this.move(-60, 0), ArrowRight: () => this.move(60, 0),
        ArrowUp: () => this.move(0, -60), ArrowDown: () => this.move(0, 60),
        "+": () => this.zoom(1.5), "=": () => this.zoom(1.5), "-": () => this.zoom(1 / 1.5),
      };
      if (keys[event.key]) {
        event.preventDefault();
        keys[event.key]();
      }
    });
  }
}
