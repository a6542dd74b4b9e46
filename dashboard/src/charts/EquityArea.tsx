import { useElementSize } from "@mantine/hooks";
import { dayAndMinuteText, fullTimeText, moneyText } from "../lib/fmt";
import classes from "./EquityArea.module.css";
import { areaOf } from "./area";

const height = 180;

/** Equity as it was sampled. The line says the shape; the figures beside it say the numbers. */
export function EquityArea({ samples, name = "Equity" }: { samples: readonly { at: string; equity: string }[]; name?: string }) {
  const { ref, width } = useElementSize();
  const area = areaOf(samples.map(({ at, equity }) => ({ x: Date.parse(at), y: Number(equity) })), width, height);
  const first = samples[0];
  const last = samples.at(-1);
  const highest = area === null ? undefined : samples[area.highest]?.equity;
  const lowest = area === null ? undefined : samples[area.lowest]?.equity;

  return (
    <figure className={classes.figure}>
      <div ref={ref} className={classes.plot}>
        {area === null ? null : (
          <svg width={width} height={height} role="img" aria-label={summary(name, samples)}>
            <path d={area.fill} className={classes.fill} />
            <path d={area.line} className={classes.line} />
          </svg>
        )}
        {highest === undefined || lowest === undefined ? null : (
          <>
            <span className={`${classes.bound} ${classes.top}`}>{moneyText(highest)}</span>
            <span className={`${classes.bound} ${classes.bottom}`}>{moneyText(lowest)}</span>
          </>
        )}
      </div>
      {first === undefined || last === undefined ? null : (
        <figcaption className={classes.caption}>
          <span title={fullTimeText(first.at)}>{dayAndMinuteText(first.at)}</span>
          <span title={fullTimeText(last.at)}>{dayAndMinuteText(last.at)}</span>
        </figcaption>
      )}
    </figure>
  );
}

function summary(name: string, samples: readonly { at: string; equity: string }[]): string {
  const first = samples[0];
  const last = samples.at(-1);
  return first === undefined || last === undefined
    ? `${name}: no samples`
    : `${name} from ${moneyText(first.equity)} on ${fullTimeText(first.at)} to ${moneyText(last.equity)} on ${fullTimeText(last.at)}`;
}
