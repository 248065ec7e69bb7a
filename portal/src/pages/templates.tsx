// pages/templates.tsx - ready-made activity policies to start from.
import { get } from '../api';
import type { List, Template } from '../model';
import { go } from '../route';
import { useDenied, useLoad } from '../state';
import { t } from '../texts';
import { Button, Empty, Failure, PageHead, SeverityBadge, Skeleton } from '../ui/basic';
import { Table } from '../ui/table';

export function Templates() {
  const { data, error, reload } = useLoad((s) => get<List<Template>>('templates', s), 'templates');
  const denied = useDenied('manage_policies');
  return (
    <div class="page">
      <PageHead title={t.menu.templates} about={t.policies.templatesAbout} />
      <div class="card">
        {!data ? (error ? <Failure error={error} retry={reload} /> : <Skeleton />) : data.data.length === 0 ? <Empty icon="template" title={t.policies.noTemplates} />
          : <Table label={t.menu.templates} rows={data.data} keyOf={(x) => x.id} columns={[
              { id: 'severity', head: t.alerts.severity, width: '140px', cell: (x) => <SeverityBadge of={x.severity} /> },
              { id: 'name', head: t.name, cell: (x) => <><b>{x.name}</b>{x.about && <div class="sub">{x.about}</div>}</> },
              { id: 'category', head: t.alerts.category, cell: (x) => t.category[x.category] ?? x.category },
              { id: 'use', head: '', right: true, cell: (x) => <Button compact denied={denied} onClick={() => go('policies/new', { template: x.id })}>{t.policies.useTemplate}</Button> },
            ]} />}
      </div>
    </div>
  );
}
