#include "report/page_style.h"

#include "base/hash.h"

/* Short pieces: ISO C promises string literals of 4095 bytes only. */
static const char *const style[] = {
    /* Colours. Text has a contrast of at least 5:1 on all grounds, in both schemes. */
    ":root{color-scheme:light dark;--paper:#fdfcf9;--ink:#1c1b19;--soft:#5f5b53;--line:#dbd6cb;--tint:#f5f2eb;"
    "--accent:#12506f;--under:#dde8ee;--grey:#8b867b;--serif:Charter,'Bitstream Charter','Sitka Text',Cambria,"
    "'Noto Serif',Georgia,serif;--sans:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif;"
    "--mono:ui-monospace,'SF Mono',SFMono-Regular,Menlo,Consolas,'Noto Sans Mono','DejaVu Sans Mono',monospace}\n"
    "@media screen and (prefers-color-scheme:dark){:root{--paper:#15171a;--ink:#e8e5de;--soft:#aca79d;--line:#383b40;"
    "--tint:#1e2125;--accent:#7fc0de;--under:#233843;--grey:#7f7b74}}\n",

    "*,::before,::after{box-sizing:border-box}\n"
    "html{font:17px/1.58 var(--serif);background:var(--paper);color:var(--ink);-webkit-text-size-adjust:100%;"
    "text-size-adjust:100%;scroll-behavior:smooth}\n"
    "@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}\n"
    "body{margin:0;padding:0 1.25rem 5rem}\n"
    "main,header.top,nav{max-width:66rem;margin-inline:auto}\n"
    "p,ul,ol,dl{margin:0 0 1rem}p,.prose li,.prose dd{max-width:40rem;text-wrap:pretty}\n"
    "a{color:var(--accent);text-decoration-thickness:1px;text-underline-offset:.16em}\n"
    "a:hover{text-decoration-thickness:2px}:focus-visible{outline:2px solid var(--accent);outline-offset:2px}\n"
    "sup{font-size:.72em;line-height:0}\n"
    ".soft{color:var(--soft)}.nowrap{white-space:nowrap}\n"
    ".skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem;background:var(--paper);padding:.5rem 1rem}\n",

    /* Head */
    "header.top{padding-top:3.5rem}\n"
    ".kicker{font:600 .8rem/1.4 var(--sans);letter-spacing:.04em;color:var(--soft);margin:0 0 1.4rem}\n"
    ".kicker b{color:var(--accent);font-weight:700}\n"
    "h1{font-size:clamp(2rem,1.3rem + 2.9vw,3.3rem);line-height:1.1;letter-spacing:-.015em;font-weight:700;margin:0 0 1.1rem;"
    "max-width:21ch;text-wrap:balance}\n"
    ".lede{font-size:clamp(1.12rem,1.05rem + .4vw,1.32rem);line-height:1.48;max-width:36rem;margin-bottom:.7rem}\n"
    "h2{font-size:1.72rem;line-height:1.2;letter-spacing:-.01em;margin:0 0 1rem;text-wrap:balance}\n"
    "h3{font-size:1.28rem;line-height:1.3;margin:2.4rem 0 .6rem}h4{font:600 .86rem/1.4 var(--sans);margin:1.2rem 0 .35rem}\n"
    "main>section{border-top:1px solid var(--line);padding-top:2.1rem;margin-top:3.4rem}\n"
    ".keys{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.1rem,1fr));gap:1.3rem 1.6rem;margin:2.4rem 0 0;"
    "padding:1.3rem 0 0;border-top:2px solid var(--ink)}\n"
    ".keys div{display:flex;flex-direction:column-reverse;justify-content:flex-end}\n"
    ".keys dt{font:.86rem/1.35 var(--sans);color:var(--soft)}\n"
    ".keys dd{margin:0;font-size:1.75rem;line-height:1.15;font-weight:700;letter-spacing:-.01em;"
    "font-variant-numeric:lining-nums}\n"
    ".keys dd.small{font-size:1.06rem;line-height:1.35;padding-top:.36rem;letter-spacing:0}\n",

    /* Contents */
    "nav{font:.86rem/1.5 var(--sans);margin-top:2.4rem}nav ol{list-style:none;display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;"
    "padding:0;margin:0}nav h2{font:600 .8rem/1.4 var(--sans);letter-spacing:.04em;color:var(--soft);margin:0 0 .4rem}\n"
    "@media (min-width:84rem){body{display:grid;grid-template-columns:12rem minmax(0,66rem);column-gap:4rem;"
    "justify-content:center}header.top,main{grid-column:2;margin:0;width:100%}nav{grid-column:1;grid-row:1/span 2;"
    "position:sticky;top:0;max-height:100vh;overflow:auto;align-self:start;padding:3.5rem 0 2rem;margin:0}"
    "nav ol{flex-direction:column;gap:.45rem}nav a{text-decoration:none;color:var(--ink)}nav a:hover{color:var(--accent);"
    "text-decoration:underline}}\n",

    /* Tables */
    ".scroll{overflow-x:auto;margin:0 0 1.4rem}\n"
    "table{border-collapse:collapse;width:100%;font:.86rem/1.42 var(--sans);font-variant-numeric:tabular-nums lining-nums}\n"
    "caption{caption-side:top;text-align:start;color:var(--soft);padding:0 0 .5rem;max-width:44rem}\n"
    "th,td{text-align:start;vertical-align:top;padding:.45rem 1.1rem .45rem 0;border-bottom:1px solid var(--line)}\n"
    "th:last-child,td:last-child{padding-inline-end:0}\n"
    "thead th{font-weight:600;color:var(--soft);vertical-align:bottom;border-bottom:1px solid var(--grey)}\n"
    "tbody th{font-weight:600}\n"
    ".n{text-align:end}.n+td:not(.n),.n+th:not(.n){padding-inline-start:1.1rem}td a,th a,.members a{"
    "text-decoration-color:var(--grey)}td.nowrap,th.nowrap{white-space:nowrap}\n"
    "td p{margin:0;max-width:32rem}\n"
    "thead [role=button]{cursor:pointer}thead [role=button]:hover{color:var(--accent)}\n"
    "th[aria-sort=ascending] [role=button]::after{content:' \\2191'}th[aria-sort=descending] [role=button]::after{content:' \\2193'}\n",

    /* Names from the archive: isolated, blanks kept, never wider than their place. */
    ".id{font:.92em/1.4 var(--mono);unicode-bidi:isolate;white-space:pre-wrap;overflow-wrap:anywhere}\n"
    "td .id,th .id{font-size:.95em}:is(td,th):has(.id){min-width:8.2rem}td.object{min-width:13rem}td.object .id{display:inline-block}\n"
    ".ctl{font:600 .72em/1 var(--sans);color:var(--paper);background:var(--soft);border-radius:2px;padding:.05em .3em;"
    "margin:0 .1em;white-space:nowrap;unicode-bidi:isolate;direction:ltr}\n"
    ".unlisted{font:italic .92em/1.4 var(--sans);color:var(--soft);white-space:nowrap}\n"
    ".mark{width:.95em;height:.95em;vertical-align:-.1em;margin-inline-end:.42em}\n"
    ".sprite{position:absolute;width:0;height:0}\n"
    ".full{fill:var(--accent)}.ring{fill:none;stroke:var(--accent);stroke-width:2}.dashed{stroke:var(--soft);"
    "stroke-dasharray:2.6 2}.under{fill:var(--under)}.grey{fill:var(--grey)}\n"
    ".share{width:15rem;max-width:100%;height:.9rem;display:block;margin-top:.25rem}td:has(>.share){min-width:8rem;width:15rem}\n"
    ".bar-strong{fill:var(--accent)}.bar-moderate{fill:url(#fill-moderate)}.bar-weak{fill:url(#fill-weak)}"
    ".bar-none{fill:var(--under)}.bar-insufficient_data{fill:url(#fill-insufficient_data)}"
    "[class^=bar-]{stroke:var(--accent);stroke-width:1}.bar-insufficient_data{stroke:var(--grey)}\n"
    ".base{fill:none;stroke:var(--line);stroke-width:1}\n",

    /* The findings on a narrow screen: each row a block, so that nothing needs to be scrolled to. */
    "@media screen and (max-width:46rem){#findings thead{position:absolute;clip-path:inset(50%)}#findings tr{display:grid;"
    "grid-template-columns:1fr auto;padding:.6rem 0;border-bottom:1px solid var(--line)}#findings :is(td,th){border:0;"
    "padding:.1rem 0}#findings td:nth-child(n+3){grid-column:1/-1;width:auto;padding-inline-start:0}}\n",

    /* Two columns of words */
    ".two{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));gap:1rem 3rem}\n"
    ".two h3{margin-top:0}.two ul{padding-inline-start:1.3rem}.two li{margin-bottom:.6rem;text-wrap:pretty}\n"
    ".aside{background:var(--tint);padding:1rem 1.2rem;border-radius:3px;max-width:44rem;margin:0 0 1.4rem}"
    ".aside>:last-child{margin-bottom:0}\n"
    "dl.facts{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.22rem 1.2rem;font:.86rem/1.45 var(--sans);"
    "font-variant-numeric:tabular-nums lining-nums}dl.facts dt{color:var(--soft)}dl.facts dd{margin:0}\n"
    "@media screen and (max-width:46rem){dl.facts{grid-template-columns:minmax(0,1fr)}dl.facts dd{margin-bottom:.35rem}}\n"
    "ul.prose{padding-inline-start:1.1rem}ul.prose li{margin-bottom:.55rem}.prose dt{font-weight:700}.prose dd{margin:0 0 .7rem}\n"
    "pre,code{font:.88em/1.5 var(--mono)}pre{background:var(--tint);padding:.9rem 1.1rem;border-radius:3px;"
    "white-space:pre-wrap;overflow-wrap:anywhere;max-width:44rem;margin:0 0 1.2rem}\n"
    ".hash{font:.84em/1.4 var(--mono);overflow-wrap:anywhere}\n",

    /* Figures */
    "figure{margin:0}figcaption{font:.86rem/1.42 var(--sans);color:var(--soft);margin-bottom:.7rem;max-width:44rem}\n"
    "figure svg{display:block;width:100%;height:auto;overflow:visible}\n"
    ".figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:2rem 3rem;margin:1.2rem 0 1.6rem;"
    "align-items:start}.figures .timeline{grid-column:1/-1}\n"
    ".timeline svg{height:7.5rem;border-bottom:1px solid var(--grey)}.bars{fill:var(--accent)}\n"
    ".axis{display:flex;justify-content:space-between;font:.8rem/1.4 var(--sans);color:var(--soft);padding-top:.3rem}\n"
    ".rhythm text,.drawing text{font:12px var(--sans);fill:var(--soft)}.mid{text-anchor:middle}.dots{fill:var(--accent)}\n"
    ".drawing svg{max-width:27.5rem}.thin,.thick{fill:none;stroke:var(--accent);stroke-width:.7;stroke-opacity:.16}"
    ".thick{stroke-opacity:.34}.thin.many{stroke-opacity:.09}.thick.many{stroke-opacity:.2}.hollow{fill:var(--paper);stroke:var(--accent);stroke-width:2}\n"
    ".drawing .label{font-size:11px;text-anchor:middle;fill:var(--ink);paint-order:stroke;stroke:var(--paper);"
    "stroke-width:3px;stroke-linejoin:round}\n"
    ".members{list-style:none;padding:0;margin:0 0 1.4rem;columns:14rem;column-gap:2.4rem;font:.86rem/1.45 var(--sans);"
    "font-variant-numeric:tabular-nums}.figures .members{columns:8rem;column-gap:1.2rem}.members li{break-inside:avoid;padding:.1rem 0;padding-inline-start:3.6rem;text-indent:-3.6rem}"
    ".members .num{display:inline-block;min-width:2.2rem;text-indent:0;color:var(--soft)}.figures .members .num{min-width:1.6rem}.figures .members li{padding-inline-start:3rem;text-indent:-3rem}\n",

    /* An audit's strata, drawn in their table */
    "td.plot,th.plot{width:34%;min-width:15rem;padding-inline-start:1.1rem}th.stratum{min-width:13rem}td.plot{padding-block:.1rem;vertical-align:middle}.forest{display:block;width:100%;height:auto;overflow:visible}"
    ".forest .one,.forest .interval{fill:none;stroke:var(--ink);stroke-width:1.2}.forest .one{stroke-width:.8}"
    ".forest .margin{fill:none;stroke:var(--soft);stroke-width:.8;stroke-dasharray:3 2.5}.forest text{font:12px var(--sans);fill:var(--soft);text-anchor:middle}\n"
    ".forest .full{fill:var(--ink)}tr.whole>*{border-top:1px solid var(--grey);font-weight:600}tr.scale td{border:0}\n",

    /* Account by account */
    "article{border-top:1px solid var(--line);padding-top:1.1rem;margin-top:1.8rem}\n"
    "article h3{margin:0 0 .2rem;font-size:1.06rem}article h3 .id{font-weight:700;font-size:1em}\n"
    "article .sum{font:.86rem/1.45 var(--sans);color:var(--soft);max-width:none;margin-bottom:.7rem}\n"
    "article .split{display:grid;grid-template-columns:minmax(0,1fr);gap:.2rem 2.6rem}\n"
    "@media (min-width:60rem){article .split{grid-template-columns:17rem minmax(0,1fr)}}\n"
    "article ul.against{padding-inline-start:1.1rem;font:.86rem/1.45 var(--sans);margin-bottom:.8rem}\n"
    "article .small{font:.86rem/1.45 var(--sans);margin-bottom:.8rem}\n",

    /* Paper */
    ".paper{display:none}\n@media print{.paper{display:block}article.beyond{display:none}@page{margin:17mm 16mm 19mm;@bottom-right{content:counter(page) ' / ' counter(pages);font:8pt sans-serif}}\n"
    "html{font-size:10.2pt;line-height:1.45;background:#fff}:root{--paper:#fff;--ink:#000;--soft:#444;--line:#bbb;"
    "--tint:#f3f3f3;--accent:#0d3c54;--under:#e3e9ec;--grey:#777}body{padding:0}nav,.skip{display:none}"
    "header.top{padding-top:0}main>section{margin-top:1.6rem;padding-top:1.1rem}h1{font-size:26pt}"
    "h2,h3,h4,caption,figcaption,.network>p,#listed>p,dt{break-after:avoid}thead{break-inside:avoid;break-after:avoid}"
    "tr,figure,.figures,.two>div,.aside,pre,dl.facts,p,li{break-inside:avoid}tbody tr:is(:first-child,:last-child){break-before:avoid}"
    "article{break-inside:auto}article h3,article .sum{break-after:avoid}"
    "#findings{break-inside:avoid}a{color:inherit;text-decoration:none}"
    ".scroll{overflow:visible}table{font-size:8.4pt}th,td{padding:.28rem .7rem .28rem 0}.keys{grid-template-columns:repeat(3,1fr)}"
    ".figures{grid-template-columns:1fr 1fr;gap:1.2rem 2rem}.timeline svg{height:5.4rem}"
    ".members,.figures .members{font-size:7.6pt;line-height:1.3;columns:7rem;column-gap:.6rem}.figures .members li{padding-inline-start:2.6rem;text-indent:-2.6rem}"
    "article{margin-top:1.1rem;padding-top:.8rem}article .split{grid-template-columns:1fr}article dl.facts{grid-template-columns:max-content 1fr max-content 1fr;margin-bottom:.4rem}"
    "article h4{margin-top:.4rem}article ul.against,article .small{margin-bottom:.4rem}.scroll{margin-bottom:.8rem}"
    ".ctl{color:#000;background:none;outline:1px solid #777}}\n",
};

