// texts/en.ts - every English text of the portal. Words of the server's own vocabulary are in vocabulary-en.ts.
import { pluralOf } from './plural';
import { vocabulary } from './vocabulary-en';

const n = pluralOf('en-GB');

export const en = {
  ...vocabulary,
  otherLanguage: 'Français',
  none: '–',
  never: 'never',
  justNow: 'just now',
  yes: 'Yes',
  no: 'No',
  all: 'All',
  more: 'Show more',
  add: 'Add',
  edit: 'Edit',
  delete: 'Delete',
  deleted: 'Deleted.',
  remove: 'Remove',
  save: 'Save',
  saved: 'Saved.',
  cancel: 'Cancel',
  close: 'Close',
  done: 'Done',
  back: 'Back',
  retry: 'Try again',
  export: 'Export',
  copy: 'Copy',
  search: 'Search',
  select: 'Select this row',
  selectAll: 'Select all rows of this page',
  selected: (k: number) => n(k, '# selected', '# selected'),
  previous: 'Previous page',
  next: 'Next page',
  range: (from: string, to: string, total?: string) => (total === undefined ? `${from}–${to}` : `${from}–${to} of ${total}`),
  name: 'Name',
  type: 'Type',
  state: 'State',
  by: 'By',
  created: 'Created',
  actions: 'Actions',
  until: 'Until',
  forEver: 'without end',
  forDays: (k: number) => n(k, 'for # day', 'for # days'),
  lastDays: (k: number) => n(k, 'Last 24 hours', 'Last # days'),
  anyTime: 'Any time',
  noMatch: 'Nothing matches',
  loading: 'Loading',
  failed: 'This could not be loaded',
  unreachable: 'The server does not answer. Check the connection and try again.',
  noPage: 'There is no such page',
  noPageWhy: 'The link may be from another version, or mistyped.',
  skip: 'Skip to the page',
  asOf: (when: string) => `as of ${when}`,
  timeLeft: (time: string) => `${time} left`,
  daysLeft: (k: number) => n(k, '# day left', '# days left'),
  seconds: (k: number) => n(k, '# second', '# seconds'),
  minutes: (k: number) => n(k, '# minute', '# minutes'),
  hours: (k: number) => n(k, '# hour', '# hours'),
  days: (k: number) => n(k, '# day', '# days'),
  byteUnits: ['B', 'kB', 'MB', 'GB', 'TB'],
  labelled: (label: string, value: string) => `${label}: ${value}`,
  secretKept: 'Leave empty to keep what is stored. It is never shown.',
  denied: (what: string, role: string) => `Your role (${role}) may not ${what}.`,
  theme: { label: 'Appearance', auto: 'As the system', light: 'Light', dark: 'Dark' },

  menu: {
    label: 'Main menu', dashboard: 'Dashboard', alerts: 'Alerts', investigate: 'Investigate', activities: 'Activity log', users: 'Users and accounts', computers: 'Computers',
    posture: 'Identity security posture', apps: 'Connected apps', control: 'Control', policies: 'Policies', templates: 'Templates', governance: 'Governance log', settings: 'Settings',
    profile: 'My account',
  },

  gate: {
    signIn: 'Sign in', signOut: 'Sign out', about: 'Watch over the identities of your organisation.', name: 'Sign-in name', password: 'Password', displayName: 'Full name',
    secondStep: 'Second step', secondAbout: 'Enter the six digits that your authenticator app shows.', code: 'Code', wrong: 'The name or the password is wrong.', wrongCode: 'The code is wrong or has expired.',
    locked: (time: string) => `Too many attempts. Try again in ${time}.`, setUp: 'Set up Vigie', setUpAbout: 'Create the first Global administrator of this server.', token: 'Set-up token',
    tokenAbout: 'Printed where “vigie serve” was started. It proves that you own this server.', passwordAbout: 'At least 12 characters. A sentence is easier to remember than symbols.', again: 'Password again',
    differ: 'The two passwords differ.', create: 'Create and sign in', with: (name: string) => `Sign in with ${name}`, outHere: 'You are signed out of Vigie.', outThere: (name: string) => `Sign out of ${name || 'the sign-in service'}, too`,
    landed: {
      denied: 'The sign-in was cancelled.', expired: 'That sign-in took too long, or did not begin in this browser. Try again.', account: 'You have no access to this server. Ask its administrator.', away: 'The sign-in service cannot be used just now. Try again later.',
      failed: 'The sign-in did not succeed. The administrator of this server finds the reason in the audit log.', wait: 'Too many attempts. Wait a while and try again.',
    } as Record<string, string>,
  },

  dashboard: {
    asOf: (when: string) => `What needs attention, as of ${when}.`, openAlerts: 'Open alerts', redUsers: 'Users in the red', redUsersAbout: 'Investigation priority from the 90th percentile', activities: 'Activities stored',
    topUsers: 'Top users by investigation priority, last 7 days', noUsers: 'Nobody has a score yet', noUsersWhy: 'Scores appear when activities have been analysed: upload logs or connect identity protection.',
    alertsOverTime: 'Alerts over time', byCategory: 'Open alerts by category', noAlertsWhy: 'New alerts appear here as soon as they are raised.', sources: 'Connected apps and sensors',
    noSources: 'No data yet', noSourcesWhy: 'Upload event logs, audit logs of cloud apps or a directory export, and see who behaves unusually.', learning: 'Still learning or blind', noLearning: 'Every detection has finished learning and has its data.',
    linkOff: 'Alerts and activities of the on-premises directory are not joined.', openLink: 'Open the settings', analysing: 'Analysing activities',
  },

  alerts: {
    about: 'What the detections and policies found. Close what you have dealt with.', alert: 'Alert', severity: 'Severity', category: 'Category', users: 'Users', app: 'App', shore: 'Source', status: 'Status', date: 'Date',
    search: 'Search in alerts', statusOpen: 'Open', statusClosed: 'Closed', statusAll: 'Open and closed', anyCategory: 'All categories', times: (k: number) => n(k, '# time', '# times'),
    openCount: (k: number) => n(k, '# open alert', '# open alerts'), noneOpen: 'No open alerts', noneOpenWhy: 'Everything that was found has been dealt with. New alerts appear here.', showClosed: 'Show closed alerts',
    noneMatch: 'No alert matches', noneMatchWhy: 'Loosen the filters to see more.', close: 'Close', reopen: 'Reopen', reopened: (k: number) => n(k, 'Alert reopened.', '# alerts reopened.'), closed: (k: number) => n(k, 'Alert closed.', '# alerts closed.'),
    closeTitle: (k: number) => n(k, 'Close alert', 'Close # alerts'), closeAs: 'What was it?', reason: 'Reason', comment: 'Comment', commentHint: 'What was found, and what was done',
    closeBoth: 'The alert is closed on both sides; it need not be closed again elsewhere.', markRead: 'Mark as read', markUnread: 'Mark as unread',
    closeAbout: { true_positive: 'An attack or a violation, confirmed.', benign: 'It happened as described, and is legitimate.', false_positive: 'It did not happen as described.' },
    reasons: {
      'benign.2': 'Severity should be lower', 'benign.4': 'Other', 'benign.5': 'Confirmed with the user', 'benign.6': 'Triggered by a test', 'false_positive.0': 'Not of interest', 'false_positive.1': 'Too many similar alerts',
      'false_positive.3': 'Not accurate', 'false_positive.4': 'Other',
    } as Record<string, string>,
  },

  alert: {
    picture: 'Who did what to whom', column: { source: 'Source', controller: 'Domain controller', target: 'Target' }, certainty: (k: number) => `${k}\u00a0% certain`, evidence: 'Evidence', allActivities: 'Show in the activity log',
    noEvidence: 'No activities are listed', noEvidenceWhy: 'They may have aged out by the retention of this server.', whatToDo: 'What to do', scope: 'Understand the scope of the breach', remediation: 'Remediate', prevention: 'Prevent it',
    history: 'History', addComment: 'Add comment', commentHint: 'Visible to everybody who may see this alert', concerned: 'Related entities', facts: 'Details', first: 'First seen', last: 'Last seen', count: 'Times', externalId: 'External ID',
    attack: 'MITRE ATT&CK', resolution: 'Resolution', preview: 'Preview', exclude: 'Exclude…', excludeAbout: (name: string) => `“${name}” will no longer be raised for this user, computer or address.`, excluded: (name: string) => `${name} is excluded.`,
    suppress: 'Suppress…', suppressAbout: 'Later alerts of this policy are raised silently: no notification, and not in the queue.', suppressBy: 'For', by: { user: 'the same user', source: 'the same source computer', ip: 'the same IP address' },
    suppressed: 'Similar alerts are suppressed.', isSuppressed: 'Suppressed', workbook: 'Download as workbook', share: 'Copy link', copied: 'The link has been copied.', policy: 'Show the policy', how: 'How this is detected', unseen: 'It has aged out, or you may not see it.', unread: 'Marked as unread.',
  },

  activities: {
    about: 'What everybody did, on premises and in the cloud.', count: (k: number) => n(k, '# activity', '# activities'), allApps: 'All apps', shore: 'Source', bothShores: 'On premises and cloud', failuresOnly: 'Failures', adminOnly: 'Administrative',
    queries: 'Queries', suggested: 'Suggested queries', saved: 'Saved queries', noSaved: 'None yet', noSavedWhy: 'Set filters, then save them as a query.', save: 'Save as query', savedQuery: (name: string) => `“${name}” is saved.`, shared: 'Everybody may use it',
    forget: 'Delete this query', columns: 'Columns', newPolicy: 'New policy from search', none: 'No activities yet', noneWhy: 'Upload logs, or connect identity protection to see what happens in the directory.', noneMatch: 'No activity matches',
    noneMatchWhy: 'Loosen the filters, or choose a longer time.',
  },

  activity: {
    activity: 'Activity', user: 'User', app: 'App', ip: 'IP address', location: 'Location', device: 'Device', time: 'Date', points: 'Points', received: 'Received', outcome: 'Outcome', network: 'Network', destination: 'Destination', agent: 'User agent',
    protocol: 'Protocol', session: 'Session', flags: 'Marks', admin: 'Administrative', impersonated: 'Impersonated', objects: 'Objects', policies: 'Matched policies', alertN: (k: number) => `Alert ${k}`, facts: 'Facts of the record', general: 'General', raw: 'Raw record',
    origin: (input: string, record: string, offset: string) => `${input}, record ${record}, byte ${offset}`, similar: 'Show similar', within: (k: number) => n(k, 'Within the last day', 'Within the last # days'), noUser: 'Nobody is named as the actor.',
    noIp: 'The record names no address.', openUser: 'Open user page', openAlerts: 'Open alerts', countries: 'Countries', networks: 'Network owners', addresses: 'Addresses', apps: 'Apps', kinds: 'Kinds of activity',
  },

  query: {
    advanced: 'Advanced filters', add: 'Add a filter', clear: 'Clear all', remove: 'Remove this filter', field: 'Field', operator: 'Operator', value: (field: string) => `Value of ${field}`, choose: 'Choose or type', from: 'From', to: 'To', days: 'days',
  },

  people: { about: 'Everybody who was active or is in a directory, most suspicious first.', search: 'Name, mail or account', none: 'Nobody is known yet', noneWhy: 'People appear from the logs that you upload and from the directories that you connect.' },
  computers: { about: 'Computers seen in activities or named by a directory.', search: 'Name of a computer', none: 'No computer is known yet', noneWhy: 'Computers appear from domain controllers’ logs and from the directory.', usedBy: 'Used by', threat: 'Threat', noAlerts: 'No alerts', noAlertsWhy: 'No alert names this computer as source, domain controller or target.' },

  user: {
    priority: 'Investigation priority', percentile: 'Percentile', position: 'Title', department: 'Department', manager: 'Manager', mail: 'Mail', phone: 'Phone', upn: 'User principal name', sam: 'Account', sid: 'SID', domain: 'Domain', flags: 'Account flags',
    tags: 'Tags', firstSeen: 'First seen', lastSeen: 'Last seen', threat: 'User threat', openAlerts: 'Open alerts', identityRisk: 'Identity risk level', noRisk: 'not reported', baseline: 'Baseline',
    baselineText: (d: number, e: number) => `${n(d, '# day', '# days')}, ${n(e, '# activity', '# activities')}`, exposure: 'User exposure', devices: 'Devices', accounts: 'Accounts', resources: 'Resources', locations: 'Locations', noGroups: 'No groups', directGroups: 'Direct groups',
    nestedGroups: 'Nested groups', spellings: 'Known as', noDirectory: 'No directory names this entity: it was seen in activities only.', actions: 'User actions', export: 'Export personal data', inLog: 'Open in the activity log',
    noActivities: 'No activities', noActivitiesWhy: 'Nothing of this entity is within the retention of this server.', tabs: { risk: 'User risk', activities: 'Activities', directory: 'Directory data' },
    fromAlerts: 'Alerts', fromActivities: 'Risky activities', ring: (a: number, b: number) => `${a} points from alerts, ${b} points from risky activities`, openReceipt: 'Show what it is made of',
    percentileText: (p: string) => `Higher than ${p} of the organisation`, lastTwoWeeks: 'Points in the last two weeks', twoWeeks: (k: number) => n(k, '# point in two weeks', '# points in two weeks'), bracket: (k: string) => `7 days: ${k}`, noDays: 'No points yet.',
    timeline: 'What raised the score', noTimeline: 'Nothing raised the score', noTimelineWhy: 'No alert and no unusual activity so far.',
    erase: 'Delete personal data…', eraseTitle: 'Delete personal data', eraseNow: 'Delete for good', eraseDone: 'The personal data is being deleted.', eraseType: (name: string) => `Type “${name}” to confirm`,
    eraseGoes: (name: string) => `This deletes for good what this server keeps about ${name}: the activities, the alerts about this person alone with their comments, the score and the profile. Alerts that others have a part in stay without this person.`,
    eraseStays: 'Not deleted: what others’ activities and the directory say, the source files that were received (only their administrator can remove those), copies such as exports and backups, and in the audit log that somebody with this id was deleted.',
    eraseLater: 'What arrives later of this person is new data and is shown again.',
    resetDone: 'The score is reset.',
    reset: 'Reset score', resetAbout: (name: string) => `The investigation priority of ${name} starts again from zero. What happened so far stays in the log.`,
  },

  receipt: {
    title: (name: string) => `Why ${name} has this score`, window: (from: string, to: string) => `${from} to ${to}`, about: 'Every part is shown; together they are the score.', percentile: (p: string) => `It is higher than ${p} of the organisation.`, from: 'From', why: 'Why',
    sum: (k: number) => n(k, 'the sum of # part', 'the sum of # parts'), agrees: (k: string) => `The parts add up to ${k}, exactly the score that is shown.`, differs: (a: string, b: string) => `The parts add up to ${a}, the page shows ${b}. Load the page again: the score may have changed meanwhile.`,
    none: 'No points in the last seven days', noneWhy: 'The score is zero: there is nothing to add up.', oneIn: (k: string) => `1 in ${k}`,
    kind: { alert: 'Alert', activity: 'Activity', day: 'Day' } as Record<string, string>,
    group: { where: 'where', 'with what': 'with what', what: 'what', when: 'when', day: 'the whole day', alert: 'alert' } as Record<string, string>,
  },

  apps: { about: 'What the hub has activities of.', fresh: 'Receiving', quiet: 'Quiet', last: 'Last activity' },

  posture: {
    about: 'What weakens identities in the directory, who is affected, and what to do.', assessment: 'Assessment', impact: 'Impact', trend: 'Trend', affected: 'Affected entities', asOf: 'As of', why: 'Evidence', exposure: 'Exposure', whyRisky: 'Why it is risky', workbook: 'Workbook',
    off: 'Posture assessments need identity protection', offWhy: 'They are made from on-premises activities and the directory. Connect identity protection to see them; disconnecting removes them at once.',
    none: 'No assessment yet', noneWhy: 'The first one is made when the analysis of the joined activities has finished.', clean: 'Nobody is affected', unknown: 'Not known yet', unknownWhy: 'The data that this assessment needs has not been seen.',
    status: { at_risk: 'At risk', completed: 'Completed', unknown: 'Not known' } as Record<string, string>,
  },

  policies: {
    about: 'What raises alerts: detections on both sides and your own activity policies.', create: 'Create activity policy', policy: 'Policy', on: 'On', search: 'Search policies', anyState: 'On and off', onlyOn: 'On', onlyOff: 'Off', count: (k: number) => n(k, '# policy', '# policies'),
    toggle: (name: string) => `Switch ${name} on or off`, switchedOn: (name: string) => `${name} is on.`, switchedOff: (name: string) => `${name} is off.`, off: 'This detection is not part of this version yet.', notYet: 'Not in this version', blind: 'Lacks data', blindWhy: (what: string) => `It is blind where this is so: ${what}.`,
    learning: (k: number) => n(k, 'Learning: # day', 'Learning: # days'), type: { identity: 'Identity protection (ATP)', anomaly: 'Anomaly detection', activity: 'Activity' },
    none: 'No policies', noIdentity: 'Identity protection is not connected', noIdentityWhy: 'The policies of Identity protection (ATP) are here while it is connected.', noActivity: 'No activity policy yet',
    noActivityWhy: 'Make one from a search in the activity log, from a template, or from nothing.', params: 'Thresholds', byDefault: (v: string) => `Default: ${v}.`, scope: 'Scope', include: 'Only these users and groups', includeAbout: 'Empty: everybody.', exclude: 'Never these',
    choosePeople: 'Type a name', sensitivity: 'Sensitivity', low: 'Low: fewer alerts', normal: 'Normal', high: 'High: more alerts', matchText: (c: number, m: number) => (c > 1 ? `An alert when ${c} activities of one user match within ${m} minutes.` : 'An alert for every activity that matches.'),
    showActivities: 'Show matching activities', createdBy: (who: string) => `Made by ${who}`, deleteTitle: 'Delete policy', deleteAbout: (name: string) => `“${name}” no longer raises alerts. Alerts that it has raised stay.`,
    templatesAbout: 'Ready-made activity policies. Open one, adapt it, and switch it on.', noTemplates: 'No templates', useTemplate: 'Create from template', newTitle: 'New activity policy', editorAbout: 'Raises an alert when somebody does what the filter describes.',
    basics: 'Policy', description: 'Description', which: 'Activities that match all of these', whichEmpty: 'Add at least one filter.', when: 'When to raise an alert', single: 'Every matching activity', singleAbout: 'One activity is enough.',
    repeated: 'Repeated activity', repeatedAbout: 'The same user does it often within a short time.', atLeast: 'At least', withinMinutes: 'Within minutes', sameApp: 'In the same app', then: 'Then', thenAbout: 'An alert is raised in the queue. Also:',
    sendMail: 'Send mail', sendSyslog: 'Send to the SIEM (syslog)', sendWebhook: 'Call the webhook', noMail: 'Mail is not set up yet.', dailyLimit: 'Alerts a day', dailyLimitAbout: 'Further matches on the same day are counted, not raised.',
    preview: 'Preview on the last 7 days', previewEmpty: 'Add a filter to see how often it would have matched.', previewText: (a: number, b: number) => `${n(a, '# activity matches', '# activities match')}; ${n(b, '# alert', '# alerts')} would have been raised.`,
    previewMany: 'That is a lot. Narrow the filter, or ask for repeated activity.', later: 'The policy raises alerts on activities that arrive from now on.',
  },

  governance: {
    about: 'What was asked to be done to people’s accounts: by whom or by which policy, and what came of it.', action: 'Action', none: 'No action has been taken', noneWhy: 'Actions start on a user’s page, or with alerts of policies that carry governance actions. Accounts in Active Directory are acted on through directory services that allow it.',
    actions: { require_sign_in: 'Require sign in again', suspend: 'Suspend user', confirm_compromised: 'Confirm compromised' } as Record<string, string>,
    reverts: { require_sign_in: 'Revert: require sign in again', suspend: 'Revert: suspend user', confirm_compromised: 'Revert: confirm compromised' } as Record<string, string>,
    abouts: { require_sign_in: 'The password must be changed at the next sign-in. Kerberos tickets that the account holds work until they run out.', suspend: 'The account is disabled in Active Directory: no new sign-in. Kerberos tickets that it holds work until they run out, ten hours at most by default.', confirm_compromised: 'The person’s identity risk becomes high. It shows on this page and adds no points; nothing is changed anywhere else.' } as Record<string, string>,
    refused: {
      no_account: 'This person has no account in Active Directory. Act where the account is: in the cloud application’s own administration.', no_directory: 'No directory service reads the domain of this account. Add it first.',
      not_allowed: 'The directory service of this account’s domain may not be acted on. Allow it, with an account that may write.', own_account: 'That is an account with which this server signs in to a directory service: it is never acted on.',
      krbtgt: 'krbtgt is never acted on: the domain’s tickets depend on it.', not_person: 'Only people are acted on.',
    } as Record<string, string>,
    status: { approval: 'Waits for approval', waiting: 'Waiting', running: 'Running', done: 'Done', failed: 'Failed', reverted: 'Reverted', rejected: 'Rejected' } as Record<string, string>,
    held: { sensitive: 'The account is sensitive, or an administrator’s.', many: 'Policies have acted on as many people within an hour as they may.', old: 'What the alert is about is more than 24 hours ago.' } as Record<string, string>,
    already: 'It was so already; nothing was changed.', next: (time: string) => `Tried again ${time}`, decidedBy: (name: string) => `Decided by ${name}`, deleted: 'Deleted person', alert: 'Alert', ofAlert: 'Governance log of this alert', waiting: (k: number) => n(k, '# action waits for approval', '# actions wait for approval'), search: 'Person, administrator or reason', anyState: 'Any state', anyAction: 'Any action',
    approve: 'Approve', reject: 'Reject', retry: 'Try again', revert: 'Revert', revertTitle: 'Revert this action', revertAbout: (action: string, name: string) => `${action} (${name}).`, reason: 'Reason', asked: 'It is being done: see the governance log.', suspendToo: 'Suspend the user, too', ofUser: 'Governance log of this user',
    section: 'Governance actions', policyAbout: 'What each new alert does to the person whom it is about, once:', policyWarning: 'This happens without asking anybody, except to sensitive accounts, for alerts about what is more than a day ago, and above the number of people an hour in the settings: these wait for approval in the governance log.',
    people: 'People an hour', peopleAbout: 'Policies act on so many people within an hour by themselves; further actions wait for approval.',
  },

  link: {
    title: 'Identity protection (ATP)', connect: 'Connect identity protection data, including alerts and activities', connectAbout: 'On-premises activities, alerts, users’ scores, posture assessments and the ATP policies join what is known from the cloud apps.',
    secured: 'Data is secured: it stays on this server, and travels only over TLS between your sensors and this server.', offWarning: 'Activities and alerts that have joined stay until they age out. Posture assessments are removed at once, and ATP policies leave the policies page. Connecting again brings them back.',
    now: 'State', state: { off: 'Off', connecting: 'Connecting', on: 'On', disconnecting: 'Disconnecting' }, leave: 'You can leave this page; it goes on.', joined: 'Activities joined', waiting: 'Still waiting', since: 'Since', by: 'Switched by', firstVisible: 'First activity visible',
    prerequisites: 'Prerequisites', met: 'Met', unmet: 'Missing', todo: 'What to do:', prerequisite: { licence: 'An ATP licence', domain: 'The licence names this directory domain', role: 'Global administrator' } as Record<string, string>,
  },

  inputs: {
    upload: 'Upload logs', drop: 'Drop files here: event logs, audit logs, directory exports, archives', choose: 'Choose files', formats: '.evtx, JSON and NDJSON, CSV exports, LDIF, .zip, .tar.gz. Files are kept as received.', sent: (name: string) => `${name} is being read.`, none: 'Nothing has been received yet',
    noneWhy: 'Files that are uploaded, dropped into the inbox folder or pushed by forwarders are listed here with what came of them.', records: 'Records', repeats: (k: number) => n(k, '# repeat', '# repeats'), faults: 'Not understood', received: 'Received', state: { waiting: 'Waiting', done: 'Read', failed: 'Failed' } as Record<string, string>,
  },

  exports: {
    ask: 'Export activities', askAbout: 'The activities that the filters find are written to a file in the background. You can leave this page; the file will be in Settings > Exports for seven days.', start: 'Start export', started: 'The export has started. It will be in Settings > Exports, where you see how far it is.', open: 'Open exports',
    format: 'Format', formats: { csv: 'CSV table', json: 'JSON lines', ocsf: 'OCSF 1.3 events', ecs: 'ECS 8 documents (Elastic)' } as Record<string, string>, filter: 'Show these activities', activities: 'Activities', size: 'Size', expires: 'Deleted', download: 'Download', more: 'A limit was reached: the newest activities are in the file.',
    state: { waiting: 'Waiting', running: 'Being written', done: 'Ready', failed: 'Failed', cancelled: 'Cancelled' } as Record<string, string>,
    why: { rights: 'The account may no longer see the activity log.', scope: 'The role of the account has changed.', disk: 'The disk is nearly full.', restarts: 'The server ended three times while it was being written.', personal: 'Personal data was deleted, which the file could have held. Ask again.', error: 'The file could not be written.' } as Record<string, string>,
    none: 'No exports', noneWhy: 'The activity log can be exported by its filters; what was asked for is listed here.', remove: 'Delete export', removeAbout: 'The file is deleted for good.',
  },

  health: {
    ok: 'Everything works.', warning: 'Something needs attention.', weakens: 'Weaker because of this:', now: 'Now', version: 'Version', uptime: 'Running for', waiting: 'Files waiting', disk: 'Disk', diskText: (used: string, free: string) => `${used} used, ${free} free`,
    blind: 'Detections that lack data', noBlind: 'No detection is blind.', lacks: (what: string) => `is blind: ${what}`,
    partly: 'What sensors see in part', partlyWhy: 'Messages that are sound and cannot be read where the sensor is. What these alerts need may be among them.', partlyCount: (k: number) => n(k, '# message since the sensor started', '# messages since the sensor started'),
  },

  settings: {
    system: 'System', threat: 'Threat protection', data: 'Data', own: 'Personal', organisation: 'Organisation', language: 'Language of new accounts', retention: 'Retention', retentionAbout: 'Days after which data is deleted for good.', noRight: 'You may not see this page',
    keep: { activities: 'Activities', alerts: 'Closed alerts', discovery: 'Cloud discovery', governance: 'Governance log' },
    nav: {
      general: 'Organisation and retention', admins: 'Manage admin access', roles: 'Roles', 'sign-on': 'Single sign-on', tokens: 'API tokens', licences: 'Licences', exports: 'Exports', audit: 'Audit log', health: 'Health', link: 'Identity protection (ATP)', sensors: 'Sensors', directories: 'Directory services', tags: 'Entity tags', exclusions: 'Exclusions', vpn: 'VPN',
      inputs: 'Inputs and upload', subnets: 'IP address ranges', notifications: 'Notifications', profile: 'My account',
    } as Record<string, string>,
    about: {
      general: 'What this server is called, and how long it remembers.', admins: 'Accounts that may sign in, and their roles.', roles: 'What each role may see and do.', 'sign-on': 'People sign in at a service of your organisation (OpenID Connect).', tokens: 'For programs that use the REST API with your rights.', licences: 'Which sides of the product may be used, for which directory. Nothing is ever sent home.',
      exports: 'Files made from the activity log, kept for seven days.', audit: 'What administrators did and looked at.', health: 'Whether the hub sees what it should.', link: 'Joins the on-premises side and the hub.', sensors: 'Programs on or beside domain controllers that send what happened there.', directories: 'Active Directory domains that this server reads over LDAP: who exists, and who is in which group.', tags: 'Accounts that deserve a second look, and servers whose part is known.',
      exclusions: 'Users, computers and addresses that a detection leaves out.', vpn: 'Who connects through which gateway, learned from RADIUS accounting.', inputs: 'What the hub was given to read.', subnets: 'Your own networks, VPN egress and other known addresses.', notifications: 'Who is told about alerts.', profile: 'Your password and second factor.',
    } as Record<string, string>,
  },

  admins: {
    add: 'Add administrator', edit: 'Edit administrator', role: 'Role', apps: 'Apps (numbers)', groups: 'Groups', commas: 'Separate with commas.', newPassword: 'New password', newPasswordAbout: 'Leave empty to keep the present one.', disabled: 'May not sign in', isDisabled: 'Disabled', active: 'Active',
    secondFactor: 'Second factor', lastSignIn: 'Last sign-in', notSelf: 'You cannot remove yourself.', remove: 'Remove administrator', removeAbout: (name: string) => `${name} may no longer sign in; tokens and sessions end at once.`,
    singleSignOn: 'Signs in with single sign-on alone', managed: 'The sign-in service gives this account its role at each sign-in.',
  },
  signOn: {
    service: 'Sign-in service', people: 'People and roles', on: 'Single sign-on', issuer: 'Issuer', issuerAbout: 'Exactly as the service writes it.', name: 'Name on the button', nameAbout: 'What people know the service as.', clientId: 'Client ID', secret: 'Client secret', secretAbout: 'Empty for a client without one.',
    redirect: 'Redirect URI', redirectAbout: 'Register this address at the service.', caAbout: 'PEM. Empty: those that this server’s system trusts.', nameClaim: 'Claim that names the account', nameClaimAbout: 'One that people cannot change themselves, such as preferred_username, upn or email.',
    scope: 'Scope', scopeAbout: 'Words with blanks between, openid among them.', roleClaim: 'Claim of groups or roles', roleClaimAbout: 'A claim of the ID token; names within names with a dot: realm_access.roles.', roles: 'Roles by value of the claim', value: 'Value of the claim', addRole: 'Add a value',
    rolesAbout: 'The first value that somebody has counts.', create: 'Give unknown people an account with the role of this list', createOff: 'Only people whose account exists under Manage admin access may sign in.',
    breakGlass: 'A Global administrator with a password always remains, for the day on which the service cannot be used. Accounts that have a password are never opened by the service.', test: 'Test', outcome: 'What the service says', authorization: 'Sign-in page', tokens: 'Tokens', endSession: 'Sign-out page',
    keys: (n: number) => (n === 1 ? 'One key, from' : `${n} keys, from`), said: 'Its whole description', client: { accepted: 'The service answers and knows this client.', refused: 'The service answers, but does not accept this client or its secret.', unclear: 'The service answers. Whether it knows this client shows at the first sign-in.' } as Record<string, string>,
  },
  tokens: {
    add: 'Generate token', made: 'Token generated', once: 'Copy it now: it is shown this once only.', use: 'Send it as “Authorization: Token …”. It never may more than your account.', nameAbout: 'What it is for', none: 'No tokens', noneWhy: 'A token lets a program use the REST API with your rights.', revoke: 'Revoke',
    revokeAbout: (name: string) => `Programs that use “${name}” stop working at once.`, lastUsed: 'Last used', state: { generated: 'Generated', active: 'Active', inactive: 'Inactive' } as Record<string, string>,
    may: 'May', everything: 'Everything that its issuer may', only: 'Only what is chosen', chooseOne: 'Choose at least one.', siem: 'Read only, for a SIEM', client: 'Client ID', clientAbout: 'For programs that sign in by OAuth 2.0 client credentials: this is the client ID, the token is the secret.',
    scope: {
      'Investigation.read': 'Read activities, alerts, accounts and files', 'Investigation.manage': 'The same, and handle alerts and change IP ranges', 'Discovery.read': 'Read Cloud Discovery and its alerts', 'Discovery.manage': 'The same, and handle them', 'Settings.read': 'Read settings and IP ranges', 'Settings.manage': 'The same, and change them',
    } as Record<string, string>,
  },
  sensors: {
    add: 'Register sensor', made: 'Sensor registered', once: 'Copy the bundle now: it is shown this once only, and holds the sensor’s key.', use: 'On the domain controller, or on a machine at its mirror port: vigie sensor --bundle FILE --interface NAME', nameAbout: 'Usually the domain controller it watches',
    none: 'No sensors', noneWhy: 'A sensor reads the traffic of domain controllers and sends parsed activities over mutual TLS, never raw data.', seen: 'Last seen', activities: 'Activities', packets: 'Packets', dropped: 'Dropped', version: 'Version', revoke: 'Revoke',
    revokeAbout: (name: string) => `“${name}” may send nothing from now on. What it sent stays.`,
  },
  directories: {
    add: 'Add directory service', edit: 'Edit directory service', none: 'No directory service', noneWhy: 'Name a domain controller and an account, and this server knows who exists in that domain, at any change: users, groups and computers. A directory can also be uploaded as a file under Inputs.', server: 'Domain controller', serverAbout: 'ldaps://host, or ldap://host with StartTLS', domainAbout: 'Stop when the controller is of another domain. May be empty.',
    signIn: 'Sign in with', kerberos: 'Kerberos (keytab)', minutes: 'Minutes between two readings', account: 'Account', accountAbout: 'An ordinary domain user is enough; with “Replicating Directory Changes” any controller tells what changed.', keytab: 'Keytab', keytabAbout: 'The file with the account’s keys. Its first entry is used.', ca: 'Certificate authorities', caAbout: 'PEM; have signed the controller’s certificate. Empty: those of this machine.',
    plain: 'Without encryption', plainAbout: 'Anybody on the way can read everything, the password too.', enabled: 'Read this domain', act: 'May be acted on: users of this domain may be suspended and required to sign in again', acts: 'may be acted on', actAbout: 'The account needs write access to userAccountControl and pwdLastSet of users, and no more: docs/governance.md shows how to delegate it. Only encrypted connections are used. Test the connection to see what it may.', writes: (looked: number, suspend: number, again: number) => `Of ${looked} accounts looked at it may suspend ${suspend} and require a new sign-in of ${again}.`, writesMore: 'It may write more than it needs.', test: 'Test connection', testing: 'Testing…', found: (domain: string, controller: string) => `The connection works: ${domain}, answered by ${controller}.`, noDirsync: 'The account lacks “Replicating Directory Changes”: name the same controller each time.', noDeleted: 'The account may not see deleted objects: who is deleted is forgotten.',
    last: 'Last read', failures: (x: number) => n(x, '# failed attempt', '# failed attempts'), holds: 'Holds', users: 'users', groups: 'groups', computers: 'computers', sync: 'Synchronise now', asked: 'The directory is being read.', running: 'Reading…', remove: 'Remove directory service', removeAbout: (name: string) => `What ${name} says of accounts and groups is no longer used. Names that were seen stay.`,
  },
  licences: {
    needsHub: 'Activities, alerts and scores of cloud apps need a licence for the hub.', seen: 'Directory domain seen here:', add: 'Install licence', installed: 'The licence is installed.', file: 'Licence file', text: 'Text of the licence', textAbout: 'Choose the file, or paste what is in it.', none: 'No licence', noneWhy: 'Identity protection (ATP) needs a licence that names your Active Directory domain; cloud insights need a hub licence.', product: 'Product',
    products: { atp: 'Identity protection (ATP)', hub: 'Hub: cloud apps' } as Record<string, string>, expires: 'Expires', valid: 'Valid', invalid: 'Not valid', remove: 'Remove licence', removeAbout: 'What it allows stops at once.',
  },
  audit: { none: 'Nothing has been done yet', what: 'What', before: 'Before', after: 'After' },
  tags: {
    hint: 'Account, group or computer', title: { sensitive: 'Sensitive', honeytoken: 'Honeytoken', dc: 'Domain controllers', dns: 'DNS servers', replicator: 'Known replicators' },
    about: {
      sensitive: 'More impact in scores and alerts. Members of administrative groups are sensitive by themselves.', honeytoken: 'Accounts that nobody uses: any authentication with them raises an alert.', dc: 'Only where neither directory nor logs tell.', dns: 'Servers that may ask for zone transfers.',
      replicator: 'Accounts that may replicate the directory, such as those of Entra Connect.',
    },
  },
  suppressions: { title: 'Suppressed alerts', none: 'No alerts are suppressed', noneWhy: '“Suppress…” on the page of an alert stores later ones like it silently. Here this can be ended.', lift: 'End', lifted: 'Later alerts open again.' },
  exclusions: { name: 'User, computer or address', hint: 'alice, WS12, 192.0.2.0/24', none: 'Nothing is excluded', noneWhy: 'Exclude from an alert that is no danger, or choose a policy above.', until: (when: string) => `until ${when}`, untilAbout: 'Empty: without end.', forPolicy: 'Policy', choose: 'Choose a policy…' },
  notifications: {
    title: { mail: 'Mail', syslog: 'Syslog (SIEM)', webhook: 'Webhook' }, about: { mail: 'Alerts are not mailed.', syslog: 'Alerts are not sent to a SIEM.', webhook: 'No webhook is called.' }, from: 'From severity', server: 'Server', port: 'Port', tls: 'Encryption', plain: 'None', sender: 'Sender', to: 'Recipients', perDay: 'At most a day',
    transport: 'Transport', format: 'Format', cef: 'Message', cefLegal: 'CEF', cefAtp: 'As Azure ATP wrote it', url: 'Address', key: 'Signing key', keyAbout: 'Signs every call (HMAC). Leave empty to keep what is stored.', test: 'Send test', tested: 'The test was delivered.', testFailed: (why: string) => `The test failed: ${why}`,
  },
  subnets: {
    add: 'Add IP range', ranges: 'Ranges', rangesAbout: 'One address range per line, IPv4 or IPv6.', organization: 'Network owner', none: 'No IP ranges', noneWhy: 'Name your offices, VPN and proxies: alerts become more precise, and filters easier.', builtIn: 'Built in',
    category: { 1: 'Corporate', 2: 'Administrative', 3: 'Risky', 4: 'VPN', 5: 'Cloud provider', 6: 'Other' } as Record<number, string>,
  },
  vpn: {
    gateways: 'Gateways', gateway: 'Gateway', toldBy: 'Seen by:', sensor: (name: string) => `Sensor ${name}`, sessions: 'Sessions', rejected: (k: number) => n(k, '# rejected', '# rejected'), people: 'People', egress: 'IP range',
    privateAddress: 'The address is private. Add the public addresses that its users come from.', noRange: 'The address is in no IP range.', otherCategory: (category: string) => `Category: ${category}`, mayNotSee: 'Your role does not see IP ranges.',
    more: (k: string) => `Counted from the ${k} newest connections.`, linkOff: 'VPN connections are on-premises activities: they are shown while identity protection is connected.',
    none: 'No VPN connection has been seen', noneWhy: 'Vigie learns of VPN connections from RADIUS accounting, as a sensor or a capture sees it on the network. There is nothing to switch on here.',
    steps: [
      'Let the VPN gateway send RADIUS accounting (RFC 2866) to your RADIUS server: UDP port 1813, with the client’s address as Calling-Station-Id or Tunnel-Client-Endpoint.',
      'Let that traffic pass a sensor: on the RADIUS server’s own machine, or at a mirror port of its switch. A sensor only listens: it is no RADIUS server and acknowledges nothing.',
      'Or upload a capture of that traffic under Inputs, to see what it gives.',
    ],
    secret: 'A shared secret is not asked for: accounting is not encrypted. What it says is therefore not proven either; whoever can send to your RADIUS server’s network can pretend a connection.',
    reads: 'Learns from these connections', leavesOut: 'Leaves out addresses of VPN ranges',
  },
  profile: {
    old: 'Present password', change: 'Change password', changed: 'The password is changed.', on: 'On', off: 'Off', totpAbout: 'A code from an authenticator app besides the password. Strongly advised for everybody who may change settings.', totpOn: 'Set up second factor',
    totpSecret: 'Enter this key in your authenticator app, then type the code that it shows:', totpConfirm: 'Switch on', totpOff: 'Switch off', totpOnDone: 'The second factor is on.', totpOffDone: 'The second factor is off.', elsewhere: 'You sign in at the sign-in service of your organisation. Your password and second factor are there.',
  },
};
