// Figures as people read them. A value that is not known, or negative where that means "unknown", is an en dash.

export const unknown = "–";

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hour12: false });
const clock_s = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hour12: false,
});
const day = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short" });

const known = (value) => typeof value === "number" && Number.isFinite(value);

export const count = (value) => (known(value) ? whole.format(value) : unknown);
export const short = (value) => (known(value) ? (Math.abs(value) < 10_000 ? whole : compact).format(value) : unknown);

// A fraction; negative: unknown.
export function percent(fraction, digits = 1) {
  return known(fraction) && fraction >= 0 ? `${(fraction * 100).toFixed(digits)} %` : unknown;
}

// A difference of fractions, in points.
export function points(difference, digits = 1) {
  if (!known(difference)) return unknown;
  const value = (difference * 100).toFixed(digits);
  return `${difference >= 0 ? "+" : "−"}${value.replace("-", "")}`;
}

export function bytes(value) {
  if (!known(value)) return unknown;
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    ++unit;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

export function seconds(value) {
  if (!known(value) || value < 0) return unknown;
  if (value < 0.001) return `${Math.round(value * 1e6)} µs`;
  if (value < 1) return `${(value * 1000).toFixed(value < 0.01 ? 1 : 0)} ms`;
  if (value < 60) return `${value.toFixed(value < 10 ? 1 : 0)} s`;
  if (value < 3600) return `${Math.floor(value / 60)} min${value % 60 >= 1 ? ` ${Math.floor(value % 60)} s` : ""}`;
  if (value < 86_400)
    return `${Math.floor(value / 3600)} h${value % 3600 >= 60 ? ` ${Math.floor((value % 3600) / 60)} min` : ""}`;
  return `${Math.floor(value / 86_400)} d${value % 86_400 >= 3600 ? ` ${Math.floor((value % 86_400) / 3600)} h` : ""}`;
}

export const micros = (value) => (known(value) && value > 0 ? seconds(value / 1e6) : unknown);

// A time as the server writes it (RFC 3339; null: never) in milliseconds, or null.
export function time(text) {
  const at = text ? Date.parse(text) : NaN;
  return Number.isNaN(at) || at <= 0 ? null : at;
}

export function at(text, now = Date.now()) {
  const when = time(text);
  if (when === null) return unknown;
  const near = Math.abs(when - now) < 86_400_000 && new Date(when).getDate() === new Date(now).getDate();
  return near ? clock.format(when) : `${day.format(when)}, ${clock.format(when)}`;
}

export const of_day = (when, with_seconds = false) => (with_seconds ? clock_s : clock).format(when);

// "in 4 min", "3 s ago".
export function relative(text, now = Date.now()) {
  const when = time(text);
  if (when === null) return "never";
  const distance = Math.round((when - now) / 1000);
  const size = Math.abs(distance);
  if (size < 2) return "now";
  const words =
    size < 60
      ? `${size} s`
      : size < 3600
        ? `${Math.round(size / 60)} min`
        : size < 172_800
          ? `${Math.floor(size / 3600)} h${size < 36_000 && size % 3600 >= 60 ? ` ${Math.floor((size % 3600) / 60)} min` : ""}`
          : `${Math.round(size / 86_400)} days`;
  return distance > 0 ? `in ${words}` : `${words} ago`;
}

export const number_of = (value, one, several = `${one}s`) => `${count(value)} ${value === 1 ? one : several}`;

export const words = (text) => String(text ?? "").replaceAll("_", " ");

// A key as the server gives it: its text, or what base64 stands for it when it is not UTF-8.
export function key(item) {
  if (item.key !== undefined && item.key !== null) return item.key;
  return item.key_base64 ? `base64:${item.key_base64}` : unknown;
}
