import { trailersOf } from './trailersOf';

describe('trailersOf', () => {
  it.each<[string, string, Record<string, string>]>([
    [
      'the last paragraph',
      'Promote checkout 1.4.0 to prod\n\nThe fix for baskets\n\nPromoted-from: staging\nSource-Commit: 9f31c2a\n',
      { 'promoted-from': 'staging', 'source-commit': '9f31c2a' },
    ],
    [
      'other line ends',
      'Release\r\n\r\nSource-Commit: 9f31c2a\r\n',
      { 'source-commit': '9f31c2a' },
    ],
    [
      'what somebody wrote into an earlier paragraph is none',
      'Promote\n\nSource-Commit: 0b5e17d\n\nSource-Commit: 9f31c2a',
      { 'source-commit': '9f31c2a' },
    ],
    [
      'of several values the last',
      'Promote\n\nSource-Commit: 0b5e17d\nsource-commit : 9f31c2a',
      { 'source-commit': '9f31c2a' },
    ],
    ['a title is none', 'Source-Commit: 9f31c2a', {}],
    ['a sentence is none', 'Release\n\nIt was time: we did it', {}],
    ['a name without a value is none', 'Release\n\nSource-Commit:\n', {}],
    ['nothing', '', {}],
  ])('%s', (_, message, trailers) => {
    expect(trailersOf(message)).toEqual(trailers);
  });
});
