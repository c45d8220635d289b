/// What the pages of a catalogue need besides `PageStyle`.
enum CatalogueStyle {
  static let sheet = """
    .filters{display:flex;flex-wrap:wrap;gap:.75rem 1.25rem;align-items:end;margin-top:2rem}
    .filters label{display:grid;gap:.2rem;font-size:.875rem;color:var(--muted);min-width:0}
    .filters input,.filters select{font:inherit;font-size:1rem;color:var(--text);background:var(--card);\
    border:1px solid var(--muted);border-radius:.35rem;padding:.35rem .6rem;min-height:2.4rem;max-width:100%}
    .filters input,.filters select{width:100%}
    .filters label{width:min(12rem,100%)}.filters label:first-child{width:min(20rem,100%)}
    .filters :focus-visible,.tags a:focus-visible,svg a:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
    .filters p{padding:.6rem 0}
    .filters+section{margin-top:1rem}
    .index tbody td{overflow-wrap:anywhere}.index .state{line-height:1.35}
    .index .what p{display:-webkit-box;-webkit-line-clamp:3;-webkit-box-orient:vertical;overflow:hidden}
    .state b{font-weight:600}.state .more{display:block;font-weight:400;font-size:.8125rem}
    .state b::before{display:inline-block;width:1.15em}
    .good b::before{content:"✓"/""}.wait b::before{content:"○"/""}.bad b::before{content:"✕"/""}.muted b::before{content:"–"/""}
    .muted{color:var(--muted)}
    .standing{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,14rem),1fr));gap:1rem 2rem;padding:1.1rem 1.25rem}
    .standing dt,.plain dt{color:var(--muted);font-size:.875rem}
    .standing dd{overflow-wrap:anywhere}
    .standing .broad{grid-column:1/-1}
    .tags a{color:inherit;text-decoration:none}.tags a:hover{text-decoration:underline}
    tr:target>*,li:target,dt:target{background:var(--soft)}
    tr:target>:first-child{box-shadow:inset 3px 0 var(--accent)}
    .files a{display:inline-block;margin:-.15rem .75rem 0 0;padding:.15rem 0}
    .stack tbody tr+tr th{border-top:1px solid var(--soft)}.stack tbody th{font-weight:600}
    .stack tbody th .note{font-weight:400}
    .wrap td{white-space:normal;overflow-wrap:anywhere}.wrap code{white-space:pre-wrap}
    .wrap td.fixed{white-space:nowrap}
    pre{margin:.75rem 0 0;padding:1rem 1.25rem;overflow:auto;max-height:40rem;tab-size:2;font-size:.875rem}
    pre code{white-space:pre;overflow-wrap:normal;font-size:.85rem}
    .drawing{margin-top:.75rem;padding:1rem 1.25rem;overflow:auto}
    .lineage{display:block;margin:0 auto;font-size:12px}
    .lineage text{fill:var(--text)}.lineage a text{fill:var(--accent)}
    .lineage rect{fill:var(--bg);stroke:var(--muted);stroke-width:1}
    .lineage .dashboard rect{stroke-dasharray:4 3}
    .lineage .self rect{stroke:var(--accent);stroke-width:2}.lineage .self text{font-weight:600}
    .edge{fill:none;stroke:var(--muted);stroke-width:1}
    .plain{display:grid;gap:.9rem;margin-top:.75rem}
    .plain dd{overflow-wrap:anywhere}
    .plain dd a{margin-right:1rem;display:inline-block}
    .crumb{font-size:.875rem;margin-bottom:.6rem}
    .list{list-style:none;display:grid;gap:.9rem;margin-top:.75rem}
    .list li{padding:.2rem .4rem;overflow-wrap:anywhere}
    .list li a{margin-right:.9rem}
    @media (max-width:40rem){.filters label,.filters label:first-child,.filters input,.filters select{width:100%}.index .what p{-webkit-line-clamp:5}\
    .stack thead{display:none}.stack,.stack tbody,.stack tr,.stack td{display:block;width:100%}\
    .stack tr{padding:.7rem 1rem;border-top:1px solid var(--line)}.stack tr:first-child{border-top:0}\
    .stack td,.stack tbody th{display:block;padding:.1rem 0!important;border:0!important;text-align:left!important}\
    .stack td:empty,.index td:has(>i){display:none}.state .more{margin-left:6rem}\
    .stack td[data-label]::before{content:attr(data-label);display:inline-block;width:6.5rem;color:var(--muted)}}
    @media print{.filters,.crumb,.step{display:none}pre{overflow:visible;max-height:none;border:0;padding:0}\
    pre code{white-space:pre-wrap;overflow-wrap:anywhere;font-size:8pt}.drawing{overflow:visible;border:0;padding:0}\
    .lineage{max-width:100%;height:auto}.index .what{min-width:0}.index .when{min-width:0}\
    .index .what p{display:block;font-size:7.5pt}\
    .index{font-size:7.5pt}.index .note{font-size:7pt}.index thead th,.stack thead th{overflow-wrap:normal}\
    .state .more,.tags li{font-size:7pt}}

    """
}
