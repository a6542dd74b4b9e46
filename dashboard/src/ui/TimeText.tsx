import { clockText, dateText, fullTimeText, nothing } from "../lib/fmt";

/** An instant in UTC; weekday, year and zone on hover. Where it is very narrow the date is there only on hover. */
export function TimeText({ at }: { at: string | null }) {
  return at === null ? (
    <span>{nothing}</span>
  ) : (
    <time className="sf-number" dateTime={at} title={fullTimeText(at)}>
      <span className="sf-date">{dateText(at)}, </span>
      {clockText(at)}
    </time>
  );
}
