export interface Area {
  line: string;
  fill: string;
  /** Indices of the extreme samples. */
  highest: number;
  lowest: number;
}

/** Paths of an area plot of points ascending in x; null when there is nothing to draw it from or on. */
export function areaOf(points: readonly { x: number; y: number }[], width: number, height: number): Area | null {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || points.length < 2 || width <= 0 || last.x <= first.x) {
    return null;
  }

  let lowest = 0;
  let highest = 0;
  points.forEach(({ y }, i) => {
    lowest = y < (points[lowest]?.y ?? y) ? i : lowest;
    highest = y > (points[highest]?.y ?? y) ? i : highest;
  });
  const low = points[lowest]?.y ?? 0;
  const span = (points[highest]?.y ?? 0) - low;

  // A pixel and a half of room, so that the stroke is not cut at the extremes; a flat line runs through the middle.
  const room = 1.5;
  const at = ({ x, y }: { x: number; y: number }): string => {
    const px = ((x - first.x) / (last.x - first.x)) * width;
    const share = span === 0 ? 0.5 : (y - low) / span;
    return `${px.toFixed(1)},${(height - room - share * (height - 2 * room)).toFixed(1)}`;
  };

  const line = `M${points.map(at).join("L")}`;
  return { line, fill: `${line}L${width},${height}L0,${height}Z`, highest, lowest };
}
