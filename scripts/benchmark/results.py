"""Stores samples, compares cases of the same repetition, and prints tables."""

import statistics
from dataclasses import asdict

MEGABYTE = 1024 * 1024


class Results:
    def __init__(self):
        self.sections = {}
        self.targets = []
        self.comparisons = []

    def add(self, section, case, sample):
        self.sections.setdefault(section, {}).setdefault(case, []).append(sample)

    def samples(self, section, case):
        return self.sections.get(section, {}).get(case, [])

    def median(self, section, case, field="wall"):
        values = [getattr(sample, field) for sample in self.samples(section, case)]
        return statistics.median(values) if values else None

    def mean(self, section, case, field):
        values = [getattr(sample, field) for sample in self.samples(section, case)]
        return statistics.fmean(values) if values else None

    def ratio(self, section, case, baseline, field="wall"):
        """Median, least and greatest ratio of pairs that were measured directly after each other."""
        pairs = zip(self.samples(section, case), self.samples(section, baseline))
        ratios = [getattr(a, field) / getattr(b, field) for a, b in pairs if getattr(b, field) > 0]
        return (statistics.median(ratios), min(ratios), max(ratios)) if ratios else None

    def target(self, section, text, value, limit, unit="", span=None):
        """A documented target: at most `limit`."""
        if value is None:
            return
        shown = f"{value:.3g}{unit}" + (f" ({span[1]:.3g}–{span[2]:.3g})" if span else "")
        self.targets.append({
            "section": section, "target": text, "limit": f"≤ {limit:g}{unit}", "measured": shown,
            "value": value, "met": value <= limit})

    def ratio_target(self, section, text, case, baseline, field, limit):
        found = self.ratio(section, case, baseline, field)
        if found:
            self.target(section, text, found[0], limit, " ×", found)

    def quotient_target(self, section, text, baseline, case, field, limit):
        """A documented target: the other tool takes at least `limit` times as much."""
        theirs, ours = self.mean(section, baseline, field), self.mean(section, case, field)
        if theirs and ours:
            self.targets.append({
                "section": section, "target": text, "limit": f"≥ {limit:g} ×", "measured": f"{theirs / ours:.3g} ×",
                "value": theirs / ours, "met": theirs / ours >= limit})

    def compare(self, section, text, case, baseline, field="wall"):
        """A ratio without a target."""
        found = self.ratio(section, case, baseline, field)
        if found:
            self.comparisons.append({"section": section, "what": text, "ratio": found[0], "span": found[1:]})

    def json(self):
        return {
            "sections": {
                section: {case: [asdict(sample) for sample in samples] for case, samples in cases.items()}
                for section, cases in self.sections.items()},
            "comparisons": self.comparisons, "targets": self.targets}

    # Tables, in Markdown.

    def targets_table(self):
        rows = [[t["section"], t["target"], t["limit"], t["measured"], "yes" if t["met"] else "**no**"]
                for t in self.targets]
        return table(["section", "what", "target", "measured", "met"], rows)

    def comparison_table(self):
        rows = [[c["section"], c["what"], f"{c['ratio']:.2f}", f"{c['span'][0]:.2f}–{c['span'][1]:.2f}"]
                for c in self.comparisons]
        return table(["section", "what", "ratio", "min–max"], rows)

    def section_table(self, section):
        rows = []
        for case, samples in self.sections[section].items():
            walls = [sample.wall for sample in samples]
            rows.append([
                case, str(len(samples)), f"{seconds(statistics.median(walls))}",
                f"{seconds(min(walls))}–{seconds(max(walls))}",
                *(seconds(self.mean(section, case, field)) for field in ("client_cpu", "primary_cpu", "replica_cpu")),
                f"{self.median(section, case, 'wal') / MEGABYTE:.1f}",
                f"{self.median(section, case, 'peak_rss') / MEGABYTE:.0f}"])
        return table(
            ["case", "runs", "wall s", "min–max", "CPU s: client", "primary", "replica", "WAL MB", "peak RSS MB"], rows)


def beside_table(results, others):
    """Ratios of medians of the cases that run reportgen, to those of another binary; slower ones in bold."""
    rows = []
    for section, cases in results.sections.items():
        for case in cases:
            if not case.startswith("reportgen"):
                continue
            pairs = [(results.median(section, case, field), others.median(section, case, field))
                     for field in ("wall", "client_cpu", "primary_cpu", "replica_cpu", "peak_rss")]
            ratios = [f"{ours / theirs:.2f}" if ours is not None and theirs else "-" for ours, theirs in pairs]
            least = min(sample.wall for sample in results.samples(section, case))
            worst = max((sample.wall for sample in others.samples(section, case)), default=None)
            # Slower only where not even the fastest run is within the other's.
            if worst is not None and least > worst:
                ratios[0] = f"**{ratios[0]}**"
            rows.append([section, case, *ratios])
    return table(["section", "case", "wall", "client CPU", "primary CPU", "replica CPU", "peak RSS"], rows)


def seconds(value):
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])
