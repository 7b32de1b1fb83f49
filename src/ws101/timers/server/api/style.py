"""How the pages look: one style sheet, light or dark as the reader's system is, without anything from elsewhere."""

SHEET = """
:root { color-scheme: light dark; --ink: #1c2024; --soft: #60646c; --faint: #8b8d98; --ground: #fcfcfd; --card: #fff;
  --line: #e0e1e6; --code: #f2f3f5; --accent: #0d74ce; --get: #0b6bcb; --post: #218358; --put: #9a5b00; --patch: #9a5b00;
  --delete: #c62a2f; --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
@media (prefers-color-scheme: dark) { :root { --ink: #edeef0; --soft: #b0b4ba; --faint: #777b84; --ground: #111113;
  --card: #18191b; --line: #2e3135; --code: #212225; --accent: #70b8ff; --get: #70b8ff; --post: #3dd68c; --put: #ffca16;
  --patch: #ffca16; --delete: #ff9592; } }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1rem; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; }
a { color: var(--accent); text-decoration: none; } a:hover { text-decoration: underline; }
code, pre { font-family: var(--mono); font-size: .875em; }
:not(pre) > code { background: var(--code); border-radius: 4px; padding: .1em .35em; }
pre { background: var(--code); border-radius: 8px; padding: .8rem 1rem; overflow-x: auto; margin: .5rem 0 1rem; line-height: 1.5; }
.frame { display: grid; grid-template-columns: 14rem minmax(0, 1fr); gap: 3rem; max-width: 72rem; margin: 0 auto; padding: 2.5rem 1.5rem 6rem; }
nav { position: sticky; top: 2.5rem; align-self: start; font-size: .925rem; }
nav b { display: block; font-size: 1.05rem; margin-bottom: .8rem; } nav b a { color: inherit; }
nav a { display: block; padding: .2rem 0; color: var(--soft); } nav a:hover { color: var(--accent); text-decoration: none; }
nav hr { border: 0; border-top: 1px solid var(--line); margin: .8rem 0; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .8rem; letter-spacing: -.02em; }
h2 { font-size: 1.3rem; margin: 3rem 0 .9rem; letter-spacing: -.01em; }
h4 { font-size: .9rem; font-weight: 600; color: var(--soft); margin: 1.4rem 0 .3rem; }
.lead { color: var(--soft); max-width: 46rem; }
details { background: var(--card); border: 1px solid var(--line); border-radius: 10px; margin: .5rem 0; }
summary { cursor: pointer; padding: .65rem 1rem; display: flex; gap: .8rem; align-items: baseline; list-style: none; flex-wrap: wrap; }
summary::-webkit-details-marker { display: none; }
summary:hover { background: color-mix(in srgb, var(--code) 55%, transparent); border-radius: 10px; }
summary code { background: none; padding: 0; font-weight: 600; overflow-wrap: anywhere; } summary i { color: var(--faint); font-style: normal; }
summary span { color: var(--soft); margin-left: auto; text-align: right; font-size: .925rem; }
.verb { font: 700 .75rem/1 var(--mono); min-width: 3.6rem; } .GET { color: var(--get); } .POST { color: var(--post); }
.PUT { color: var(--put); } .PATCH { color: var(--patch); } .DELETE { color: var(--delete); }
.inside { border-top: 1px solid var(--line); padding: .4rem 1rem 1rem; } .who { color: var(--soft); font-size: .9rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; } td, th { text-align: left; padding: .35rem .9rem .35rem 0; vertical-align: top; border-bottom: 1px solid var(--line); }
th { color: var(--faint); font-weight: 500; } td:last-child { width: 60%; } tr:last-child td { border-bottom: 0; } td code { white-space: nowrap; }
.must { color: var(--delete); }
.steps { max-width: 46rem; }
@media (max-width: 56rem) { .frame { display: block; } nav { position: static; margin-bottom: 2rem; columns: 2; } nav b, nav hr { column-span: all; } summary span { margin-left: 0; width: 100%; text-align: left; } }
"""
