// pages/receipt.tsx - a score taken apart: every part with its reason, and the sum that anybody can add up.
import { get } from '../api';
import { dateMinute, higherThan, number } from '../format';
import type { Part, Receipt } from '../model';
import { addUp, inOrder, withoutKind } from '../receipt';
import { href } from '../route';
import { useLoad } from '../state';
import { t } from '../texts';
import { Badge, Banner, Empty, Failure, Skeleton } from '../ui/basic';
import { Drawer } from '../ui/overlay';

const partHref = (part: Part) => (!part.ref ? null : part.kind === 'alert' ? href(`alerts/${part.ref}`) : part.kind === 'activity' ? href('activities', { f: JSON.stringify({ 'activity.id': { eq: [part.ref] } }), a: part.ref }) : null);

function Row({ part, marked }: { part: Part; marked: boolean }) {
  const to = partHref(part);
  const plain = withoutKind(part.kind, part.text);
  return (
    <tr class={marked ? 'marked' : ''}>
      <td class="right num strong nowrap">+<span data-points>{number(part.points)}</span></td>
      <td><Badge kind={part.kind === 'alert' ? 'high' : ''}>{t.receipt.kind[part.kind] ?? part.kind}</Badge></td>
      <td class="wrap-anywhere">{to ? <a href={to}>{plain}</a> : plain}<div class="sub">{dateMinute(part.time)}{part.group ? ` · ${t.receipt.group[part.group] ?? part.group}` : ''}{part.p && part.p < 0.5 ? ` · ${t.receipt.oneIn(number(Math.round(1 / part.p)))}` : ''}</div></td>
    </tr>
  );
}

export function ReceiptDrawer({ id, shown, name, mark, onClose }: { id: string; shown: number; name: string; mark: string | null; onClose: () => void }) {
  const { data, error, reload } = useLoad((s) => get<Receipt>(`users/${id}/receipt`, s), id);
  const sum = data && addUp(data, shown);
  return (
    <Drawer wide title={t.receipt.title(name)} sub={data?.from ? t.receipt.window(dateMinute(data.from), dateMinute(data.to)) : undefined} onClose={onClose}>
      {!data || !sum ? (error ? <Failure error={error} retry={reload} /> : <Skeleton rows={8} />) : data.parts.length === 0 ? <Empty icon="sum" title={t.receipt.none}>{t.receipt.noneWhy}</Empty> : <>
        <p class="muted">{t.receipt.about}{data.percentile ? ` ${t.receipt.percentile(higherThan(data.percentile))}` : ''}</p>
        <table class="receipt" data-test="receipt">
          <thead><tr><th class="right">{t.activity.points}</th><th>{t.receipt.from}</th><th>{t.receipt.why}</th></tr></thead>
          <tbody>{inOrder(data.parts).map((part, i) => <Row key={i} part={part} marked={!!mark && part.ref === mark} />)}</tbody>
          <tfoot><tr><td class="right num nowrap">= <span data-test="receipt-sum">{number(sum.total)}</span></td><td colSpan={2}>{t.receipt.sum(data.parts.length)}</td></tr></tfoot>
        </table>
        {sum.agrees ? <Banner kind="good" icon="check">{t.receipt.agrees(number(shown))}</Banner> : <Banner kind="warning" icon="alert">{t.receipt.differs(number(sum.total), number(shown))}</Banner>}
      </>}
    </Drawer>
  );
}
