import type { InstallationState } from '../../bridge/index.ts';

/** Why addon and service do nothing together, and what an admin does about it. */
export interface Apart {
  readonly says: string;
  readonly remedy: string;
  /** Whether it is so because an admin said it. */
  readonly isWanted: boolean;
}

const APART: Readonly<Record<Exclude<InstallationState, 'paired'>, Apart>> = {
  new: {
    says: 'Addon and service are not paired.',
    remedy:
      'Check the service’s address and both secrets, then press Test the connection under Connection on the addon page.',
    isWanted: false,
  },
  inactive: {
    says: 'The addon is deactivated in WHMCS: no hook arrives, and nothing is decided or done.',
    remedy:
      'Activate it in WHMCS under Configuration > System Settings > Addon Modules, or stop the service for good (creditbridge uninstall).',
    isWanted: false,
  },
  'copy-or-move': {
    says: 'This WHMCS has another address, or its database is on another server than before. Nothing is sent, run or mailed.',
    remedy: 'Say under Connection on the addon page whether it was moved or copied.',
    isWanted: false,
  },
  copy: {
    says: 'This is a copy of another WHMCS. Nothing is sent, run or mailed.',
    remedy: 'If it is to act by itself, turn it on under Connection on the addon page.',
    isWanted: true,
  },
};

/** The state of the settings row in words; undefined when both are paired. */
export function whyNotPaired(state: string): Apart | undefined {
  if (state === 'paired') return undefined;
  return APART[state as keyof typeof APART] ?? APART.new;
}
