import { clockText, dateText, fullTimeText, isToday, nothing } from "../lib/fmt";

/** An instant in UTC; weekday, year and zone on hover. Where it is very narrow today's date is left out. */
export function TimeText({ at }: { at: string | null }) {
  return at === null ? (
    <span>{nothing}</span>
  ) : (
    <time className="sf-number" dateTime={at} title={fullTimeText(at)}>
      <span className={isToday(at) ? "sf-today" : undefined}>{dateText(at)}, </span>
      {clockText(at)}
    </time>
  );
}
