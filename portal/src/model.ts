// model.ts - the shapes of docs/api.md.

export type Severity = 'high' | 'medium' | 'low' | 'informational';
export type Shore = 'onprem' | 'cloud';
export type Filters = Record<string, Record<string, unknown>>;

export interface List<T> { data: T[]; total?: number; moreThanTotal?: boolean; hasNext?: boolean }
export interface Ref { id: string; name: string }
export interface App { service: number; name: string }
export interface Count { value: string; label?: string; who?: Ref | null; n: number }

export interface Account { id: number; name: string; displayName?: string | null; role: string; roleName: string; language: string; totp: boolean; singleSignOn: boolean; scoped: boolean; rights: string[] }
export interface Prerequisite { id: string; met: boolean; text: string; todo: string }
export interface Link {
  state: 'off' | 'connecting' | 'on' | 'disconnecting'; progress?: number; activities?: number; waiting?: number; since?: string | null; by?: string | null;
  prerequisites?: Prerequisite[]; secondsLeft?: number | null; firstVisible?: string | null;
}
export interface Session { account: Account; csrf: string; organisation: string; version: string; link: Link; licences: { atp: boolean; hub: boolean } }

export interface UserRow {
  id: string; name: string; upn?: string | null; title?: string | null; department?: string | null; score?: number | null; percentile?: number | null; red?: boolean;
  openAlerts?: number; apps?: number[]; tags?: string[]; lastSeen?: string | null; days?: number[];
}
export interface Group { id: string; name: string; direct: boolean; sensitive?: boolean }
/** Who uses a computer; somebody in no directory has a name only. */
export interface UsedBy { id?: string; name?: string; who?: { id?: string | null; name?: string | null } | null; n: number }
export interface User extends UserRow {
  mail?: string | null; phone?: string | null; manager?: { id?: string | null; name: string } | null; sam?: string | null; domain?: string | null; sid?: string | null;
  accounts?: { text: string }[]; groups?: Group[]; flags?: string[]; risk?: { identityRisk?: string | null; since?: string | null; by?: string | null };
  exposure?: { devices?: number; accounts?: number; resources?: number; locations?: number }; firstSeen?: string | null;
  baseline?: { days: number; events: number }; share?: { alerts: number; activities: number }; users?: UsedBy[];
}
export interface Part { points: number; kind: 'alert' | 'activity' | 'day'; time: string; ref?: string | null; group?: string | null; value?: string | null; text: string; p?: number | null }
export interface Receipt { score: number; from?: string | null; to?: string | null; percentile?: number | null; parts: Part[]; sum: number }
export interface TimelineItem { time: string; kind: string; ref?: string | null; points: number; text?: string | null; title?: string | null; app?: App | null; severity?: Severity | null }
export interface TimelineDay { day: string; points: number; items: TimelineItem[] }

export interface Party { type: string; id?: string | null; label: string; role?: string | null; entity?: string | null; certainty?: number | null }
export interface AlertRow {
  id: string; name: string; policy?: string | null; externalId?: number | null; severity: Severity; category: string; start: string; end: string; count: number;
  status: string; read: boolean; suppressed?: boolean; shore: Shore; app?: App | null; source?: Party | null; destination?: Party | null; users?: Ref[]; description?: string | null;
}
export interface Alert extends AlertRow {
  parties?: Party[]; attack?: string[]; preview?: boolean; advice?: { scope?: string[]; remediation?: string[]; prevention?: string[] };
  evidence?: { activity: string; time: string; kind: string; description?: string | null; seen?: boolean }[]; evidenceTotal?: number;
  history?: { what: string; by?: string | null; text?: string | null; time: string }[];
  resolution?: { status: string; reasonId?: number | null; comment?: string | null; by?: string | null; time?: string | null } | null;
  about?: string | null; points?: { user: Ref; points: number }[];
}

