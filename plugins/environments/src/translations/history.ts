/** What changed in the environments, when, and by whom. */
export const historyMessages = {
  history: {
    open: 'History',
    title: 'History of {{entity}}',
    environment: 'Environment',
    all: 'All',
    label: 'Changes of {{entity}}',
    loading: 'Loading the history…',
    empty: 'Nothing has changed since the portal began to watch.',
    emptyIn:
      'Nothing has changed in {{environment}} since the portal began to watch.',
    error: 'The history could not be loaded',
    older: 'Show older changes',
    loadingOlder: 'Loading…',
    end: 'That is all there is.',
    first: 'first seen',
    nothing: 'nothing',
    what: {
      version: 'Release',
      health: 'Health',
      sync: 'Sync',
      other: '{{what}}',
    },
    by: 'by {{by}}',
    pullRequest: 'pull request #{{number}}',
  },
} as const;