static const char *const script[] = {
    /* Sorting of tables by their heads; everything can be read without. No button elements: Chromium leaves them out of
     * the heads that it repeats on paper. */
    "'use strict';document.querySelectorAll('table.sortable').forEach(function(t){"
    "var heads=Array.from(t.tHead.rows[0].cells),body=t.tBodies[0];"
    "heads.forEach(function(th,i){var b=document.createElement('span');b.tabIndex=0;b.setAttribute('role','button');"
    "while(th.firstChild)b.appendChild(th.firstChild);th.appendChild(b);"
    "b.onkeydown=function(e){if(e.key==='Enter'||e.key===' '){e.preventDefault();b.click()}};"
    "b.addEventListener('click',function(){var up=th.getAttribute('aria-sort')!=='ascending';"
    "heads.forEach(function(h){h.removeAttribute('aria-sort')});th.setAttribute('aria-sort',up?'ascending':'descending');"
    "var key=function(r){var c=r.cells[i];return c.dataset.v!==undefined?+c.dataset.v:c.textContent};"
    "Array.from(body.rows).sort(function(x,y){var a=key(x),c=key(y),o=a<c?-1:a>c?1:0;return up?o:-o})"
    ".forEach(function(r){body.appendChild(r)})})})});",
};

enum { n_styles = sizeof style / sizeof *style, n_scripts = sizeof script / sizeof *script };

