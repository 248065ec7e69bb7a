// texts/fr.ts - every French text of the portal; `Texts` makes a missing one fail the build.
import type { Texts } from './index';
import { pluralOf } from './plural';
import { vocabulary } from './vocabulary-fr';

const n = pluralOf('fr-FR');

export const fr: Texts = {
  ...vocabulary,
  otherLanguage: 'English',
  none: '–',
  never: 'jamais',
  justNow: 'à l’instant',
  yes: 'Oui',
  no: 'Non',
  all: 'Tout',
  more: 'Afficher plus',
  add: 'Ajouter',
  edit: 'Modifier',
  delete: 'Supprimer',
  deleted: 'Supprimé.',
  remove: 'Retirer',
  save: 'Enregistrer',
  saved: 'Enregistré.',
  cancel: 'Annuler',
  close: 'Fermer',
  done: 'Terminé',
  back: 'Retour',
  retry: 'Réessayer',
  export: 'Exporter',
  copy: 'Copier',
  search: 'Rechercher',
  select: 'Sélectionner cette ligne',
  selectAll: 'Sélectionner toutes les lignes de cette page',
  selected: (k) => n(k, '# sélectionnée', '# sélectionnées'),
  previous: 'Page précédente',
  next: 'Page suivante',
  range: (from, to, total) => (total === undefined ? `${from}–${to}` : `${from}–${to} sur ${total}`),
  name: 'Nom',
  type: 'Type',
  state: 'État',
  by: 'Par',
  created: 'Création',
  actions: 'Actions',
  until: 'Jusqu’au',
  forEver: 'sans fin',
  forDays: (k) => n(k, 'pendant # jour', 'pendant # jours'),
  lastDays: (k) => n(k, 'Dernières 24 heures', '# derniers jours'),
  anyTime: 'Toute date',
  noMatch: 'Aucun résultat',
  loading: 'Chargement',
  failed: 'Le chargement a échoué',
  unreachable: 'Le serveur ne répond pas. Vérifiez la connexion, puis réessayez.',
  noPage: 'Cette page n’existe pas',
  noPageWhy: 'Le lien vient peut-être d’une autre version, ou contient une faute de frappe.',
  skip: 'Aller à la page',
  asOf: (when) => `état : ${when}`,
  timeLeft: (time) => `encore ${time}`,
  daysLeft: (k) => n(k, 'encore # jour', 'encore # jours'),
  seconds: (k) => n(k, '# seconde', '# secondes'),
  minutes: (k) => n(k, '# minute', '# minutes'),
  hours: (k) => n(k, '# heure', '# heures'),
  days: (k) => n(k, '# jour', '# jours'),
  byteUnits: ['o', 'ko', 'Mo', 'Go', 'To'],
  labelled: (label, value) => `${label}\u00a0: ${value}`,
  secretKept: 'Laissez vide pour garder la valeur enregistrée. Elle n’est jamais affichée.',
  denied: (what, role) => `Votre rôle (${role}) ne permet pas de ${what}.`,
  theme: { label: 'Apparence', auto: 'Comme le système', light: 'Clair', dark: 'Sombre' },

  menu: {
    label: 'Menu principal', dashboard: 'Tableau de bord', alerts: 'Alertes', investigate: 'Enquêter', activities: 'Journal d’activité', users: 'Utilisateurs et comptes', computers: 'Ordinateurs',
    posture: 'Posture de sécurité des identités', apps: 'Applications connectées', control: 'Contrôler', policies: 'Stratégies', templates: 'Modèles', governance: 'Journal de gouvernance', settings: 'Paramètres',
    profile: 'Mon compte',
  },

  gate: {
    signIn: 'Se connecter', signOut: 'Se déconnecter', about: 'Veillez sur les identités de votre organisation.', name: 'Nom de connexion', password: 'Mot de passe', displayName: 'Nom complet',
    secondStep: 'Deuxième étape', secondAbout: 'Saisissez les six chiffres affichés par votre application d’authentification.', code: 'Code', wrong: 'Le nom ou le mot de passe est incorrect.', wrongCode: 'Le code est incorrect ou a expiré.',
    locked: (time) => `Trop de tentatives. Réessayez dans ${time}.`, setUp: 'Mettre Vigie en service', setUpAbout: 'Créez le premier administrateur général de ce serveur.', token: 'Jeton de mise en service',
    tokenAbout: 'Affiché là où « vigie serve » a été lancé. Il prouve que ce serveur est le vôtre.', passwordAbout: 'Au moins 12 caractères. Une phrase se retient mieux que des symboles.', again: 'Mot de passe, encore une fois',
    differ: 'Les deux mots de passe diffèrent.', create: 'Créer et se connecter', with: (name) => `Se connecter avec ${name}`, outHere: 'Vous êtes déconnecté de Vigie.', outThere: (name) => `Se déconnecter aussi de ${name || 'ce service d’authentification'}`,
    landed: {
      denied: 'La connexion a été annulée.', expired: 'Cette connexion a duré trop longtemps, ou n’a pas commencé dans ce navigateur. Réessayez.', account: 'Vous n’avez pas accès à ce serveur. Adressez-vous à son administrateur.', away: 'Le service d’authentification est inutilisable pour le moment. Réessayez plus tard.',
      failed: 'La connexion n’a pas abouti. L’administrateur de ce serveur en trouve la raison dans le journal d’audit.', wait: 'Trop de tentatives. Patientez un moment et réessayez.',
    },
  },

  dashboard: {
    asOf: (when) => `Ce qui demande votre attention, état : ${when}.`, openAlerts: 'Alertes ouvertes', redUsers: 'Utilisateurs dans le rouge', redUsersAbout: 'Priorité d’enquête à partir du 90ᵉ centile', activities: 'Activités enregistrées',
    topUsers: 'Principaux utilisateurs par priorité d’enquête, 7 derniers jours', noUsers: 'Personne n’a encore de score', noUsersWhy: 'Les scores apparaissent après l’analyse des activités : envoyez des journaux ou connectez la protection des identités.',
    alertsOverTime: 'Alertes au fil du temps', byCategory: 'Alertes ouvertes par catégorie', noAlertsWhy: 'Les nouvelles alertes apparaissent ici dès qu’elles sont levées.', sources: 'Applications connectées et capteurs',
    noSources: 'Pas encore de données', noSourcesWhy: 'Envoyez des journaux d’événements, des journaux d’audit d’applications cloud ou un export d’annuaire, et voyez qui se comporte de façon inhabituelle.', learning: 'En apprentissage ou sans données', noLearning: 'Toutes les détections ont fini d’apprendre et ont leurs données.',
    linkOff: 'Les alertes et activités de l’annuaire local ne sont pas jointes.', openLink: 'Ouvrir les paramètres', analysing: 'Analyse des activités',
  },

  alerts: {
    about: 'Ce que les détections et les stratégies ont trouvé. Fermez ce que vous avez traité.', alert: 'Alerte', severity: 'Gravité', category: 'Catégorie', users: 'Utilisateurs', app: 'Application', shore: 'Source', status: 'Statut', date: 'Date',
    search: 'Rechercher dans les alertes', statusOpen: 'Ouvertes', statusClosed: 'Fermées', statusAll: 'Ouvertes et fermées', anyCategory: 'Toutes les catégories', times: (k) => n(k, '# fois', '# fois'),
    openCount: (k) => n(k, '# alerte ouverte', '# alertes ouvertes'), noneOpen: 'Aucune alerte ouverte', noneOpenWhy: 'Tout ce qui a été trouvé a été traité. Les nouvelles alertes apparaissent ici.', showClosed: 'Afficher les alertes fermées',
    noneMatch: 'Aucune alerte ne correspond', noneMatchWhy: 'Élargissez les filtres pour en voir davantage.', close: 'Fermer', reopen: 'Rouvrir', reopened: (k) => n(k, 'Alerte rouverte.', '# alertes rouvertes.'), closed: (k) => n(k, 'Alerte fermée.', '# alertes fermées.'),
    closeTitle: (k) => n(k, 'Fermer l’alerte', 'Fermer # alertes'), closeAs: 'De quoi s’agissait-il ?', reason: 'Raison', comment: 'Commentaire', commentHint: 'Ce qui a été constaté, et ce qui a été fait',
    closeBoth: 'L’alerte est fermée des deux côtés ; il n’est pas nécessaire de la fermer ailleurs.', markRead: 'Marquer comme lue', markUnread: 'Marquer comme non lue',
    closeAbout: { true_positive: 'Une attaque ou une violation, confirmée.', benign: 'Cela s’est passé comme décrit, et c’est légitime.', false_positive: 'Cela ne s’est pas passé comme décrit.' },
    reasons: {
      'benign.2': 'La gravité devrait être plus faible', 'benign.4': 'Autre', 'benign.5': 'Confirmé avec l’utilisateur', 'benign.6': 'Déclenchée par un test', 'false_positive.0': 'Sans intérêt', 'false_positive.1': 'Trop d’alertes semblables',
      'false_positive.3': 'Inexacte', 'false_positive.4': 'Autre',
    },
  },

  alert: {
    picture: 'Qui a fait quoi à qui', column: { source: 'Source', controller: 'Contrôleur de domaine', target: 'Cible' }, certainty: (k) => `certain à ${k}\u00a0%`, evidence: 'Preuves', allActivities: 'Afficher dans le journal d’activité',
    noEvidence: 'Aucune activité n’est listée', noEvidenceWhy: 'Elles ont peut-être dépassé la durée de conservation de ce serveur.', whatToDo: 'Que faire', scope: 'Comprendre l’étendue de la compromission', remediation: 'Remédier', prevention: 'Prévenir',
    history: 'Historique', addComment: 'Ajouter un commentaire', commentHint: 'Visible par toutes les personnes qui peuvent voir cette alerte', concerned: 'Entités associées', facts: 'Détails', first: 'Vue la première fois', last: 'Vue la dernière fois', count: 'Nombre de fois', externalId: 'ID externe',
    attack: 'MITRE ATT&CK', resolution: 'Résolution', preview: 'Aperçu', exclude: 'Exclure…', excludeAbout: (name) => `« ${name} » ne sera plus levée pour cet utilisateur, cet ordinateur ou cette adresse.`, excluded: (name) => `${name} est exclu.`,
    suppress: 'Masquer…', suppressAbout: 'Les prochaines alertes de cette stratégie sont levées en silence : sans notification, et hors de la file.', suppressBy: 'Pour', by: { user: 'le même utilisateur', source: 'le même ordinateur source', ip: 'la même adresse IP' },
    suppressed: 'Les alertes semblables sont masquées.', isSuppressed: 'Masquée', workbook: 'Télécharger le classeur', share: 'Copier le lien', copied: 'Le lien a été copié.', policy: 'Afficher la stratégie', how: 'Comment c’est détecté', unseen: 'Elle a dépassé la durée de conservation, ou vous ne pouvez pas la voir.', unread: 'Marquée comme non lue.',
  },

  activities: {
    about: 'Ce que chacun a fait, sur site et dans le cloud.', count: (k) => n(k, '# activité', '# activités'), allApps: 'Toutes les applications', shore: 'Source', bothShores: 'Local et cloud', failuresOnly: 'Échecs', adminOnly: 'Administratives',
    queries: 'Requêtes', suggested: 'Requêtes suggérées', saved: 'Requêtes enregistrées', noSaved: 'Aucune pour l’instant', noSavedWhy: 'Posez des filtres, puis enregistrez-les comme requête.', save: 'Enregistrer la requête', savedQuery: (name) => `« ${name} » est enregistrée.`, shared: 'Tout le monde peut l’utiliser',
    forget: 'Supprimer cette requête', columns: 'Colonnes', newPolicy: 'Nouvelle stratégie depuis la recherche', none: 'Pas encore d’activités', noneWhy: 'Envoyez des journaux, ou connectez la protection des identités pour voir ce qui se passe dans l’annuaire.', noneMatch: 'Aucune activité ne correspond',
    noneMatchWhy: 'Élargissez les filtres, ou choisissez une période plus longue.',
  },

  activity: {
    activity: 'Activité', user: 'Utilisateur', app: 'Application', ip: 'Adresse IP', location: 'Lieu', device: 'Appareil', time: 'Date', points: 'Points', received: 'Reçue le', outcome: 'Résultat', network: 'Réseau', destination: 'Destination', agent: 'Agent utilisateur',
    protocol: 'Protocole', session: 'Session', flags: 'Marques', admin: 'Administrative', impersonated: 'Emprunt d’identité', objects: 'Objets', policies: 'Stratégies correspondantes', alertN: (k) => `Alerte ${k}`, facts: 'Faits de l’enregistrement', general: 'Général', raw: 'Enregistrement brut',
    origin: (input, record, offset) => `${input}, enregistrement ${record}, octet ${offset}`, similar: 'Afficher les semblables', within: (k) => n(k, 'Au cours du dernier jour', 'Au cours des # derniers jours'), noUser: 'Aucun acteur n’est nommé.',
    noIp: 'L’enregistrement ne nomme aucune adresse.', openUser: 'Ouvrir la page de l’utilisateur', openAlerts: 'Alertes ouvertes', countries: 'Pays', networks: 'Propriétaires de réseaux', addresses: 'Adresses', apps: 'Applications', kinds: 'Types d’activité',
  },

  query: {
    advanced: 'Filtres avancés', add: 'Ajouter un filtre', clear: 'Tout effacer', remove: 'Retirer ce filtre', field: 'Champ', operator: 'Opérateur', value: (field) => `Valeur de ${field}`, choose: 'Choisir ou saisir', from: 'Du', to: 'Au', days: 'jours',
  },

  people: { about: 'Toutes les personnes actives ou présentes dans un annuaire, les plus suspectes d’abord.', search: 'Nom, adresse ou compte', none: 'Personne n’est encore connu', noneWhy: 'Les personnes apparaissent à partir des journaux envoyés et des annuaires connectés.' },
  computers: { about: 'Ordinateurs vus dans les activités ou nommés par un annuaire.', search: 'Nom d’un ordinateur', none: 'Aucun ordinateur n’est encore connu', noneWhy: 'Les ordinateurs apparaissent à partir des journaux des contrôleurs de domaine et de l’annuaire.', usedBy: 'Utilisé par', threat: 'Menace', noAlerts: 'Aucune alerte', noAlertsWhy: 'Aucune alerte ne nomme cet ordinateur comme source, contrôleur de domaine ou cible.' },

  user: {
    priority: 'Priorité d’enquête', percentile: 'Centile', position: 'Fonction', department: 'Service', manager: 'Responsable', mail: 'Courriel', phone: 'Téléphone', upn: 'Nom principal d’utilisateur', sam: 'Compte', sid: 'SID', domain: 'Domaine', flags: 'Indicateurs du compte',
    tags: 'Étiquettes', firstSeen: 'Vu la première fois', lastSeen: 'Vu la dernière fois', threat: 'Menace', openAlerts: 'Alertes ouvertes', identityRisk: 'Niveau de risque de l’identité', noRisk: 'non communiqué', baseline: 'Référence',
    baselineText: (d, e) => `${n(d, '# jour', '# jours')}, ${n(e, '# activité', '# activités')}`, exposure: 'Exposition', devices: 'Appareils', accounts: 'Comptes', resources: 'Ressources', locations: 'Lieux', noGroups: 'Aucun groupe', directGroups: 'Groupes directs',
    nestedGroups: 'Groupes imbriqués', spellings: 'Connu comme', noDirectory: 'Aucun annuaire ne nomme cette entité : elle a seulement été vue dans des activités.', actions: 'Actions', export: 'Exporter les données personnelles', inLog: 'Ouvrir dans le journal d’activité',
    noActivities: 'Aucune activité', noActivitiesWhy: 'Rien de cette entité ne se trouve dans la durée de conservation de ce serveur.', tabs: { risk: 'Risque de l’utilisateur', activities: 'Activités', directory: 'Données d’annuaire' },
    fromAlerts: 'Alertes', fromActivities: 'Activités à risque', ring: (a, b) => `${a} points d’alertes, ${b} points d’activités à risque`, openReceipt: 'Afficher sa composition',
    percentileText: (p) => `Plus élevée que ${p} de l’organisation`, lastTwoWeeks: 'Points des deux dernières semaines', twoWeeks: (k) => n(k, '# point en deux semaines', '# points en deux semaines'), bracket: (k) => `7 jours : ${k}`, noDays: 'Pas encore de points.',
    timeline: 'Ce qui a fait monter le score', noTimeline: 'Rien n’a fait monter le score', noTimelineWhy: 'Aucune alerte et aucune activité inhabituelle jusqu’ici.',
    erase: 'Supprimer les données personnelles…', eraseTitle: 'Supprimer les données personnelles', eraseNow: 'Supprimer définitivement', eraseDone: 'Les données personnelles sont en cours de suppression.', eraseType: (name) => `Saisissez « ${name} » pour confirmer`,
    eraseGoes: (name) => `Supprime définitivement ce que ce serveur conserve sur ${name} : les activités, les alertes qui ne concernent que cette personne avec leurs commentaires, le score et le profil. Les alertes qui concernent aussi d’autres personnes restent, sans elle.`,
    eraseStays: 'Ne sont pas supprimés : ce que disent les activités d’autres personnes et l’annuaire, les fichiers source reçus (seul leur administrateur peut les retirer), les copies comme les exports et les sauvegardes, et, dans le journal d’audit, le fait qu’une personne portant cet identifiant a été supprimée.',
    eraseLater: 'Ce qui arrive ensuite sur cette personne est une donnée nouvelle et s’affiche de nouveau.',
    resetDone: 'Le score est remis à zéro.',
    reset: 'Remettre le score à zéro', resetAbout: (name) => `La priorité d’enquête de ${name} repart de zéro. Ce qui s’est passé reste dans le journal.`,
  },

  receipt: {
    title: (name) => `Pourquoi ${name} a ce score`, window: (from, to) => `du ${from} au ${to}`, about: 'Chaque partie est affichée ; ensemble, elles font le score.', percentile: (p) => `Il est plus élevé que ${p} de l’organisation.`, from: 'Origine', why: 'Pourquoi',
    sum: (k) => n(k, 'somme de # partie', 'somme de # parties'), agrees: (k) => `Les parties font ${k}, exactement le score affiché.`, differs: (a, b) => `Les parties font ${a}, la page affiche ${b}. Rechargez la page : le score a peut-être changé entre-temps.`,
    none: 'Aucun point au cours des sept derniers jours', noneWhy: 'Le score est zéro : il n’y a rien à additionner.', oneIn: (k) => `1 sur ${k}`,
    kind: { alert: 'Alerte', activity: 'Activité', day: 'Jour' },
    group: { where: 'où', 'with what': 'avec quoi', what: 'quoi', when: 'quand', day: 'toute la journée', alert: 'alerte' },
  },

  apps: { about: 'Ce dont le hub a des activités.', fresh: 'Reçoit', quiet: 'Silencieuse', last: 'Dernière activité' },

  posture: {
    about: 'Ce qui affaiblit les identités de l’annuaire, qui est concerné, et que faire.', assessment: 'Évaluation', impact: 'Impact', trend: 'Tendance', affected: 'Entités concernées', asOf: 'État', why: 'Preuves', exposure: 'Exposition', whyRisky: 'Pourquoi c’est risqué', workbook: 'Classeur',
    off: 'Les évaluations de posture demandent la protection des identités', offWhy: 'Elles sont faites à partir des activités locales et de l’annuaire. Connectez la protection des identités pour les voir ; la déconnecter les retire aussitôt.',
    none: 'Pas encore d’évaluation', noneWhy: 'La première est faite quand l’analyse des activités jointes est terminée.', clean: 'Personne n’est concerné', unknown: 'Pas encore connu', unknownWhy: 'Les données nécessaires à cette évaluation n’ont pas été vues.',
    status: { at_risk: 'À risque', completed: 'Terminée', unknown: 'Inconnu' },
  },

  policies: {
    about: 'Ce qui lève des alertes : les détections des deux côtés et vos propres stratégies d’activité.', create: 'Créer une stratégie d’activité', policy: 'Stratégie', on: 'Active', search: 'Rechercher des stratégies', anyState: 'Actives et inactives', onlyOn: 'Actives', onlyOff: 'Inactives', count: (k) => n(k, '# stratégie', '# stratégies'),
    toggle: (name) => `Activer ou désactiver ${name}`, switchedOn: (name) => `${name} est active.`, switchedOff: (name) => `${name} est inactive.`, off: 'Cette détection ne fait pas encore partie de cette version.', notYet: 'Pas dans cette version', blind: 'Sans données', blindWhy: (what) => `Elle est sans vue dans ce cas : ${what}.`,
    learning: (k) => n(k, 'Apprentissage : # jour', 'Apprentissage : # jours'), type: { identity: 'Protection des identités (ATP)', anomaly: 'Détection d’anomalies', activity: 'Activité' },
    none: 'Aucune stratégie', noIdentity: 'La protection des identités n’est pas connectée', noIdentityWhy: 'Les stratégies de la protection des identités (ATP) sont ici tant qu’elle est connectée.', noActivity: 'Pas encore de stratégie d’activité',
    noActivityWhy: 'Créez-en une depuis une recherche du journal d’activité, depuis un modèle, ou de zéro.', params: 'Seuils', byDefault: (v) => `Par défaut : ${v}.`, scope: 'Portée', include: 'Seulement ces utilisateurs et groupes', includeAbout: 'Vide : tout le monde.', exclude: 'Jamais ceux-ci',
    choosePeople: 'Saisir un nom', sensitivity: 'Sensibilité', low: 'Faible : moins d’alertes', normal: 'Normale', high: 'Élevée : plus d’alertes', matchText: (c, m) => (c > 1 ? `Une alerte quand ${c} activités d’un même utilisateur correspondent en ${m} minutes.` : 'Une alerte pour chaque activité qui correspond.'),
    showActivities: 'Afficher les activités correspondantes', createdBy: (who) => `Créée par ${who}`, deleteTitle: 'Supprimer la stratégie', deleteAbout: (name) => `« ${name} » ne lève plus d’alertes. Celles qu’elle a levées restent.`,
    templatesAbout: 'Des stratégies d’activité toutes prêtes. Ouvrez-en une, adaptez-la et activez-la.', noTemplates: 'Aucun modèle', useTemplate: 'Créer depuis le modèle', newTitle: 'Nouvelle stratégie d’activité', editorAbout: 'Lève une alerte quand quelqu’un fait ce que le filtre décrit.',
    basics: 'Stratégie', description: 'Description', which: 'Activités qui remplissent toutes ces conditions', whichEmpty: 'Ajoutez au moins un filtre.', when: 'Quand lever une alerte', single: 'Chaque activité correspondante', singleAbout: 'Une seule activité suffit.',
    repeated: 'Activité répétée', repeatedAbout: 'Le même utilisateur le fait souvent en peu de temps.', atLeast: 'Au moins', withinMinutes: 'En minutes', sameApp: 'Dans la même application', then: 'Ensuite', thenAbout: 'Une alerte est levée dans la file. De plus :',
    sendMail: 'Envoyer un courriel', sendSyslog: 'Envoyer au SIEM (syslog)', sendWebhook: 'Appeler le webhook', noMail: 'L’envoi de courriel n’est pas encore configuré.', dailyLimit: 'Alertes par jour', dailyLimitAbout: 'Les correspondances suivantes du même jour sont comptées, pas levées.',
    preview: 'Aperçu sur les 7 derniers jours', previewEmpty: 'Ajoutez un filtre pour voir combien de fois il aurait correspondu.', previewText: (a, b) => `${n(a, '# activité correspond', '# activités correspondent')} ; ${n(b, '# alerte aurait été levée', '# alertes auraient été levées')}.`,
    previewMany: 'C’est beaucoup. Resserrez le filtre, ou demandez une activité répétée.', later: 'La stratégie lève des alertes pour les activités qui arrivent à partir de maintenant.',
  },

  governance: {
    about: 'Ce qui a été demandé sur les comptes des personnes : par qui ou par quelle stratégie, et avec quel résultat.', action: 'Action', none: 'Aucune action n’a été prise', noneWhy: 'Les actions partent de la page d’un utilisateur, ou des alertes de stratégies qui portent des actions de gouvernance. Les comptes d’Active Directory sont modifiés par les services d’annuaire qui le permettent.',
    actions: { require_sign_in: 'Exiger une nouvelle connexion', suspend: 'Suspendre l’utilisateur', confirm_compromised: 'Confirmer la compromission' },
    reverts: { require_sign_in: 'Annuler : exiger une nouvelle connexion', suspend: 'Annuler : suspendre l’utilisateur', confirm_compromised: 'Annuler : confirmer la compromission' },
    abouts: { require_sign_in: 'Le mot de passe doit être changé à la prochaine connexion. Les tickets Kerberos que le compte détient servent jusqu’à leur expiration.', suspend: 'Le compte est désactivé dans Active Directory : plus de nouvelle connexion. Les tickets Kerberos qu’il détient servent jusqu’à leur expiration, dix heures au plus par défaut.', confirm_compromised: 'Le risque d’identité de la personne devient élevé. Il se voit sur cette page et n’ajoute pas de points ; rien n’est changé ailleurs.' },
    refused: {
      no_account: 'Cette personne n’a pas de compte dans Active Directory. Agissez là où est le compte : dans l’administration de l’application cloud.', no_directory: 'Aucun service d’annuaire ne lit le domaine de ce compte. Ajoutez-le d’abord.',
      not_allowed: 'Le service d’annuaire du domaine de ce compte ne permet pas d’agir. Permettez-le, avec un compte qui peut écrire.', own_account: 'C’est un compte avec lequel ce serveur se connecte à un service d’annuaire : on n’agit jamais sur lui.',
      krbtgt: 'On n’agit jamais sur krbtgt : les tickets du domaine en dépendent.', not_person: 'On n’agit que sur des personnes.',
    },
    status: { approval: 'Attend une approbation', waiting: 'En attente', running: 'En cours', done: 'Faite', failed: 'Échouée', reverted: 'Annulée', rejected: 'Refusée' },
    held: { sensitive: 'Le compte est sensible, ou celui d’un administrateur.', many: 'Les stratégies ont agi sur autant de personnes en une heure qu’elles le peuvent.', old: 'Ce dont parle l’alerte date de plus de 24 heures.' },
    already: 'C’était déjà le cas ; rien n’a été changé.', next: (time) => `Nouvel essai ${time}`, decidedBy: (name) => `Décidé par ${name}`, deleted: 'Personne supprimée', alert: 'Alerte', ofAlert: 'Journal de gouvernance de cette alerte', waiting: (k) => n(k, '# action attend une approbation', '# actions attendent une approbation'), search: 'Personne, administrateur ou motif', anyState: 'Tout état', anyAction: 'Toute action',
    approve: 'Approuver', reject: 'Refuser', retry: 'Réessayer', revert: 'Annuler l’action', revertTitle: 'Annuler cette action', revertAbout: (action, name) => `${action} (${name}).`, reason: 'Motif', asked: 'C’est en cours : voir le journal de gouvernance.', suspendToo: 'Suspendre aussi l’utilisateur', ofUser: 'Journal de gouvernance de cet utilisateur',
    section: 'Actions de gouvernance', policyAbout: 'Ce que chaque nouvelle alerte fait, une fois, à la personne qu’elle concerne :', policyWarning: 'Cela se fait sans demander à personne, sauf pour les comptes sensibles, pour ce qui date de plus d’un jour et au-delà du nombre de personnes par heure des paramètres : ces actions attendent une approbation dans le journal de gouvernance.',
    people: 'Personnes par heure', peopleAbout: 'Les stratégies agissent d’elles-mêmes sur autant de personnes en une heure ; les actions suivantes attendent une approbation.',
  },

  link: {
    title: 'Protection des identités (ATP)', connect: 'Connecter les données de protection des identités, y compris les alertes et les activités', connectAbout: 'Les activités locales, les alertes, les scores des utilisateurs, les évaluations de posture et les stratégies ATP rejoignent ce qui est connu des applications cloud.',
    secured: 'Les données sont protégées : elles restent sur ce serveur et ne circulent que par TLS entre vos capteurs et ce serveur.', offWarning: 'Les activités et alertes jointes restent jusqu’à la fin de leur conservation. Les évaluations de posture sont retirées aussitôt, et les stratégies ATP quittent la page des stratégies. Reconnecter les ramène.',
    now: 'État', state: { off: 'Inactive', connecting: 'Connexion en cours', on: 'Active', disconnecting: 'Déconnexion en cours' }, leave: 'Vous pouvez quitter cette page ; l’opération continue.', joined: 'Activités jointes', waiting: 'Encore en attente', since: 'Depuis', by: 'Basculée par', firstVisible: 'Première activité visible',
    prerequisites: 'Prérequis', met: 'Rempli', unmet: 'Manquant', todo: 'À faire :', prerequisite: { licence: 'Une licence ATP', domain: 'La licence nomme ce domaine d’annuaire', role: 'Administrateur général' },
  },

  inputs: {
    upload: 'Envoyer des journaux', drop: 'Déposez ici des fichiers : journaux d’événements, journaux d’audit, exports d’annuaire, archives', choose: 'Choisir des fichiers', formats: '.evtx, JSON et NDJSON, exports CSV, LDIF, .zip, .tar.gz. Les fichiers sont gardés tels que reçus.', sent: (name) => `${name} est en cours de lecture.`, none: 'Rien n’a encore été reçu',
    noneWhy: 'Les fichiers envoyés, déposés dans le dossier de réception ou transmis par des relais sont listés ici avec ce qu’ils ont donné.', records: 'Enregistrements', repeats: (k) => n(k, '# doublon', '# doublons'), faults: 'Non compris', received: 'Reçu', state: { waiting: 'En attente', done: 'Lu', failed: 'Échec' },
  },

  exports: {
    ask: 'Exporter les activités', askAbout: 'Les activités que trouvent les filtres sont écrites dans un fichier, en arrière-plan. Vous pouvez quitter cette page ; le fichier sera dans Paramètres > Exports pendant sept jours.', start: 'Lancer l’export', started: 'L’export est lancé. Il sera dans Paramètres > Exports, où l’on voit son avancement.', open: 'Ouvrir les exports',
    format: 'Format', formats: { csv: 'Tableau CSV', json: 'Lignes JSON', ocsf: 'Événements OCSF 1.3', ecs: 'Documents ECS 8 (Elastic)' }, filter: 'Afficher ces activités', activities: 'Activités', size: 'Taille', expires: 'Suppression', download: 'Télécharger', more: 'Une limite a été atteinte : le fichier contient les activités les plus récentes.',
    state: { waiting: 'En attente', running: 'En cours d’écriture', done: 'Prêt', failed: 'Échoué', cancelled: 'Annulé' },
    why: { rights: 'Le compte ne peut plus voir le journal d’activité.', scope: 'Le rôle du compte a changé.', disk: 'Le disque est presque plein.', restarts: 'Le serveur s’est arrêté trois fois pendant l’écriture.', personal: 'Des données personnelles, que le fichier pouvait contenir, ont été supprimées. Relancez l’export.', error: 'Le fichier n’a pas pu être écrit.' },
    none: 'Aucun export', noneWhy: 'Le journal d’activité s’exporte selon ses filtres ; les exports demandés sont listés ici.', remove: 'Supprimer l’export', removeAbout: 'Le fichier est supprimé définitivement.',
  },

  health: {
    ok: 'Tout fonctionne.', warning: 'Quelque chose demande votre attention.', weakens: 'Affaiblies par cela :', now: 'Maintenant', version: 'Version', uptime: 'En marche depuis', waiting: 'Fichiers en attente', disk: 'Disque', diskText: (used, free) => `${used} utilisés, ${free} libres`,
    blind: 'Détections sans données', noBlind: 'Aucune détection n’est sans données.', lacks: (what) => `sans vue : ${what}`,
    partly: 'Ce que des capteurs ne voient qu’en partie', partlyWhy: 'Messages corrects que l’on ne peut pas lire là où se trouve le capteur. Ce dont ces alertes ont besoin peut en faire partie.', partlyCount: (k) => n(k, '# message depuis le démarrage du capteur', '# messages depuis le démarrage du capteur'),
  },

  settings: {
    system: 'Système', threat: 'Protection contre les menaces', data: 'Données', own: 'Personnel', organisation: 'Organisation', language: 'Langue des nouveaux comptes', retention: 'Conservation', retentionAbout: 'Nombre de jours après lesquels les données sont supprimées définitivement.', noRight: 'Vous ne pouvez pas voir cette page',
    keep: { activities: 'Activités', alerts: 'Alertes fermées', discovery: 'Cloud Discovery', governance: 'Journal de gouvernance' },
    nav: {
      general: 'Organisation et conservation', admins: 'Gérer les accès d’administration', roles: 'Rôles', 'sign-on': 'Authentification unique', tokens: 'Jetons d’API', licences: 'Licences', exports: 'Exports', audit: 'Journal d’audit', health: 'Santé', link: 'Protection des identités (ATP)', sensors: 'Capteurs', directories: 'Services d’annuaire', tags: 'Étiquettes d’entités', exclusions: 'Exclusions', vpn: 'VPN',
      inputs: 'Entrées et envoi', subnets: 'Plages d’adresses IP', notifications: 'Notifications', profile: 'Mon compte',
    },
    about: {
      general: 'Le nom de ce serveur, et combien de temps il se souvient.', admins: 'Les comptes qui peuvent se connecter, et leurs rôles.', roles: 'Ce que chaque rôle peut voir et faire.', 'sign-on': 'Les personnes se connectent auprès d’un service de votre organisation (OpenID Connect).', tokens: 'Pour les programmes qui utilisent l’API REST avec vos droits.', licences: 'Quels côtés du produit peuvent être utilisés, pour quel annuaire. Rien n’est jamais transmis à l’extérieur.',
      exports: 'Les fichiers tirés du journal d’activité, gardés sept jours.', audit: 'Ce que les administrateurs ont fait et consulté.', health: 'Si le hub voit ce qu’il devrait voir.', link: 'Joint le côté local et le hub.', sensors: 'Programmes sur les contrôleurs de domaine, ou à côté, qui envoient ce qui s’y passe.', directories: 'Les domaines Active Directory que ce serveur lit par LDAP : qui existe, et qui est dans quel groupe.', tags: 'Les comptes qui méritent un second regard, et les serveurs dont le rôle est connu.',
      exclusions: 'Utilisateurs, ordinateurs et adresses qu’une détection laisse de côté.', vpn: 'Qui se connecte par quelle passerelle, d’après la comptabilité RADIUS.', inputs: 'Ce que le hub a reçu à lire.', subnets: 'Vos propres réseaux, sorties VPN et autres adresses connues.', notifications: 'Qui est prévenu des alertes.', profile: 'Votre mot de passe et votre second facteur.',
    },
  },

  admins: {
    add: 'Ajouter un administrateur', edit: 'Modifier l’administrateur', role: 'Rôle', apps: 'Applications (numéros)', groups: 'Groupes', commas: 'Séparez par des virgules.', newPassword: 'Nouveau mot de passe', newPasswordAbout: 'Laissez vide pour garder l’actuel.', disabled: 'Ne peut pas se connecter', isDisabled: 'Désactivé', active: 'Actif',
    secondFactor: 'Second facteur', lastSignIn: 'Dernière connexion', notSelf: 'Vous ne pouvez pas vous retirer vous-même.', remove: 'Retirer l’administrateur', removeAbout: (name) => `${name} ne peut plus se connecter ; jetons et sessions prennent fin aussitôt.`,
    singleSignOn: 'Se connecte par authentification unique seulement', managed: 'Le service d’authentification donne son rôle à ce compte à chaque connexion.',
  },
  signOn: {
    service: 'Service d’authentification', people: 'Personnes et rôles', on: 'Authentification unique', issuer: 'Émetteur', issuerAbout: 'Exactement comme le service l’écrit.', name: 'Nom sur le bouton', nameAbout: 'Le nom sous lequel on connaît le service.', clientId: 'ID client', secret: 'Secret du client', secretAbout: 'Vide pour un client qui n’en a pas.',
    redirect: 'URI de redirection', redirectAbout: 'Enregistrez cette adresse auprès du service.', caAbout: 'PEM. Vide : celles que le système de ce serveur reconnaît.', nameClaim: 'Revendication qui nomme le compte', nameClaimAbout: 'Une que personne ne peut modifier soi-même, comme preferred_username, upn ou email.',
    scope: 'Portée', scopeAbout: 'Des mots séparés par des espaces, dont openid.', roleClaim: 'Revendication des groupes ou rôles', roleClaimAbout: 'Une revendication du jeton d’identité ; un nom dans un autre s’écrit avec un point : realm_access.roles.', roles: 'Rôles selon la valeur de la revendication', value: 'Valeur de la revendication', addRole: 'Ajouter une valeur',
    rolesAbout: 'La première valeur que possède une personne compte.', create: 'Donner aux inconnus un compte avec le rôle de cette liste', createOff: 'Seules les personnes dont le compte existe sous Gérer les accès d’administration peuvent se connecter.',
    breakGlass: 'Il reste toujours un administrateur général avec mot de passe, pour le jour où le service est inutilisable. Le service n’ouvre jamais un compte qui a un mot de passe.', test: 'Tester', outcome: 'Ce que dit le service', authorization: 'Page de connexion', tokens: 'Jetons', endSession: 'Page de déconnexion',
    keys: (n) => (n === 1 ? 'Une clé, de' : `${n} clés, de`), said: 'Sa description complète', client: { accepted: 'Le service répond et connaît ce client.', refused: 'Le service répond, mais n’accepte pas ce client ou son secret.', unclear: 'Le service répond. La première connexion montrera s’il connaît ce client.' },
  },
  tokens: {
    add: 'Générer un jeton', made: 'Jeton généré', once: 'Copiez-le maintenant : il n’est affiché qu’une fois.', use: 'Envoyez-le sous la forme « Authorization: Token … ». Il ne peut jamais plus que votre compte.', nameAbout: 'À quoi il sert', none: 'Aucun jeton', noneWhy: 'Un jeton permet à un programme d’utiliser l’API REST avec vos droits.', revoke: 'Révoquer',
    revokeAbout: (name) => `Les programmes qui utilisent « ${name} » cessent de fonctionner aussitôt.`, lastUsed: 'Dernière utilisation', state: { generated: 'Généré', active: 'Actif', inactive: 'Inactif' },
    may: 'Droits', everything: 'Tout ce que peut son émetteur', only: 'Seulement ce qui est choisi', chooseOne: 'Choisissez au moins un droit.', siem: 'Lecture seule, pour un SIEM', client: 'ID client', clientAbout: 'Pour les programmes qui se connectent par OAuth 2.0 (client credentials) : voici l’ID client, le jeton est le secret.',
    scope: {
      'Investigation.read': 'Lire activités, alertes, comptes et fichiers', 'Investigation.manage': 'De même, et traiter les alertes et modifier les plages IP', 'Discovery.read': 'Lire Cloud Discovery et ses alertes', 'Discovery.manage': 'De même, et les traiter', 'Settings.read': 'Lire les paramètres et les plages IP', 'Settings.manage': 'De même, et les modifier',
    },
  },
  sensors: {
    add: 'Enregistrer un capteur', made: 'Capteur enregistré', once: 'Copiez le paquet maintenant : il n’est affiché qu’une fois et contient la clé du capteur.', use: 'Sur le contrôleur de domaine, ou sur une machine à son port miroir : vigie sensor --bundle FICHIER --interface NOM', nameAbout: 'En général le contrôleur de domaine qu’il surveille',
    none: 'Aucun capteur', noneWhy: 'Un capteur lit le trafic des contrôleurs de domaine et envoie des activités analysées par TLS mutuel, jamais de données brutes.', seen: 'Vu', activities: 'Activités', packets: 'Paquets', dropped: 'Perdus', version: 'Version', revoke: 'Révoquer',
    revokeAbout: (name) => `« ${name} » ne peut plus rien envoyer. Ce qu’il a envoyé reste.`,
  },
  directories: {
    add: 'Ajouter un service d’annuaire', edit: 'Modifier le service d’annuaire', none: 'Aucun service d’annuaire', noneWhy: 'Nommez un contrôleur de domaine et un compte, et ce serveur sait qui existe dans ce domaine, à chaque changement : utilisateurs, groupes et ordinateurs. Un annuaire peut aussi être envoyé comme fichier sous Entrées.', server: 'Contrôleur de domaine', serverAbout: 'ldaps://hôte, ou ldap://hôte avec StartTLS', domainAbout: 'Arrêter si le contrôleur est d’un autre domaine. Peut rester vide.',
    signIn: 'Se connecter avec', kerberos: 'Kerberos (keytab)', minutes: 'Minutes entre deux lectures', account: 'Compte', accountAbout: 'Un utilisateur ordinaire du domaine suffit ; avec « Réplication des changements de répertoire », tout contrôleur dit ce qui a changé.', keytab: 'Keytab', keytabAbout: 'Le fichier des clés du compte. Sa première entrée est utilisée.', ca: 'Autorités de certification', caAbout: 'PEM ; ont signé le certificat du contrôleur. Vide : celles de cette machine.',
    plain: 'Sans chiffrement', plainAbout: 'N’importe qui sur le trajet peut tout lire, le mot de passe aussi.', enabled: 'Lire ce domaine', act: 'Permet d’agir : les utilisateurs de ce domaine peuvent être suspendus et devoir se reconnecter', acts: 'permet d’agir', actAbout: 'Le compte doit pouvoir écrire userAccountControl et pwdLastSet des utilisateurs, et rien de plus : docs/governance.md montre comment le déléguer. Seules des connexions chiffrées servent. Testez la connexion pour voir ce qu’il peut.', writes: (looked, suspend, again) => `Sur ${looked} comptes examinés, il peut en suspendre ${suspend} et exiger une nouvelle connexion de ${again}.`, writesMore: 'Il peut écrire plus que nécessaire.', test: 'Tester la connexion', testing: 'Test en cours…', found: (domain, controller) => `La connexion fonctionne : ${domain}, réponse de ${controller}.`, noDirsync: 'Le compte n’a pas « Réplication des changements de répertoire » : nommez toujours le même contrôleur.', noDeleted: 'Le compte ne peut pas voir les objets supprimés : qui est supprimé est oublié.',
    last: 'Dernière lecture', failures: (x) => n(x, '# tentative échouée', '# tentatives échouées'), holds: 'Contient', users: 'utilisateurs', groups: 'groupes', computers: 'ordinateurs', sync: 'Synchroniser', asked: 'L’annuaire est en cours de lecture.', running: 'Lecture…', remove: 'Retirer le service d’annuaire', removeAbout: (name) => `Ce que ${name} dit des comptes et des groupes n’est plus utilisé. Les noms déjà vus restent.`,
  },
  licences: {
    needsHub: 'Les activités, les alertes et les scores des applications du cloud nécessitent une licence du hub.', seen: 'Domaine d’annuaire vu ici :', add: 'Installer une licence', installed: 'La licence est installée.', file: 'Fichier de licence', text: 'Texte de la licence', textAbout: 'Choisissez le fichier, ou collez son contenu.', none: 'Aucune licence', noneWhy: 'La protection des identités (ATP) demande une licence qui nomme votre domaine Active Directory ; les analyses cloud demandent une licence hub.', product: 'Produit',
    products: { atp: 'Protection des identités (ATP)', hub: 'Hub : applications cloud' }, expires: 'Expire', valid: 'Valide', invalid: 'Non valide', remove: 'Retirer la licence', removeAbout: 'Ce qu’elle permet cesse aussitôt.',
  },
  audit: { none: 'Rien n’a encore été fait', what: 'Quoi', before: 'Avant', after: 'Après' },
  tags: {
    hint: 'Compte, groupe ou ordinateur', title: { sensitive: 'Sensible', honeytoken: 'Leurre', dc: 'Contrôleurs de domaine', dns: 'Serveurs DNS', replicator: 'Réplicateurs connus' },
    about: {
      sensitive: 'Plus d’impact dans les scores et les alertes. Les membres des groupes d’administration sont sensibles d’eux-mêmes.', honeytoken: 'Comptes que personne n’utilise : toute authentification avec eux lève une alerte.', dc: 'Seulement là où ni l’annuaire ni les journaux ne le disent.', dns: 'Serveurs qui peuvent demander des transferts de zone.',
      replicator: 'Comptes qui peuvent répliquer l’annuaire, comme ceux d’Entra Connect.',
    },
  },
  suppressions: { title: 'Alertes masquées', none: 'Aucune alerte n’est masquée', noneWhy: '« Masquer… » sur la page d’une alerte enregistre en silence les suivantes qui lui ressemblent. Ici on y met fin.', lift: 'Mettre fin', lifted: 'Les prochaines alertes s’ouvrent de nouveau.' },
  exclusions: { name: 'Utilisateur, ordinateur ou adresse', hint: 'alice, WS12, 192.0.2.0/24', none: 'Rien n’est exclu', noneWhy: 'Excluez depuis une alerte sans danger, ou choisissez une stratégie ci-dessus.', until: (when) => `jusqu’au ${when}`, untilAbout: 'Vide : sans fin.', forPolicy: 'Stratégie', choose: 'Choisir une stratégie…' },
  notifications: {
    title: { mail: 'Courriel', syslog: 'Syslog (SIEM)', webhook: 'Webhook' }, about: { mail: 'Les alertes ne sont pas envoyées par courriel.', syslog: 'Les alertes ne sont pas envoyées à un SIEM.', webhook: 'Aucun webhook n’est appelé.' }, from: 'À partir de la gravité', server: 'Serveur', port: 'Port', tls: 'Chiffrement', plain: 'Aucun', sender: 'Expéditeur', to: 'Destinataires', perDay: 'Au plus par jour',
    transport: 'Transport', format: 'Format', cef: 'Message', cefLegal: 'CEF', cefAtp: 'Comme Azure ATP l’écrivait', url: 'Adresse', key: 'Clé de signature', keyAbout: 'Signe chaque appel (HMAC). Laissez vide pour garder la valeur enregistrée.', test: 'Envoyer un test', tested: 'Le test a été remis.', testFailed: (why) => `Le test a échoué : ${why}`,
  },
  subnets: {
    add: 'Ajouter une plage IP', ranges: 'Plages', rangesAbout: 'Une plage d’adresses par ligne, IPv4 ou IPv6.', organization: 'Propriétaire du réseau', none: 'Aucune plage IP', noneWhy: 'Nommez vos bureaux, VPN et mandataires : les alertes deviennent plus précises, et les filtres plus simples.', builtIn: 'Fournie',
    category: { 1: 'Entreprise', 2: 'Administration', 3: 'À risque', 4: 'VPN', 5: 'Fournisseur cloud', 6: 'Autre' },
  },
  vpn: {
    gateways: 'Passerelles', gateway: 'Passerelle', toldBy: 'Vue par :', sensor: (name) => `Capteur ${name}`, sessions: 'Sessions', rejected: (k) => n(k, '# refusée', '# refusées'), people: 'Personnes', egress: 'Plage IP',
    privateAddress: 'L’adresse est privée. Ajoutez les adresses publiques d’où viennent ses utilisateurs.', noRange: 'L’adresse n’est dans aucune plage IP.', otherCategory: (category) => `Catégorie : ${category}`, mayNotSee: 'Votre rôle ne voit pas les plages IP.',
    more: (k) => `Compté sur les ${k} connexions les plus récentes.`, linkOff: 'Les connexions VPN sont des activités locales : elles s’affichent quand la protection des identités est connectée.',
    none: 'Aucune connexion VPN n’a été vue', noneWhy: 'Vigie apprend les connexions VPN de la comptabilité RADIUS, telle qu’un capteur ou une capture la voit sur le réseau. Il n’y a rien à activer ici.',
    steps: [
      'Faites envoyer par la passerelle VPN la comptabilité RADIUS (RFC 2866) à votre serveur RADIUS : port UDP 1813, avec l’adresse du client dans Calling-Station-Id ou Tunnel-Client-Endpoint.',
      'Faites passer ce trafic devant un capteur : sur la machine du serveur RADIUS, ou sur un port miroir de son commutateur. Un capteur ne fait qu’écouter : il n’est pas un serveur RADIUS et n’acquitte rien.',
      'Ou envoyez une capture de ce trafic dans Entrées, pour voir ce qu’elle donne.',
    ],
    secret: 'Aucun secret partagé n’est demandé : la comptabilité n’est pas chiffrée. Ce qu’elle dit n’est donc pas prouvé non plus ; quiconque peut émettre vers le réseau de votre serveur RADIUS peut simuler une connexion.',
    reads: 'Apprend de ces connexions', leavesOut: 'Laisse de côté les adresses des plages VPN',
  },
  profile: {
    old: 'Mot de passe actuel', change: 'Changer le mot de passe', changed: 'Le mot de passe est changé.', on: 'Actif', off: 'Inactif', totpAbout: 'Un code d’une application d’authentification en plus du mot de passe. Vivement conseillé à quiconque peut modifier les paramètres.', totpOn: 'Configurer le second facteur',
    totpSecret: 'Saisissez cette clé dans votre application d’authentification, puis le code qu’elle affiche :', totpConfirm: 'Activer', totpOff: 'Désactiver', totpOnDone: 'Le second facteur est actif.', totpOffDone: 'Le second facteur est inactif.', elsewhere: 'Vous vous connectez auprès du service d’authentification de votre organisation. Votre mot de passe et votre second facteur s’y trouvent.',
  },
};
