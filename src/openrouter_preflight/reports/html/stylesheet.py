"""The page's style sheet, for light and dark, wide and narrow, screen and paper."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import Final

STYLE: Final = """
:root{color-scheme:light dark;--page:#fff;--card:#f6f8fa;--line:#d0d7de;--text:#1f2328;--dim:#57606a;--link:#0550ae;
--good:#116329;--bad:#a40e26;--warn:#7d4e00;--track:#d8dee4;--bar-good:#2da44e;--bar-warn:#bf8700;--bar-bad:#cf222e;
--spend:#0969da}
@media (prefers-color-scheme:dark){:root{--page:#0d1117;--card:#161b22;--line:#30363d;--text:#e6edf3;--dim:#9198a1;
--link:#79c0ff;--good:#56d364;--bad:#ff8e86;--warn:#e3b341;--track:#30363d;--bar-good:#2ea043;--bar-warn:#bb8009;
--bar-bad:#f85149;--spend:#58a6ff}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
main,footer{max-width:64rem;margin:0 auto;padding:0 1rem}
h1{font-size:1.5rem;margin:1.5rem 0 .25rem}
h2{font-size:1.2rem;margin:2rem 0 .75rem;border-bottom:1px solid var(--line);padding-bottom:.25rem}
h3{font-size:1rem;font-weight:400;margin:0 0 .25rem}
h3,p,li,dd,td{overflow-wrap:anywhere}
p{margin:.25rem 0}
ul{margin:.25rem 0;padding-left:1.25rem}
code{font:.875em ui-monospace,SFMono-Regular,Consolas,monospace;background:var(--card);border-radius:3px;
padding:.1em .3em}
a{color:var(--link)}
.pass{color:var(--good)}.fail,.error{color:var(--bad)}.incomplete,.warning{color:var(--warn)}
.note,.dim{color:var(--dim)}
.banner{border:2px solid var(--warn);border-radius:6px;padding:.5rem .75rem;margin:1rem 0;font-weight:600}
.keys{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(26rem,100%),1fr));gap:1rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:6px;padding:.75rem 1rem;min-width:0}
.card code{background:none;padding:0}
.findings{list-style:none;padding:0}
.findings>li{border-left:4px solid var(--line);padding:.25rem 0 .25rem .75rem;margin:0 0 1rem}
.findings>li.error{border-color:var(--bar-bad);color:inherit}.findings>li.warning{border-color:var(--bar-warn);color:inherit}
.findings>li.note{color:inherit}
.small{font-size:.75rem}
.tag{font-weight:600}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.875rem}
th,td{text-align:left;vertical-align:top;padding:.375rem .5rem;border-bottom:1px solid var(--line)}
th[scope=row]{font-weight:400}td{white-space:nowrap}
figure{margin:.75rem 0 0}
figcaption{font-size:.875rem}
svg{display:block;width:100%}
.bar{height:.625rem;margin:.25rem 0}
.spend{height:5rem;margin:.25rem 0;border-bottom:1px solid var(--line)}
.track{fill:var(--track)}.good-bar{fill:var(--bar-good)}.warn-bar{fill:var(--bar-warn)}.bad-bar{fill:var(--bar-bad)}
.day{fill:var(--spend)}
.ends{display:flex;justify-content:space-between;font-size:.75rem;color:var(--dim)}
footer{margin-top:2rem;padding-bottom:2rem;font-size:.8125rem;color:var(--dim)}
@media print{:root{color-scheme:light;--page:#fff;--card:#fff;--line:#999;--text:#000;--dim:#444;--link:#000;
--good:#000;--bad:#000;--warn:#000;--track:#ddd;--bar-good:#555;--bar-warn:#555;--bar-bad:#111;--spend:#555}
body{font-size:11pt}.wide{overflow:visible}td{white-space:normal}.card,.findings>li,figure{break-inside:avoid}h2,h3{break-after:avoid}
svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
"""

POLICY: Final = (
    "default-src 'none'; "
    f"style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'; "
    "base-uri 'none'; form-action 'none'"
)
"""The page's Content-Security-Policy: this style sheet, and nothing else at all."""
