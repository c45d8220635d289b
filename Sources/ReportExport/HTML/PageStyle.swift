/// The style sheet of all pages, without external fonts, images or scripts.
///
/// The dark colour scheme is for screens only; print is black on white. Text has a contrast of at least 4.5 to its background
/// in both schemes, series of charts at least 3. Adjacent series also differ in lightness, and lines in their dashes.
enum PageStyle {
  static let sheet = """
    :root{color-scheme:light dark;--bg:#f7f7f5;--card:#fff;--text:#1b1e22;--muted:#5a616a;--line:#dfe2e6;--soft:#eceef1;\
    --head:#f3f4f6;--accent:#0b5cad;--good:#1a6b3c;--bad:#a8201a;--wait:#855300;\
    --s0:#0b62a8;--s1:#c2570c;--s2:#00806a;--s3:#a03070;--s4:#756300;--s5:#5b4fc4;--s6:#4a5560;--s7:#b3261e}
    @media screen and (prefers-color-scheme:dark){:root{--bg:#121417;--card:#1a1d21;--text:#e8eaed;--muted:#a4acb6;\
    --line:#343a42;--soft:#272c32;--head:#22262b;--accent:#82b9f2;--good:#6fcf97;--bad:#f4938c;--wait:#e5b567;\
    --s0:#6cb2f0;--s1:#f2994a;--s2:#45c4a6;--s3:#e58bc0;--s4:#d1bd4c;--s5:#a89df5;--s6:#a9b4c0;--s7:#f28b82}}
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%}
    body{margin:0;background:var(--bg);color:var(--text);\
    font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",Arial,sans-serif}
    .page{max-width:78rem;margin:0 auto;padding:2.25rem 1.5rem 3rem}
    h1,h2,h3,p,dl,dd,ul,figure{margin:0;padding:0}
    h1{font-size:1.9rem;line-height:1.2;letter-spacing:-.015em;font-weight:650;text-wrap:balance;overflow-wrap:anywhere}
    h2{font-size:1.1rem;font-weight:650;line-height:1.3}
    h3{font-size:1rem;font-weight:650;line-height:1.3}
    a{color:var(--accent);text-underline-offset:.15em}
    a:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
    code{font:.875em/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;overflow-wrap:anywhere}
    .eyebrow{display:flex;flex-wrap:wrap;align-items:baseline;gap:.25rem .75rem;color:var(--muted);font-size:.875rem;margin-bottom:.4rem}
    .lead{margin-top:.6rem;max-width:46rem;color:var(--muted);font-size:1.05rem;white-space:pre-line;overflow-wrap:anywhere}
    .asof{margin-top:.9rem;font-size:.9rem}
    .asof .note{font-size:inherit;overflow-wrap:anywhere}
    .fixed{white-space:nowrap}
    section,.chart{margin-top:2rem}
    .card{background:var(--card);border:1px solid var(--line);border-radius:.6rem}
    .totals{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,17.5rem),1fr));gap:1rem}
    .total{padding:1rem 1.25rem 1.1rem;min-width:0}
    .total h2{color:var(--muted);font-size:.875rem;font-weight:600;margin-bottom:.5rem;overflow-wrap:anywhere}
    .total dl{display:grid;gap:.7rem 1.5rem}
    .only .total dl{grid-template-columns:repeat(auto-fit,minmax(min(100%,13rem),1fr))}
    .only.totals{grid-template-columns:1fr}
    .total dt{color:var(--muted);font-size:.875rem}
    .total dd{display:flex;flex-wrap:wrap;align-items:center;gap:0 .9rem}
    .total dd .number{font-size:1.5rem;font-weight:650;line-height:1.3;white-space:normal;overflow-wrap:anywhere}
    .total dl div:first-child .number{font-size:1.9rem;letter-spacing:-.015em}
    .change{flex-basis:100%}
    .change b{font-weight:650;color:var(--text)}
    .change .up::before{content:"▲ "/""}.change .down::before{content:"▼ "/""}
    .spark{width:6rem;height:1.5rem;overflow:visible;flex:none}
    .neg{color:var(--bad)}
    .rows td[style]{background:linear-gradient(var(--s0),var(--s0)) 0 100%/var(--b) 3px no-repeat}
    .rows td.neg[style]{background-image:linear-gradient(var(--bad),var(--bad))}
    .rows .spark{display:inline-block;width:4.5rem;height:1.1em;margin-right:.7em;vertical-align:-.15em}
    th button{all:unset;cursor:pointer}
    th button:focus-visible,.filter:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
    th button::after{content:"";display:inline-block;width:1.1em;text-align:right}
    [aria-sort=ascending] button::after{content:"▲"/""}[aria-sort=descending] button::after{content:"▼"/""}
    tr[hidden]{display:none!important}
    .filter{font:inherit;font-size:.875rem;color:inherit;background:var(--card);border:1px solid var(--muted);\
    border-radius:.35rem;padding:.2rem .6rem;margin-right:auto;min-width:0;width:12rem}
    .about summary,.values summary{cursor:pointer}
    .about summary{font-size:1.1rem;font-weight:650}
    .bar-head{display:flex;flex-wrap:wrap;justify-content:space-between;align-items:baseline;gap:.25rem 1.5rem}
    .note{color:var(--muted);font-size:.875rem}
    .chart{padding:1.1rem 1.25rem 1.25rem}
    .chart+.chart{margin-top:1rem}
    .legend{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin-top:.6rem;font-size:.875rem}
    .legend li{display:flex;align-items:center;gap:.5rem;min-width:0;overflow-wrap:anywhere}
    .legend svg{flex:none}
    .plot{font-size:12px;padding:1.1rem 1.25rem 1.9rem 0}
    .plot>svg{display:block;width:100%;height:16rem;overflow:visible}
    .bars{font-size:13px;padding-top:.75rem}
    .bars>svg{display:block;width:100%;overflow:visible}
    svg text{fill:var(--muted);font-family:inherit;font-variant-numeric:tabular-nums}
    svg .name,svg .value{fill:var(--text)}
    svg .name{unicode-bidi:plaintext}
    .plot .value{paint-order:stroke;stroke:var(--card);stroke-width:3px;stroke-linejoin:round}
    .grid{stroke:var(--soft);shape-rendering:crispEdges}
    .axis{stroke:var(--muted);shape-rendering:crispEdges}
    .ln{fill:none;stroke:var(--c);stroke-width:2;stroke-linejoin:round;stroke-linecap:round;\
    vector-effect:non-scaling-stroke}
    .fill{fill:var(--c)}
    .area{fill:var(--c);fill-opacity:.75;stroke:var(--c);stroke-width:1;vector-effect:non-scaling-stroke}
    .thin{stroke:var(--c);stroke-width:1;vector-effect:non-scaling-stroke}
    .weekend{fill:var(--soft);fill-opacity:.55}
    .own{fill:var(--accent);fill-opacity:.13}
    .slice{stroke:var(--card);stroke-width:1}
    .panels{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,19rem),1fr));gap:.25rem 1.5rem}
    .panels>.panel{min-width:0;margin-top:.75rem}
    .panels .plot>svg{height:11rem}
    .newest{float:right;font-weight:400}
    .pie{display:flex;flex-wrap:wrap;align-items:center;gap:1rem 2.5rem;margin-top:1rem}
    .pie>svg{width:14rem;height:14rem;flex:none;max-width:100%}
    .shares{list-style:none;flex:1 1 18rem;display:grid;grid-template-columns:auto minmax(0,1fr) auto auto;\
    gap:.3rem .9rem;align-items:center;font-size:.9rem}
    .shares li{display:contents}
    .shares span{overflow-wrap:anywhere}
    .shares li:last-child span{font-weight:600}
    .number{font-variant-numeric:tabular-nums;text-align:right;white-space:nowrap}
    .values{margin-top:.75rem;font-size:.875rem}
    .values summary{cursor:pointer;color:var(--muted)}
    .values .scroll{max-height:24rem;margin-top:.4rem}
    .values tbody th{font-weight:400;white-space:nowrap}
    .values td{white-space:nowrap}
    .values tbody tr+tr th{border-top:1px solid var(--soft)}
    .track{fill:var(--soft)}
    .hit{fill:transparent}.hit:hover{fill:var(--muted);fill-opacity:.14}
    .s0{--c:var(--s0)}.s1{--c:var(--s1)}.s2{--c:var(--s2)}.s3{--c:var(--s3)}
    .s4{--c:var(--s4)}.s5{--c:var(--s5)}.s6{--c:var(--s6)}.s7{--c:var(--s7)}
    .ln.s1{stroke-dasharray:7 4}.ln.s2{stroke-dasharray:2 4}.ln.s3{stroke-dasharray:9 3 2 3}
    .ln.s4{stroke-dasharray:12 4}.ln.s5{stroke-dasharray:4 2 1 2}.ln.s6{stroke-dasharray:5 5}.ln.s7{stroke-dasharray:1 3}
    .narrow{display:none}
    .none{padding:2.5rem 0 1.5rem;text-align:center;color:var(--muted)}
    .scroll{margin-top:.75rem;overflow:auto;max-height:min(85vh,56rem)}
    table{border-collapse:separate;border-spacing:0;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
    th,td{padding:.45rem .9rem;text-align:left;vertical-align:top;unicode-bidi:plaintext}
    th:first-child,td:first-child{padding-left:1.25rem}
    th:last-child,td:last-child{padding-right:1.25rem}
    thead th{position:sticky;top:0;background:var(--head);border-bottom:1px solid var(--line);font-weight:600;\
    font-size:.8125rem;vertical-align:bottom;white-space:nowrap}
    tbody tr+tr td{border-top:1px solid var(--soft)}
    tbody td{white-space:pre-wrap;overflow-wrap:break-word;min-width:6ch;max-width:60ch}
    tbody tr:hover td{background:var(--head)}
    @media screen and (min-width:40rem){.rows tr>:first-child{position:sticky;left:0;background:var(--card)}\
    .rows thead tr>:first-child{z-index:1;background:var(--head)}.rows tr:hover>:first-child{background:var(--head)}}
    i{font-style:normal;color:var(--muted)}
    .hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
    .facts{display:grid;grid-template-columns:minmax(7rem,max-content) minmax(0,1fr);gap:.4rem 1.5rem;font-size:.9rem;\
    margin-top:.75rem}
    .facts dt{color:var(--muted)}
    .facts dd{overflow-wrap:anywhere;white-space:pre-wrap}
    .pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,30rem),1fr));gap:0 3rem}
    footer{margin-top:2.5rem;padding-top:1rem;border-top:1px solid var(--line);color:var(--muted);font-size:.8125rem;\
    display:flex;flex-wrap:wrap;gap:.25rem 1.5rem}
    .tags{display:flex;flex-wrap:wrap;gap:.3rem;margin-top:.4rem;list-style:none}
    .tags li{font-size:.75rem;padding:.05rem .5rem;border:1px solid var(--line);border-radius:1rem;color:var(--muted)}
    .index td{overflow-wrap:normal;white-space:normal;max-width:none}
    .index td.fixed,.index td.state{white-space:nowrap}
    .scroll.all{max-height:none}
    .index .note{display:block;font-size:.8125rem}
    .index .what{min-width:18rem;max-width:34rem}
    .index .what a{font-weight:600}
    .index .what p{color:var(--muted);font-size:.85rem;margin-top:.15rem}
    .index .when{min-width:13ch}
    .index .files a{margin-right:.75rem}
    .state{font-weight:600}
    .good{color:var(--good)}.bad{color:var(--bad)}.wait{color:var(--wait)}
    .right{text-align:right}
    @media (max-width:40rem){.page{padding:1.25rem 1rem 2rem}h1{font-size:1.5rem}.scroll{max-height:none}\
    .chart{padding:.9rem 1rem}.plot>svg{height:13rem}.wide{display:none}.narrow{display:inline}.facts{grid-template-columns:1fr;gap:.1rem}\
    .facts dd{margin-bottom:.6rem}th,td{padding:.4rem .6rem}th:first-child,td:first-child{padding-left:1rem}\
    .index thead{display:none}.index,.index tbody,.index tr,.index td{display:block;width:100%}\
    .index tr{padding:.9rem 1rem;border-top:1px solid var(--line)}.index tr:first-child{border-top:0}\
    .index td{padding:.1rem 0!important;border:0!important;text-align:left!important}.index .what{min-width:0;padding-bottom:.5rem!important}\
    .index td[data-label]::before{content:attr(data-label);display:inline-block;width:6rem;color:var(--muted);font-weight:400}}
    @media print{@page{size:A4;margin:14mm}body{background:none;font-size:10pt}.page{max-width:none;padding:0 1px}\
    .card{border-radius:0}.totals:not(.only){grid-template-columns:repeat(3,minmax(0,1fr))}.total{padding:.7rem .9rem}\
    .scroll{overflow:visible;max-height:none;border:0}thead{display:table-header-group}\
    thead th{position:static}tr,.chart,.total{break-inside:avoid}h2,.bar-head{break-after:avoid}\
    section>.bar-head{break-inside:avoid;padding-bottom:6rem;margin-bottom:-6rem}.panels{zoom:.75;grid-template-columns:repeat(auto-fit,minmax(min(100%,14rem),1fr))}\
    .bars{zoom:.7}footer{margin-top:1rem}table{font-size:8.5pt}tbody td{overflow-wrap:anywhere}\
    th,td,th:first-child,td:first-child,th:last-child,td:last-child{padding:.3em .5em}\
    thead th{white-space:normal;overflow-wrap:anywhere;font-size:inherit}\
    .values:not([open]){display:none}.about summary{list-style:none}\
    .about::details-content{content-visibility:visible;block-size:auto}.values .scroll{max-height:none}\
    .hit,.filter{display:none}th button{display:contents}th button::after{content:none}a{color:inherit}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}

    """

  /// Right-aligns columns by position, so that cells need no class.
  ///
  /// - Parameter columns: 0-based.
  static func aligned(right columns: [Int]) -> String {
    guard !columns.isEmpty else { return "" }
    let cells = columns.map { "tr>:nth-child(\($0 + 1))" }.joined(separator: ",")
    return ".rows :is(\(cells)){text-align:right;white-space:nowrap}\n"
  }

  /// Keeps the values of columns on one line.
  ///
  /// - Parameter columns: 0-based.
  static func unbroken(_ columns: [Int]) -> String {
    guard !columns.isEmpty else { return "" }
    let cells = columns.map { "tr>:nth-child(\($0 + 1))" }.joined(separator: ",")
    return ".rows :is(\(cells)){white-space:nowrap}\n"
  }
}
