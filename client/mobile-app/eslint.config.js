// Owns the lint rules of the app.
const { defineConfig } = require('eslint/config');
const expo = require('eslint-config-expo/flat');
const prettier = require('eslint-config-prettier/flat');

module.exports = defineConfig([
  { ignores: ['dist', 'dist-android', '.expo', 'public'] },
  expo,
  prettier,
  {
    files: ['src/**/*.{ts,tsx}'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      'max-lines': ['error', { max: 300, skipBlankLines: true }],
      'no-console': 'error',
      // One text of the app in two languages: none stands in a component.
      'react/jsx-no-literals': ['error', { allowedStrings: ['@', '·', ' · ', '/'] }],
      // Pressables come from the design system, where a label is required.
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: 'react-native',
              importNames: ['Text', 'TouchableOpacity', 'Button'],
              message: 'Use @/design.',
            },
          ],
        },
      ],
    },
  },
  { files: ['src/design/**'], rules: { 'no-restricted-imports': 'off' } },
  {
    files: ['src/**/*.test.{ts,tsx}'],
    rules: { 'react/jsx-no-literals': 'off', 'no-restricted-imports': 'off' },
  },
]);
