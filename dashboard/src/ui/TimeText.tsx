import { clockText, dateText, fullTimeText, isSameDay, nothing } from "../lib/fmt";

interface TimeTextProps {
  at: string | null;
  /** An instant of the day that the reader takes for granted, such as the newest of a list; now unless given. Markets have clocks of their own. */
  day?: string | undefined;
}

/** An instant in UTC; weekday, year and zone on hover. Where it is very narrow the date of the usual day is left out. */
export function TimeText({ at, day }: TimeTextProps) {
  return at === null ? (
    <span>{nothing}</span>
  ) : (
    <time className="sf-number" dateTime={at} title={fullTimeText(at)}>
      <span className={isSameDay(at, day) ? "sf-today" : undefined}>{dateText(at)}, </span>
      {clockText(at)}
    </time>
  );
}
