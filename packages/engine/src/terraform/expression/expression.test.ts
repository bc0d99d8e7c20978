import fc from 'fast-check';
import { evaluate, isKnown, Scope, UNKNOWN } from './evaluate';
import { literalParts } from './literalParts';

const VALUES: Readonly<Record<string, unknown>> = {
  'var.env': 'prod',
  'var.count': 3,
  'var.sizes': { dev: 'small', prod: { cpu: 4 } },
  'var.list': ['a', 'b'],
  'var.none': null,
  'local.name': 'shop',
  'terraform.workspace': 'prod',
  'path.module': '/envs/prod',
};

const scope: Scope = {
  lookUp: (namespace, name) =>
    Object.hasOwn(VALUES, `${namespace}.${name}`)
      ? VALUES[`${namespace}.${name}`]
      : UNKNOWN,
};

describe('expressions of HCL', () => {
  it.each<[string, unknown]>([
    ['plain', 'plain'],
    ['${var.env}', 'prod'],
    ['${var.count}', 3],
    ['a-${var.env}-${var.count}', 'a-prod-3'],
    ['$${var.env}', '${var.env}'],
    ['%%{if}', '%{if}'],
    ['${"a\\"${var.env}\\"\\n"}', 'a"prod"\n'],
    ['%{if var.env == "prod"}yes%{else}no%{endif}!', 'yes!'],
    ['%{ if var.env != "prod" ~}yes%{ endif }!', '!'],
    ['${1 + 2 * 3 - 4 / 2}', 5],
    ['${(1 + 2) * -3}', -9],
    ['${7 % 4 >= 3 && !false}', true],
    ['${var.env == "prod" ? 3 : 1}', 3],
    ['${var.other == "prod" ? 3 : 3}', 3],
    ['${var.other == "prod" ? 3 : 1}', UNKNOWN],
    ['${false && var.other}', false],
    ['${true || var.other}', true],
    ['${var.sizes["dev"]}', 'small'],
    ['${var.sizes[var.env].cpu}', 4],
    ['${var.sizes.prod.cpu}', 4],
    ['${var.list[1]}', 'b'],
    ['${var.list.0}', 'a'],
    ['${var.list[*]}', ['a', 'b']],
    ['${[{ a = 1 }, { a = 2 }][*].a}', [1, 2]],
    ['${lookup(var.sizes, "qa", "medium")}', 'medium'],
    ['${lookup(var.sizes, "qa")}', UNKNOWN],
    ['${try(var.sizes.qa.cpu, var.sizes[var.env].cpu, 1)}', 4],
    ['${can(var.sizes.qa)}', false],
    ['${coalesce(var.none, "", "x")}', 'x'],
    ['${merge({ a = 1, "b" : 2 }, { a = 3 })}', { a: 3, b: 2 }],
    ['${{ (var.env) = 1 }}', { prod: 1 }],
    ['${merge({ a = aws_vpc.x.id }, { b = 1 })}', { a: UNKNOWN, b: 1 }],
    ['${[for x in var.list : upper(x) if x != "a"]}', ['B']],
    ['${{ for i, x in var.list : x => i }}', { a: 0, b: 1 }],
    ['${format("%s-%03d", "a", 1)}', UNKNOWN],
    ['${format("%s-%d%%", local.name, 1)}', 'shop-1%'],
    ['${join("-", concat(var.list, ["c"]))}', 'a-b-c'],
    ['${contains(["staging", "prod"], var.env)}', true],
    ['${max(var.list...)}', UNKNOWN],
    ['${max([1, 4, 2]...)}', 4],
    ['${basename(abspath(path.module))}', 'prod'],
    ['${cidrsubnet("10.0.0.0/8", 8, 12)}', '10.12.0.0/16'],
    ['${cidrsubnet("10.1.2.3/16", 8, 255)}', '10.1.255.0/24'],
    ['${terraform.workspace}', 'prod'],
    ['${replace("a-b", "-", "_")}', 'a_b'],
    ['${replace("a-b", "/-/", "_")}', UNKNOWN],
    ['${element(var.list, 3)}', 'b'],
    ['${substr("production", 0, 4)}', 'prod'],
    ['${substr("production", -3, -1)}', 'ion'],
    ['${title("a b")}', 'A B'],
    ['${aws_vpc.main[0].id}', UNKNOWN],
    ['${uuid()}', UNKNOWN],
    ['${var.}', UNKNOWN],
    ['${var.env', UNKNOWN],
    ['${"open}', UNKNOWN],
    ['${constructor.constructor("x")}', UNKNOWN],
    ['${toString(1)}', UNKNOWN],
  ])('%s', (text, expected) => {
    expect(evaluate(text, scope)).toEqual(expected);
  });

  it('are looked through in lists and maps', () => {
    expect(
      evaluate(
        { a: ['${var.env}', 1, null], b: { '${var.env}': true } },
        scope,
      ),
    ).toEqual({ a: ['prod', 1, null], b: { prod: true } });
    expect(isKnown({ a: [UNKNOWN] })).toBe(false);
  });

  it('have a value or none, whatever is written', () => {
    const pieces = fc.array(
      fc.oneof(
        fc.constantFrom(
          ...['${', '}', '%{if ', '%{endif}', '"', '(', ')', '[', ']', '{'],
          ...['?', ':', '=', '=>', '.', ',', '*', '-', '!', '...', 'for '],
          ...['x in ', 'var.env', 'lookup(', 'try(', '<<EOT\n', '\\', '$$'],
        ),
        fc.string({ maxLength: 4 }),
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(pieces, parts => {
        const text = parts.join('');
        expect(() => evaluate(text, scope)).not.toThrow();
        expect(() =>
          literalParts(text, { foreign: new Set(), decide: () => undefined }),
        ).not.toThrow();
      }),
      { numRuns: 1000 },
    );
  });

  it('without anything to be put in are what they are', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        fc.pre(!/[$%]\{/.test(text));
        expect(evaluate(text, scope)).toBe(text);
      }),
    );
  });
});

describe('texts of a template whose value is not known', () => {
  const parts = (text: string) =>
    literalParts(text, {
      foreign: new Set(['staging']),
      decide: condition =>
        condition.kind === 'literal' ? condition.value : undefined,
    }).filter(part => part !== '');

  it.each<[string, string[]]>([
    ['a-${aws_vpc.x.id}-b', ['a-', '-b']],
    ['${join("-", ["a", data.x.y, "b"])}', ['-', 'a', 'b']],
    ['${var.x == "staging" ? "one" : "two"}', []],
    ['${true ? "one" : "two"}', ['one']],
    ['${contains(["a", "b"], var.x)}', []],
    ['${lookup({ dev = "d", staging = "s" }, var.x, "e")}', ['d', 'e']],
    ['${var.map["key"]}', []],
  ])('%s', (text, expected) => {
    expect(parts(text)).toEqual(expected);
  });
});
