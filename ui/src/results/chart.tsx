import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Chart } from "./series";
import { durationText, type Zone } from "./format";

interface Props {
  chart: Chart;
  zone: Zone;
  /** Changes when colours change, so that the canvas is drawn again. */
  theme: string;
}

/** Distinct without colour too: each round through the palette has its own dash. */
const DASHES: readonly number[][] = [[], [6, 4], [2, 3]];
const PALETTE_SIZE = 8;
const HEIGHT = 300;

/** A line per series over time. The table view beside it holds the same figures for those who cannot see a canvas. */
export function LineChart({ chart, zone, theme }: Props) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const plot = new uPlot(optionsOf(chart, zone, element), [chart.times, ...chart.series.map((line) => line.values)], element);
    const resized = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      plot.destroy();
    };
  }, [chart, zone, theme]);
  const what = `${chart.series.length} series, ${chart.times.length} slots of ${durationText(chart.intervalSeconds * 1e9)}`;
  return (
    <figure className="chart">
      <div ref={host} role="img" aria-label={`Line chart: ${what}. The table view has the figures.`} />
      <figcaption>
        {what}
        {chart.omitted > 0 && `; ${chart.omitted} more not drawn, see the table`}
      </figcaption>
    </figure>
  );
}

function optionsOf(chart: Chart, zone: Zone, element: HTMLElement): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis = { stroke: colour("--muted"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line"), width: 1 } };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    ...(zone === "utc" ? { tzDate: (seconds: number) => uPlot.tzDate(new Date(seconds * 1e3), "Etc/UTC") } : {}),
    scales: { y: { range: { min: { soft: 0, mode: 1 }, max: { pad: 0.1 } } } },
    axes: [axis, { ...axis, size: 70 }],
    series: [
      { label: "time" },
      ...chart.series.map((line, index) => ({
        label: line.name,
        stroke: colour(`--series-${(index % PALETTE_SIZE) + 1}`),
        dash: [...(DASHES[Math.floor(index / PALETTE_SIZE) % DASHES.length] ?? [])],
        width: 2,
        points: { show: chart.times.length < 60 },
      })),
    ],
  };
}
