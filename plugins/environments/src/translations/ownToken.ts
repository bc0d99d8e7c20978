/** Clusters that are read with the token of the person who looks. */
export const ownTokenMessages = {
  own: {
    label: 'Clusters that are read with your own token',
    title: 'Cluster {{cluster}} is read with your own token',
    privacy:
      'What it shows is for you alone: the portal keeps nothing of it, and shows it to nobody else.',
    read: 'Read cluster {{cluster}} as me',
    reading: 'Reading cluster {{cluster}} as you…',
    shown_one: 'Cluster {{clusters}} is shown as you see it',
    shown_other: 'Clusters {{clusters}} are shown as you see them',
    readAt: 'read {{age}}',
    lookAgain: 'Look again',
    refused: 'Cluster {{cluster}} wants you to sign in again',
    failing: 'Cluster {{cluster}} could not be read as you',
    failed: 'The last look as you failed',
    impossible:
      'This portal cannot sign you in to clusters: the frontend of the Kubernetes plugin, which does, is not part of it. Ask those who run it to add it.',
    notSignedIn: 'You were not signed in: {{reason}}',
  },
} as const;
