/** Text for numbers and instants. Amounts arrive as decimal strings and stay exact: nothing here turns one into a double first. */

export const minus = "\u2212";
export const nothing = "\u2013";

type Decimal = string;

const money = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
const signedMoney = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD", signDisplay: "exceptZero" });

/** "100000.5" as $100,000.50. */
export const moneyText = (value: Decimal): string => tidy(money, value);

/** "-12.3" as −$12.30, "12.3" as +$12.30; zero bears no sign. */
export const signedMoneyText = (value: Decimal): string => tidy(signedMoney, value);

/** A price with as many decimals as it has, two at least: "0.00001234" stays readable, "167.6" becomes 167.60. */
export function priceText(value: Decimal): string {
  return tidy(decimals(2, 8), value);
}

/** An average price, which has as many decimals as its division left: rounded to where the eye still reads them. */
export const averageText = (value: Decimal): string => tidy(decimals(2, value.startsWith("0.") ? 8 : /^\d{4}/.test(value) ? 2 : 4), value);

/** A quantity with the decimals it has and no others: "0.250000" as 0.25. */
export const quantityText = (value: Decimal): string => tidy(decimals(0, 9), value);

/** Which way a decimal string points, without computing with it. */
export function signOf(value: Decimal): -1 | 0 | 1 {
  if (!/[1-9]/.test(value)) {
    return 0;
  }

  return value.trimStart().startsWith("-") ? -1 : 1;
}

const counts = new Intl.NumberFormat("en-US");
export const countText = (value: number): string => counts.format(value).replace("-", minus);

const percent = new Intl.NumberFormat("en-US", { style: "percent", maximumFractionDigits: 0 });
export const percentText = (share: number): string => percent.format(share);

const date = new Intl.DateTimeFormat("en-GB", { day: "2-digit", month: "short", timeZone: "UTC" });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: "UTC" });
const dayAndMinute = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });
const longTime = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "medium", timeZone: "UTC" });

/** "21 Nov" in UTC. */
export const dateText = (instant: string): string => formatInstant(date, instant);

const day = 86_400_000;

/** Whether both are of one day in UTC; the other is now unless given. */
export const isSameDay = (one: string, other?: string): boolean =>
  Math.floor(Date.parse(one) / day) === Math.floor((other === undefined ? Date.now() : Date.parse(other)) / day);

/** "14:32:05" in UTC. */
export const clockText = (instant: string): string => formatInstant(clock, instant);

/** "21 Nov 2026, 14:32" in UTC. */
export const dayAndMinuteText = (instant: string): string => formatInstant(dayAndMinute, instant);

/** "Saturday 21 November 2026 at 14:32:05 UTC". */
export const fullTimeText = (instant: string): string => `${formatInstant(longTime, instant)} UTC`;

/** "3 s", "12 min", "5 h 20 min", "2 d 4 h": how long something has lasted. */
export function durationText(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (minutes === 0) {
    return `${seconds} s`;
  }

  if (hours === 0) {
    return `${minutes} min`;
  }

  return hours < 24 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

const byDecimals = new Map<string, Intl.NumberFormat>();

function decimals(minimum: number, maximum: number): Intl.NumberFormat {
  const key = `${minimum}-${maximum}`;
  let format = byDecimals.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat("en-US", { minimumFractionDigits: minimum, maximumFractionDigits: maximum });
    byDecimals.set(key, format);
  }

  return format;
}

function tidy(format: Intl.NumberFormat, value: Decimal): string {
  // Given a string, Intl formats its digits as they are; a number would first be rounded to 53 bits.
  const text = format.format(value as Intl.StringNumericLiteral);
  return (/[1-9]/.test(text) ? text : text.replace("-", "")).replace("-", minus);
}

function formatInstant(format: Intl.DateTimeFormat, instant: string): string {
  const at = new Date(instant);
  return Number.isNaN(at.getTime()) ? nothing : format.format(at);
}
