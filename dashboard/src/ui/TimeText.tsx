import { fullTimeText, nothing, timeText } from "../lib/fmt";

/** An instant in UTC; weekday, year and zone on hover. */
export function TimeText({ at }: { at: string | null }) {
  return at === null ? (
    <span>{nothing}</span>
  ) : (
    <time className="sf-number" dateTime={at} title={fullTimeText(at)}>
      {timeText(at)}
    </time>
  );
}