export interface Place { country?: string | null; countryName?: string | null; city?: string | null; network?: string | null; tags?: string[] }
export interface ActivityRow {
  id: string; time: string; created?: string; kind: string; description?: string | null; outcome?: string; app?: App | null; shore?: Shore;
  actor?: { id?: string | null; name?: string | null } | null; device?: string | null; destination?: string | null; ip?: string | null; location?: Place | null;
  agent?: { browser?: string | null; os?: string | null; device?: string | null } | null; admin?: boolean; impersonated?: boolean;
  objects?: { type: string; role: string; name?: string | null; id?: string | null }[]; points?: number; policies?: Ref[]; alerts?: string[];
}
export interface Activity extends ActivityRow {
  facts?: Record<string, unknown>; protocol?: string | null; session?: string | null; code?: string | number | null;
  origin?: { input?: { number: number; name: string } | null; record?: number; offset?: number } | null;
}
export interface PersonInsights {
  activities: number; alerts?: number; countries?: Count[]; networks?: Count[]; addresses?: Count[]; apps?: Count[]; kinds?: Count[]; first?: string | null; last?: string | null;
}
export interface IpInsights { activities: number; users?: UsedBy[]; alerts?: number; countries?: Count[]; networks?: Count[]; kinds?: Count[] }
export interface Insights { days: number; user?: PersonInsights | null; ip?: IpInsights | null }

export interface FieldInfo { name: string; type: 'text' | 'number' | 'time' | 'bool' | 'ip' | 'person'; operators: string[]; values?: { value: string | number; label: string }[] | null }
export interface Fields { activities: FieldInfo[]; alerts: FieldInfo[]; entities: FieldInfo[] }
export interface Suggestion { value: string; label?: string; about?: string | null }
export interface SavedQuery { id: string; name: string; filters: Filters; shared?: boolean; by?: string | null; suggested?: boolean }

export interface Param { name: string; value: number | string; default: number | string; about?: string }
export interface Exclusion { name: string; until?: string | null }
export interface Suppression { id: string; policy: string; name: string; by: 'user' | 'source' | 'ip'; value: string; user?: string; until?: string | null; alert: string; madeBy: string; made: string }
export interface Match { type: 'single' | 'repeated'; count?: number; minutes?: number; sameApp?: boolean }
export interface Policy {
  id: string; type: 'identity' | 'anomaly' | 'activity'; externalId?: number | null; name: string; severity: Severity; category: string; enabled: boolean; openAlerts?: number;
  about?: string | null; description?: string | null; attack?: string[]; learningDays?: number | null; blind?: string | null; off?: boolean; params?: Param[];
  scope?: { include?: Ref[]; exclude?: Ref[] } | null; sensitivity?: number | null; exclusions?: Exclusion[]; filters?: Filters | null; match?: Match | null;
  actions?: { mail?: boolean; webhook?: boolean; syslog?: boolean } | null; governance?: string[]; dailyLimit?: number | null; createdBy?: string | null; changed?: string | null;
}
/** A row of the governance log. */
export interface Governed {
  id: number; action: string; revert: boolean; of?: number; user: { id?: string; name: string } | null; domain: string | null; by: string | null; policy: Ref | null; alert: string | null; reason: string | null;
  asked: string; state: string; held: string | null; decidedBy: string | null; why: string | null; tries: number; next: string | null; ended: string | null; changed: boolean; canDecide: boolean; canRetry: boolean; canRevert: boolean;
}
/** What can be done to somebody, and why not. */
export interface GovernanceAction { id: string; name: string; about: string; can?: boolean; code?: string; why?: string }
export interface Template { id: string; name: string; about?: string; severity: Severity; category: string; filters: Filters; match?: Match }

export interface Analysis { state: string; progress?: number }
export interface Learning { policy: string; name: string; daysLeft: number }
export interface Blind { policy: string; name: string; missing: string }
export interface Dashboard {
  asOf?: string; alerts: { open: number; bySeverity: Record<Severity, number>; byCategory: { category: string; open: number }[]; perDay: ({ day: string } & Record<Severity, number>)[] };
  users: UserRow[]; apps: (App & { activities: number; lastActivity?: string | null })[]; sensors: { name: string; state: string; lastSeen?: string | null }[];
  link: Link; learning: Learning[]; blind: Blind[]; analysis?: Analysis; activities: number;
}

export interface Assessment {
  id: string; name: string; affected: number; impact: 'high' | 'medium' | 'low'; status: 'at_risk' | 'completed' | 'unknown';
  trend?: { day: string; affected: number }[]; about?: string; todo?: string[]; asOf?: string | null;
}
export interface AssessmentPage extends Assessment {
  entities?: { id: string; name: string; type: string; tags?: string[]; evidence?: { text: string; activity?: string | null; time?: string | null }[]; lastSeen?: string | null; exposure?: number }[];
}

