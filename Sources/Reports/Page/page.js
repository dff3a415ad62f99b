// Values of curves at the pointer, and with the arrow keys. No ampersand and no less-than sign here:
// the page is well-formed XML too. Without this script, all of the page is there but those values.
"use strict";

const thin = "\u202f";

/** A number with few digits, and thin spaces between thousands. */
function number(value) {
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size >= 1000) return thousands(Math.round(value));
  if (size >= 0.001) return Number(value.toPrecision(size >= 1 ? 4 : 3)).toString();
  return value.toExponential(2);
}

function thousands(value) {
  const digits = String(Math.abs(value));
  const grouped = digits.length > 4 ? digits.replace(/\B(?=(\d{3})+$)/g, thin) : digits;
  return (0 > value ? "−" : "") + grouped;
}

function text(value, unit) {
  return unit === "percent" ? (100 * value).toFixed(2) + thin + "%" : number(value);
}

/** The index of the value nearest to `wanted` in ascending `values`. */
function nearest(values, wanted) {
  let [low, high] = [0, values.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (values[middle] > wanted) high = middle;
    else low = middle;
  }
  return values[high] - wanted > wanted - values[low] ? low : high;
}

/** An element without content, the last of its parent. */
function add(parent, name, style) {
  const element = document.createElement(name);
  element.className = style;
  parent.append(element);
  return element;
}

/** Shows the values of one chart. */
function watch(plot) {
  const area = plot.querySelector(".area");
  const data = JSON.parse(plot.querySelector("script").textContent);
  const all = [...new Set(data.lines.flatMap((line) => line.steps))].sort((a, b) => a - b);
  const cross = add(area, "div", "cross");
  const points = data.lines.map((line) => add(area, "div", "point " + line.color));
  const box = add(area, "div", "values");
  let current = -1;

  const part = (value, axis) => (value - axis[0]) / (axis[1] - axis[0]);
  const within = (value) => Math.min(1, Math.max(0, value));

  function hide() {
    current = -1;
    for (const element of [cross, box, ...points]) element.hidden = true;
  }

  function show(index) {
    current = Math.min(all.length - 1, Math.max(0, index));
    const step = all[current];
    const x = part(step, data.steps);
    const reach = (data.steps[1] - data.steps[0]) / 50;
    cross.hidden = box.hidden = false;
    cross.style.left = 100 * x + "%";
    const head = document.createElement("strong");
    head.textContent = "step " + thousands(step);
    box.replaceChildren(head);
    data.lines.forEach((line, number) => {
      const at = nearest(line.steps, step);
      const far = Math.abs(line.steps[at] - step) > Math.max(reach, 1);
      points[number].hidden = far;
      if (far) return;
      points[number].style.left = 100 * part(line.steps[at], data.steps) + "%";
      points[number].style.bottom = 100 * within(part(line.values[at], data.values)) + "%";
      const row = add(box, "span", line.color);
      add(row, "em", "").textContent = line.name;
      add(row, "b", "").textContent = text(line.values[at], data.unit);
    });
    // The box keeps clear of the pointer, and within the chart.
    const [room, own] = [area.clientWidth, box.offsetWidth];
    const beside = x > 0.5 ? x * room - own - 14 : x * room + 14;
    box.style.left = Math.min(room - own, Math.max(-40, beside)) + "px";
  }

  function follow(event) {
    const frame = area.getBoundingClientRect();
    const place = within((event.clientX - frame.left) / frame.width);
    show(nearest(all, data.steps[0] + place * (data.steps[1] - data.steps[0])));
  }

  const stride = Math.max(1, Math.round(all.length / 60));
  const moves = {
    ArrowLeft: () => show(0 > current ? all.length - 1 : current - stride),
    ArrowRight: () => show(0 > current ? 0 : current + stride),
    Home: () => show(0),
    End: () => show(all.length - 1),
    Escape: hide,
  };

  box.setAttribute("role", "status");
  plot.addEventListener("pointermove", follow);
  plot.addEventListener("pointerdown", follow);
  plot.addEventListener("pointerleave", hide);
  plot.addEventListener("blur", hide);
  plot.addEventListener("keydown", (event) => {
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    move();
  });
  hide();
}

document.querySelectorAll(".plot").forEach(watch);
