import fc from 'fast-check';
import { bounded, evaluate, isKnown, Scope, UNKNOWN } from './evaluate';
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
  'var.big': 'x'.repeat(150_000),
};

const scope: Scope = {
  absolute: path => path,
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
    // What is not looked at may have a value, so that the next one is not it.
    ['${try(replace(var.env, "/^shop-/", ""), "staging")}', UNKNOWN],
    ['${can(format("%05d", 5))}', UNKNOWN],
    ['${try(cidrsubnet("fd00::/48", 16, 1), "none")}', UNKNOWN],
    ['${try([uuid2()], "none")}', UNKNOWN],
    ['${try(var.sizes.qa, "none")}', 'none'],
    ['${try(tonumber("x"), 1)}', 1],
    ['${try(var.other ? var.sizes.qa : 1, 2)}', UNKNOWN],
    ['${try(false && tonumber("x"), 2)}', UNKNOWN],
    // Keys, splats and loops.
    ['${[for k in var.list : { (k) = 1 }]}', [{ a: 1 }, { b: 1 }]],
    ['${try([[1, 2]].0.1, "none")}', UNKNOWN],
    ['${var.none[*]}', []],
    ['${"x"[*]}', ['x']],
    ['${[{ a = [1, 2] }, { a = [3] }].*.a[0]}', [1, 2]],
    ['${[{ a = [1, 2] }, { a = [3] }][*].a[0]}', [1, 3]],
    [
      '${{ for x in ["ab", "ac", "b"] : substr(x, 0, 1) => x... }}',
      { a: ['ab', 'ac'], b: ['b'] },
    ],
    ['${{ for x in ["ab", "ac"] : substr(x, 0, 1) => x }}', UNKNOWN],
    ['${[for k, v in { b = 1, a = 2 } : k]}', ['a', 'b']],
    ['${[for v in toset(["b", "a", "b"]) : v]}', ['a', 'b']],
    ['${[for k, v in toset(["b"]) : k]}', ['b']],
    ['${values({ b = 1, a = 2 })}', [2, 1]],
    // What is the same.
    ['${{ a = 1, b = 2 } == { b = 2, a = 1 }}', true],
    ['${contains([{ a = 1, b = 2 }], { b = 2, a = 1 })}', true],
    ['${length(distinct([{ a = 1, b = 2 }, { b = 2, a = 1 }]))}', 1],
    ['${distinct(["a", "b", "a"])}', ['a', 'b']],
    ['${var.other ? { a = 1, b = 2 } : { b = 2, a = 1 }}', { a: 1, b: 2 }],
    ['${[var.other] == ["a"]}', UNKNOWN],
    ['${1 == "1"}', false],
    // Conversions and what has none.
    ['${true && "true"}', true],
    ['${!"false"}', true],
    ['${-"3"}', -3],
    ['${"10" > 9}', true],
    ['${try(null > 0, "none")}', 'none'],
    ['${try(1 / 0, "none")}', 'none'],
    ['${"true" ? 1 : 2}', 1],
    ['${try("a${var.none}", "none")}', 'none'],
    ['${0.1 + 0.2}-', '0.3-'],
    ['${1 / 3}-', UNKNOWN],
    ['${0.5}-', '0.5-'],
    ['${element([], 0)}', UNKNOWN],
    ['${try(element([], 0), "none")}', 'none'],
    ['${try(element(var.list, -1), "none")}', UNKNOWN],
    ['${try(zipmap(["a"], []), "none")}', 'none'],
    ['${zipmap(["a"], [1])}', { a: 1 }],
    ['${try(one(var.list), "none")}', 'none'],
    ['${try(var.list["length"], "none")}', 'none'],
    ['${dirname("a")}', '.'],
    ['${jsonencode({ b = "<", a = 1 })}', '{"a":1,"b":"\\u003c"}'],
    // Texts.
    ['a ${~ var.env ~} b', 'aprodb'],
    ['${"a ${~ var.env ~} b"}', 'aprodb'],
    ['a %{~ if true ~} b %{~ endif ~} c', 'abc'],
    ['${"\\\\u0041"}', '\\u0041'],
    ['${"\\u0041\\U0001F44D"}', 'A👍'],
    ['${"%{ if true }a\\tb%{ endif }"}', 'a\tb'],
    ['${upper(<<-EOT\n    a\n      ${var.env}\n    EOT\n)}', 'A\n  PROD\n'],
    ['${upper(<<EOT\n  "a"\nEOT\n)}', '  "A"\n'],
    ['${upper(<<EOT\nEOT\n)}', ''],
    // Names that objects of the language have.
    ['${merge({ "__proto__" = { a = 1 } }).a}', UNKNOWN],
    ['${try({}.constructor, "none")}', 'none'],
  ])('%s', (text, expected) => {
    expect(evaluate(text, scope)).toEqual(expected);
  });

  const times = (count: number, text: string) => text.repeat(count);

  it.each<[string, string]>([
    ['a long sum', `\${1${times(4000, '+1')}}`],
    ['a long path', `\${a${times(4000, '.a')}}`],
    ['many signs', `\${${times(20_000, '!')}true}`],
    ['brackets in brackets', `\${${times(5000, '[')}${times(5000, ']')}}`],
    ['templates in templates', `${times(3000, '${"')}${times(3000, '"}')}`],
    ['templates that do not end', times(20_000, '${"')],
    ['choices in choices', times(5000, '%{if true}')],
    ['choices one after the other', `\${${times(2000, 'true ? 1 : ')}1}`],
    ['a text that is put in often', times(100, '${var.big}')],
    ['a text put in at every place', '${replace(var.big, "x", var.big)}'],
    [
      'loops in loops',
      `\${length(${times(9, '[for x in split("", "abcdefghij") : ')}1${times(
        9,
        ']',
      )})}`,
    ],
  ])('%s is not looked at', (_, text) => {
    expect(evaluate(text, scope)).toBe(UNKNOWN);
    expect(() =>
      literalParts(text, { foreign: new Set(), decide: () => undefined }),
    ).not.toThrow();
  });

  it('takes a sum and a path of a length that is written', () => {
    expect(evaluate(`\${1${times(100, '+1')}}`, scope)).toBe(101);
    expect(evaluate(times(20, '${"a') + times(20, '"}'), scope)).toBe(
      times(20, 'a'),
    );
  });

  it('does not look into what is nested without end', () => {
    let value: unknown = 'x';
    for (let depth = 0; depth < 50_000; depth += 1) {
      value = [value];
    }
    expect(bounded(value)).toBe(UNKNOWN);
    expect(() => evaluate(value, scope)).not.toThrow();
    expect(evaluate('${[var.deep] == 1}', { lookUp: () => value })).toBe(
      UNKNOWN,
    );
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