static void put_all(eh_html *html, const char *const *pieces, size_t n)
{
    for (size_t i = 0; i < n; i++) eh_html_bytes(html, pieces[i], strlen(pieces[i]));
}

static unsigned hex_value(char c) { return c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'a' + 10); }

/* 'sha256-BASE64' of the pieces, as content security policies want it. */
static void put_hash(eh_html *html, const char *const *pieces, size_t n)
{
    static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    eh_sha256 hash;
    char hex[eh_sha256_hex_size], text[48];
    eh_sha256_init(&hash);
    for (size_t i = 0; i < n; i++) eh_sha256_add(&hash, pieces[i], strlen(pieces[i]));
    eh_sha256_final(&hash, hex);
    size_t size = 0;
    for (size_t i = 0; i < 33; i += 3) { /* 32 bytes and a zero: 43 digits and '=' */
        unsigned bits = 0;
        for (size_t k = i; k < i + 3; k++)
            bits = bits << 8 | (k < 32 ? hex_value(hex[2 * k]) << 4 | hex_value(hex[2 * k + 1]) : 0);
        for (int shift = 18; shift >= 0; shift -= 6) text[size++] = base64[bits >> shift & 63];
    }
    text[size - 1] = '=';
    eh_html_raw(html, "'sha256-");
    eh_html_bytes(html, text, size);
    eh_html_raw(html, "'");
}

void eh_page_policy(eh_html *html)
{
    eh_html_raw(html, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src ");
    put_hash(html, style, n_styles);
    eh_html_raw(html, "; script-src ");
    put_hash(html, script, n_scripts);
    eh_html_raw(html, "; base-uri 'none'; form-action 'none'\">\n");
}

void eh_page_style(eh_html *html)
{
    eh_html_raw(html, "<style>");
    put_all(html, style, n_styles);
    eh_html_raw(html, "</style>\n");
}

void eh_page_script(eh_html *html)
{
    eh_html_raw(html, "<script>");
    put_all(html, script, n_scripts);
    eh_html_raw(html, "</script>\n");
}
