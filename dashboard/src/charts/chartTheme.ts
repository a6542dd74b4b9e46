import { type DeepPartial, type ChartOptions, ColorType, CrosshairMode, LineStyle } from "lightweight-charts";

/** The page's tokens as the chart library wants them: it draws on a canvas and knows no CSS variables. */
export interface ChartColours {
  panel: string;
  text: string;
  line: string;
  grid: string;
  up: string;
  down: string;
  upSoft: string;
  downSoft: string;
  accent: string;
}

export function readColours(): ChartColours {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => style.getPropertyValue(`--sf-${name}`).trim();
  return {
    panel: token("panel"),
    text: token("dimmed"),
    line: token("line"),
    grid: token("grid"),
    up: token("up"),
    down: token("down"),
    upSoft: token("up-soft"),
    downSoft: token("down-soft"),
    accent: token("accent"),
  };
}

export const chartOptions = (colours: ChartColours): DeepPartial<ChartOptions> => ({
  layout: {
    background: { type: ColorType.Solid, color: colours.panel },
    textColor: colours.text,
    fontFamily: "'Inter Variable', system-ui, sans-serif",
    fontSize: 11,
    attributionLogo: true,
  },
  grid: { vertLines: { color: colours.grid }, horzLines: { color: colours.grid } },
  rightPriceScale: { borderColor: colours.line },
  timeScale: { borderColor: colours.line, timeVisible: true, secondsVisible: false, rightOffset: 4 },
  crosshair: {
    mode: CrosshairMode.Normal,
    vertLine: { color: colours.text, style: LineStyle.Dashed, labelBackgroundColor: colours.line },
    horzLine: { color: colours.text, style: LineStyle.Dashed, labelBackgroundColor: colours.line },
  },
});

export const candleColours = (colours: ChartColours) => ({
  upColor: colours.up,
  downColor: colours.down,
  borderUpColor: colours.up,
  borderDownColor: colours.down,
  wickUpColor: colours.up,
  wickDownColor: colours.down,
});
