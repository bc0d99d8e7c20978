/** Text that is HTML already. */
export class Html {
  constructor(readonly text: string) {}
}

export function escape(text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
}

/** For text that is known to be HTML. */
export function raw(text: string): Html {
  return new Html(text);
}

type Value = string | Html | readonly Value[];

/** A template whose values are escaped, unless they are HTML themselves. */
export function html(strings: TemplateStringsArray, ...values: Value[]): Html {
  return new Html(
    strings.reduce(
      (text, part, index) =>
        text + (index === 0 ? '' : render(values[index - 1])) + part,
      '',
    ),
  );
}

function render(value: Value): string {
  if (value instanceof Html) {
    return value.text;
  }
  return typeof value === 'string' ? escape(value) : value.map(render).join('');
}

const STYLE = `
:root { color-scheme: light dark; --line: #d5dae1; --quiet: #5a6572; --accent: #1f5fbf; --card: #f4f6f8; --add: #e3f5e8; --del: #fde8e8; }
@media (prefers-color-scheme: dark) { :root { --line: #39424e; --quiet: #9aa5b1; --accent: #7fb0ff; --card: #1d232b; --add: #12351f; --del: #421a1a; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1.25rem; }
a { color: var(--accent); text-decoration: none; } a:hover { text-decoration: underline; }
nav, small { color: var(--quiet); } h1 { margin: .4rem 0 .6rem; } h2 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; }
.list { list-style: none; padding: 0; } .list li { padding: .3rem 0; border-bottom: 1px solid var(--line); }
table { border-collapse: collapse; width: 100%; } td { padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
pre { background: var(--card); padding: .8rem 1rem; overflow-x: auto; border-radius: 8px; } code { font-size: .92em; }
.diff .add { background: var(--add); } .diff .del { background: var(--del); } .diff .hunk { color: var(--quiet); } .diff span { display: inline-block; min-width: 100%; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .4rem 1.2rem 1.2rem; margin: 1rem 0; } .card label { display: inline-block; margin-right: 1rem; }
button, .button { font: inherit; font-weight: 600; padding: .45rem 1rem; border: 0; border-radius: 8px; background: var(--accent); color: Canvas; cursor: pointer; }
input, select { font: inherit; padding: .35rem .5rem; }
.people { display: grid; gap: .6rem; margin-top: 1rem; } .people button { display: block; width: 100%; text-align: left; background: var(--card); color: inherit; border: 1px solid var(--line); padding: .8rem 1rem; } .people button:hover { border-color: var(--accent); }
`;

export function page(title: string, body: Html): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escape(
    title,
  )}</title><style>${STYLE}</style></head><body>${body.text}</body></html>`;
}
