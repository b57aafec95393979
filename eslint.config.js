import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

const sizes = {
  'max-lines': ['warn', { max: 300, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': ['warn', { max: 40, skipBlankLines: true, skipComments: true }],
};

// What V8 allocates among the old objects, with all that it leads to: docs/decisions/0026.
const keptUntilAllIsSwept = [
  'error',
  {
    selector:
      "AssignmentExpression[left.type='MemberExpression'] > :matches(ArrowFunctionExpression, FunctionExpression).right",
    message:
      'A function that is assigned to a property is an old object: make it a method, or assign what a name holds.',
  },
  {
    selector: 'ObjectExpression > Property[kind=/^[gs]et$/]',
    message: 'The accessor of an object literal is an old object: use a class.',
  },
];

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'dist.*/',
      'node_modules/',
      'contracts/artifacts/',
      '**/src/generated/',
      '**/*.js',
      '**/*.cjs',
      '**/*.mjs',
    ],
  },
  eslint.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      ...sizes,
      eqeqeq: 'error',
      'no-restricted-syntax': keptUntilAllIsSwept,
      'no-console': 'error',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allow: [{ from: 'lib', name: 'BigInt' }] },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  {
    files: ['**/*.spec.ts', 'libs/testing/**', 'test/**', 'bench/**'],
    rules: {
      'max-lines': ['warn', { max: 500 }],
      'max-lines-per-function': 'off',
      'no-restricted-syntax': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  { files: ['apps/cli/**', 'libs/sandbox/**'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['scripts/**', 'apps/cli/**', 'bench/**', 'contracts/**'], rules: { 'no-console': 'off' } },
);