export interface Licence { id: string; product: string; organisation?: string; domainSid?: string | null; domain?: string | null; issued?: string; expires?: string; valid: boolean; why?: string | null }
/** With the directory domain that this hub has seen, which an `atp` licence must name. */
export interface LicenceList extends List<Licence> { domain?: string | null; domainSid?: string | null }
export interface Settings { organisation: string; language: string; governance: { people: number }; retention: Record<'activities' | 'alerts' | 'discovery' | 'governance', number> }
export interface Notifications {
  mail: { enabled: boolean; server?: string; port?: number; tls?: string | boolean; user?: string; from?: string; to?: string[]; severity?: string; perDay?: number; password?: string };
  syslog: { enabled: boolean; host?: string; port?: number; transport?: string; format?: string; cef?: string; severity?: string };
  webhook: { enabled: boolean; url?: string; severity?: string; key?: string };
}
export type Tags = Record<'sensitive' | 'honeytoken' | 'dc' | 'dns' | 'replicator', { name: string; id?: string | null }[]>;
export interface Input {
  number: number; name: string; by?: string; state: 'waiting' | 'done' | 'failed'; received?: string; done?: string | null; format?: string | null; bytes?: number;
  records?: number; activities?: number; repeats?: number; faults?: number; firstFault?: string | null;
}
export type ExportFormat = 'csv' | 'json' | 'ocsf' | 'ecs';
export interface ActivityExport {
  id: number; format: ExportFormat; filters?: Filters; query?: string; by: string; mine: boolean; state: 'waiting' | 'running' | 'done' | 'failed' | 'cancelled'; why?: string;
  asked: string; started: string | null; ended: string | null; expires: string | null; activities: number; of: number; bytes: number; more: boolean; secondsLeft?: number;
}
export interface DirectoryService {
  number: number; server: string; domain?: string | null; signIn: 'password' | 'kerberos'; bindName?: string | null; ca?: string | null; plain: boolean; minutes: number; enabled: boolean; act: boolean; secret: boolean;
  state: string; running: boolean; failures: number; lastTry: string | null; lastSuccess: string | null; why?: string | null; said: { domain: string; users: number; groups: number; computers: number } | null;
}
export interface Admin { id: number; name: string; displayName?: string | null; role: string; scope?: { apps?: (number | string)[]; groups?: Ref[] } | null; totp?: boolean; singleSignOn?: boolean; managed?: boolean; disabled?: boolean; lastSignIn?: string | null }
export interface SingleSignOn {
  enabled: boolean; create: boolean; name?: string; issuer?: string; clientId?: string; ca?: string; scope?: string; nameClaim?: string; roleClaim?: string; roles: { value: string; role: string }[];
  secret: boolean; redirectUri: string;
}
export interface Role { id: string; name: string; scope?: string; about?: string; rights: string[] }
export interface Sensor {
  number: number; name: string; state: string; by?: string; created?: string; lastSeen?: string | null;
  said: { version?: string; activities?: number; interfaces?: { name: string; packets?: number; dropped?: number; skippedForReserve?: number }[] } | null;
}
export interface Token { id: string | number; name: string; state: string; clientId?: string; scopes?: string[] | null; siem?: boolean; created?: string; lastUsed?: string | null; by?: string }
export interface AuditLine { id: number; time: string; by?: string; from?: string; what: string; object?: string | null; before?: unknown; after?: unknown }
export interface Health {
  state: string; uptime?: number; activities?: number; inputsWaiting?: number; analysis?: Analysis; blind?: Blind[]; learning?: Learning[];
  disk?: { bytes: number; free: number }; unread?: { sensor: string; reason: string; records: number; blinds: string[] }[]; problems?: { text: string; todo?: string; weakens?: string[] }[];
}
/** The range of a gateway is left out for whoever may not see IP ranges. */
export interface VpnGateway {
  name?: string; address?: string; private: boolean; sessions: number; rejected: number; people: number; first: string; last: string; sources: { name: string; sensor: boolean }[];
  range?: { id: string; name: string; category: number } | null;
}
export interface Vpn { gateways: VpnGateway[]; moreGateways: boolean; connections: number; moreConnections: boolean }
export interface Subnet {
  _id: string; name: string; category: number; organization?: string | null; subnets: { originalString: string }[]; tags?: { id: string; name: string }[] | null; builtIn?: boolean; lastModified?: number;
}
