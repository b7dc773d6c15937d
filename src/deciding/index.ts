export { type Answers, decide, type Happened, type When } from './decide.ts';
export type { Dependencies } from './dependencies.ts';
export { loadFacts } from './facts/load-facts.ts';
export { createInbox } from './inbox.ts';
export { createInboxPage, type InboxPageDependencies } from './inbox-page.ts';
export { activeRules, isHeard, neededFor } from './listening.ts';
export { planned, type Written } from './planned-decision.ts';
export type {
  Amendment,
  CheckoutChoice,
  FactsPage,
  InboxPage,
  KnownDelivery,
  ManifestStore,
  NewDelivery,
  StoredOutcome,
} from './ports.ts';
export { putBeforeRules } from './put-before-rules.ts';
export { createSettingsCache, type SettingsCache } from './settings-cache.ts';
export { createTell, type Found, type Tell } from './tell.ts';
export { writeDecisions } from './write-decisions.ts';
