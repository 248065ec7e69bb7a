// pages/receipt.tsx - a score taken apart: every part with its reason, and the sum that anybody can add up.
import { get, post } from '../api';
import { dateMinute, higherThan, number } from '../format';
import type { Part, Receipt } from '../model';
import { addUp, inOrder, withoutKind } from '../receipt';
import { href } from '../route';
import { attempt, useDenied, useLoad } from '../state';
import { t } from '../texts';
import { Badge, Banner, Empty, Failure, Skeleton } from '../ui/basic';
import { Drawer, Menu } from '../ui/overlay';

const partHref = (part: Part) => (!part.ref ? null : part.kind === 'alert' ? href(`alerts/${part.ref}`) : part.kind === 'activity' ? href('activities', { f: JSON.stringify({ 'activity.id': { eq: [part.ref] } }), a: part.ref }) : null);

function Row({ part, marked, feedback }: { part: Part; marked: boolean; feedback: (as: 'expected' | 'suspicious') => unknown }) {
  const denied = useDenied('manage_alerts');
  const to = partHref(part);
  const plain = withoutKind(part.kind, part.text);
  return (
    <tr class={marked ? 'marked' : ''}>
      <td class="right num strong nowrap">+<span data-points>{number(part.points)}</span></td>
      <td><Badge kind={part.kind === 'alert' ? 'high' : ''}>{t.receipt.kind[part.kind] ?? part.kind}</Badge></td>
      <td class="wrap-anywhere">{to ? <a href={to}>{plain}</a> : plain}<div class="sub">{dateMinute(part.time)}{part.group ? ` · ${t.receipt.group[part.group] ?? part.group}` : ''}{part.p && part.p < 0.5 ? ` · ${t.receipt.oneIn(number(Math.round(1 / part.p)))}` : ''}</div></td>
      <td>{part.ref && part.kind !== 'alert' && <Menu kind="plain" compact iconOnly icon="more" label={t.receipt.feedback} items={[{ text: t.receipt.expected, denied, onClick: () => feedback('expected') }, { text: t.receipt.suspicious, denied, onClick: () => feedback('suspicious') }]} />}</td>
    </tr>
  );
}

export function ReceiptDrawer({ id, shown, name, mark, onClose }: { id: string; shown: number; name: string; mark: string | null; onClose: () => void }) {
  const { data, error, reload } = useLoad((s) => get<Receipt>(`users/${id}/receipt`, s), id);
  const feedback = (ref: string) => (as: 'expected' | 'suspicious') => attempt(() => post(`users/${id}/feedback`, { ref, as }), t.receipt.thanks);
  const sum = data && addUp(data, shown);
  return (
    <Drawer wide title={t.receipt.title(name)} sub={data?.from ? t.receipt.window(dateMinute(data.from), dateMinute(data.to)) : undefined} onClose={onClose}>
      {!data || !sum ? (error ? <Failure error={error} retry={reload} /> : <Skeleton rows={8} />) : data.parts.length === 0 ? <Empty icon="sum" title={t.receipt.none}>{t.receipt.noneWhy}</Empty> : <>
        <p class="muted">{t.receipt.about}{data.percentile ? ` ${t.receipt.percentile(higherThan(data.percentile))}` : ''}</p>
        <table class="receipt" data-test="receipt">
          <thead><tr><th class="right">{t.activity.points}</th><th>{t.receipt.from}</th><th>{t.receipt.why}</th><th /></tr></thead>
          <tbody>{inOrder(data.parts).map((part, i) => <Row key={i} part={part} marked={!!mark && part.ref === mark} feedback={feedback(part.ref ?? '')} />)}</tbody>
          <tfoot><tr><td class="right num nowrap">= <span data-test="receipt-sum">{number(sum.total)}</span></td><td colSpan={3}>{t.receipt.sum(data.parts.length)}</td></tr></tfoot>
        </table>
        {sum.agrees ? <Banner kind="good" icon="check">{t.receipt.agrees(number(shown))}</Banner> : <Banner kind="warning" icon="alert">{t.receipt.differs(number(sum.total), number(shown))}</Banner>}
      </>}
    </Drawer>
  );
}
