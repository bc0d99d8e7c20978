module.exports = require('@backstage/cli/config/eslint-factory')(__dirname, {
  overrides: [
    {
      files: ['**/*.test.ts'],
      rules: {
        // Functions of a test that compare with a recording are named for it.
        'jest/expect-expect': [
          'error',
          { assertFunctionNames: ['expect', 'expect*'] },
        ],
      },
    },
  ],
});
