// Numbers, times and sizes as people read them.

const grouped = new Intl.NumberFormat("en-US");
const clockFormat = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const dayFormat = new Intl.DateTimeFormat(undefined, { year: "numeric", month: "short", day: "2-digit" });

export const count = (number) => grouped.format(number || 0);

export const rate = (number) => (number >= 9.95 ? count(Math.round(number)) : String(Math.round((number || 0) * 10) / 10));

export const plural = (number, word, many = `${word}s`) => `${count(number)} ${number === 1 ? word : many}`;

/** Microseconds since 1970 as a time of the day. */
export const clock = (microseconds) => clockFormat.format(microseconds / 1000);

/** A span in seconds, in two or three characters. */
export function short(seconds) {
  if (seconds === undefined || seconds === null || Number.isNaN(seconds)) return "–";
  if (seconds < 0.0995) return `${Math.max(0, Math.round(seconds * 1000))}ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)}s`;
  if (seconds < 100) return `${Math.floor(seconds)}s`;
  if (seconds < 6000) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 172800) return `${Math.floor(seconds / 3600)}h`;
  return `${count(Math.floor(seconds / 86400))}d`;
}

export function bytes(number) {
  if (number === undefined || number === null) return "–";
  const units = ["B", "KB", "MB", "GB", "TB"];
  let unit = 0;
  while (number >= 1000 && unit < 4) {
    number /= 1024;
    unit += 1;
  }
  return `${number < 10 && unit > 0 ? number.toFixed(1) : Math.round(number)} ${units[unit]}`;
}

/** Seconds between two RFC 3339 times; the second is now unless given. */
export function between(from, to) {
  const start = Date.parse(from ?? "");
  const end = to === undefined ? Date.now() : Date.parse(to ?? "");
  return Number.isNaN(start) || Number.isNaN(end) ? undefined : (end - start) / 1000;
}

/** How long ago a time was, or how far it is ahead. */
export function ago(time) {
  const seconds = between(time);
  if (seconds === undefined) return "–";
  if (Math.abs(seconds) < 1) return "now";
  return seconds < 0 ? `in ${short(-seconds)}` : `${short(seconds)} ago`;
}

/** A time in full: the day when it is not today. */
export function when(time) {
  const date = new Date(time ?? NaN);
  if (Number.isNaN(date.getTime())) return "–";
  const day = dayFormat.format(date);
  return day === dayFormat.format(new Date()) ? clockFormat.format(date) : `${day}, ${clockFormat.format(date)}`;
}

export const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** The end of an id, where it differs from its neighbours'. */
export const tail = (id) => `…${id.slice(-8)}`;

export const seconds = (number) => (number === null || number === undefined ? "–" : number >= 120 && number % 60 === 0 ? `${count(number / 60)} min` : `${number} s`);

/** A rate limit as it is typed: 30/m. */
export function rateText(rate) {
  if (!rate) return "";
  const unit = { 1: "s", 60: "m", 3600: "h", 86400: "d" }[rate.period];
  return `${rate.count}/${unit ?? `${rate.period}s`}`;
}
