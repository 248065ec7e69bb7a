// ui/chart.tsx - Apache ECharts with only the parts in use, coloured by the tokens of style.css.
// Tooltips are drawn on the canvas, because the content security policy forbids style attributes in HTML.
import { BarChart, LineChart, PieChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { init, use, type EChartsCoreOption, type EChartsType } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'preact/hooks';

use([BarChart, LineChart, PieChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

export type Colours = (token: string) => string;

/** The value of a colour token in the theme that is on: `light-dark()` resolves only on a real element. */
function coloursOf(box: HTMLElement): Colours {
  const probe = document.createElement('i');
  box.append(probe);
  const seen = new Map<string, string>();
  queueMicrotask(() => probe.remove());
  return (token) => {
    let value = seen.get(token);
    if (value === undefined) {
      probe.style.color = `var(--${token})`;
      value = getComputedStyle(probe).color;
      seen.set(token, value);
    }
    return value;
  };
}

export function Chart({ option, label, short, onClick }: { option: (c: Colours) => EChartsCoreOption; label: string; short?: boolean; onClick?: (name: string) => void }) {
  const box = useRef<HTMLDivElement>(null);
  const latest = useRef({ option, onClick });
  latest.current = { option, onClick };
  const chart = useRef<EChartsType | null>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const made = init(element, undefined, { renderer: 'canvas' });
    chart.current = made;
    made.on('click', (e) => latest.current.onClick?.(String((e as { name?: string }).name ?? '')));
    const paint = () => draw(made, element, latest.current.option);
    const watch = new ResizeObserver(() => made.resize());
    watch.observe(element);
    const media = matchMedia('(prefers-color-scheme: dark)');
    media.addEventListener('change', paint);
    addEventListener('themechange', paint);
    return () => { watch.disconnect(); media.removeEventListener('change', paint); removeEventListener('themechange', paint); made.dispose(); chart.current = null; };
  }, []);
  useEffect(() => { if (chart.current && box.current) draw(chart.current, box.current, option); });
  return <div ref={box} class={short ? 'chart short' : 'chart'} role="img" aria-label={label} />;
}

function draw(chart: EChartsType, box: HTMLElement, option: (c: Colours) => EChartsCoreOption) {
  const c = coloursOf(box);
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const tooltip = { renderMode: 'richText', confine: true, backgroundColor: c('raised'), borderColor: c('line'), textStyle: { color: c('text'), fontSize: 12 } };
  const own = option(c) as { tooltip?: object };
  chart.setOption({ animation: !calm, animationDuration: 300, textStyle: { fontFamily: 'system-ui, "Segoe UI", Roboto, "Liberation Sans", sans-serif' }, ...own, tooltip: { ...tooltip, ...own.tooltip } }, true);
}

/** Axes in the colours of the theme. */
export const axis = (c: Colours) => ({ axisLine: { lineStyle: { color: c('line-strong') } }, axisTick: { show: false }, axisLabel: { color: c('muted'), fontSize: 12 }, splitLine: { lineStyle: { color: c('line') } } });
