// pages/alert-close.tsx - closing one or many alerts: as what, for which reason (numbers of the documented API), with which words.
import { useState } from 'preact/hooks';
import { post } from '../api';
import { attempt } from '../state';
import { t } from '../texts';
import { Button } from '../ui/basic';
import { Select, TextArea } from '../ui/form';
import { Dialog } from '../ui/overlay';

export type CloseAs = 'true_positive' | 'benign' | 'false_positive';
export const REASONS: Record<CloseAs, number[]> = { true_positive: [], benign: [5, 6, 2, 4], false_positive: [3, 1, 0, 4] };

export function CloseDialog({ ids, onClose, onDone, first = 'true_positive' }: { ids: string[]; onClose: () => void; onDone: () => void; first?: CloseAs }) {
  const [as, setAs] = useState<CloseAs>(first);
  const [reason, setReason] = useState<number | null>(REASONS[first][0] ?? null);
  const [comment, setComment] = useState('');
  const pick = (next: CloseAs) => { setAs(next); setReason(REASONS[next][0] ?? null); };
  const submit = async () => {
    const body = { as, comment, ...(reason === null ? {} : { reasonId: reason }) };
    if (await attempt(() => Promise.all(ids.map((id) => post(`alerts/${id}/close`, body))), t.alerts.closed(ids.length))) onDone();
  };
  return (
    <Dialog title={t.alerts.closeTitle(ids.length)} onClose={onClose} onSubmit={submit} footer={<><Button onClick={onClose}>{t.cancel}</Button><Button kind="primary" type="submit">{t.alerts.close}</Button></>}>
      <fieldset class="field"><legend>{t.alerts.closeAs}</legend>
        <div class="tile-choice">
          {(Object.keys(REASONS) as CloseAs[]).map((id) => (
            <label key={id}><input type="radio" name="as" value={id} checked={as === id} onChange={() => pick(id)} /><span><b>{t.status[id]}</b><br /><span class="muted small">{t.alerts.closeAbout[id]}</span></span></label>
          ))}
        </div>
      </fieldset>
      {REASONS[as].length > 0 && <Select field label={t.alerts.reason} value={reason ?? 4} options={REASONS[as].map((n) => [n, t.alerts.reasons[`${as}.${n}`] ?? String(n)])} onChange={setReason} />}
      <TextArea label={t.alerts.comment} value={comment} onChange={setComment} placeholder={t.alerts.commentHint} />
      <p class="muted small">{t.alerts.closeBoth}</p>
    </Dialog>
  );
}
