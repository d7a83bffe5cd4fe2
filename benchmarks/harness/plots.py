"""The plots of a comparison. Each takes plain numbers and gives SVG text."""
from . import svg
from .peers import OURS


def _legend(picture, names, x, y, step=86):
    for at, name in enumerate(names):
        picture.dot(x + at * step, y - 4, 5 if name == OURS else 4, svg.colour(picture.theme, name))
        picture.text(x + at * step + 10, y, name, size=12, weight=650 if name == OURS else 400)


def relative(theme, title, about, rows, names, base):
    """A row of dots for each scenario: what each proxy takes of what `base` takes. rows: [(label, {name: value})]."""
    rows = [(label, {n: v / values[base] for n, v in values.items() if v}) for label, values in rows if values.get(base)]
    everything = [v for _, values in rows for v in values.values()] or [1.0]
    left, right, top, step = 148, 24, 100, 40
    picture = svg.Picture(theme, 860, top + step * len(rows) + 46, title, about)
    axis = svg.Log(min(0.25, *everything) * 0.95, max(2.0, *everything) * 1.05, left, picture.width - right)
    _legend(picture, names, 34, 82, 100)
    bottom = top + step * len(rows)
    for tick in axis.ticks():
        picture.line(axis(tick), top - 6, axis(tick), bottom, width=1)
        picture.text(axis(tick), bottom + 18, f"{tick:g}×", size=11.5, fill=theme.faint, anchor="middle")
    picture.line(axis(1), top - 6, axis(1), bottom, stroke=theme.faint, width=1.2, dash="3 3")
    picture.text(axis(1), bottom + 34, f"as {base}", size=11.5, fill=theme.faint, anchor="middle")
    picture.text(left, bottom + 34, "← less is better", size=11.5, fill=theme.faint)
    for at, (label, values) in enumerate(rows):
        y = top + step * at + step / 2
        picture.text(left - 12, y + 4, label, size=13, anchor="end", weight=550)
        for name in sorted(values, key=lambda n: n == OURS):
            picture.dot(axis(values[name]), y, 8 if name == OURS else 5.5, svg.colour(theme, name), f"{name}: {values[name]:.2f} × {base}")
        if OURS in values:
            picture.text(axis(values[OURS]), y - 12, f"{values[OURS]:.2f}", size=11, anchor="middle", weight=650,
                         fill=svg.colour(theme, OURS))
    return picture.done()


def growth(theme, title, about, series, x_label, y_label, labels=None):
    """A line for each proxy over growing work, both axes logarithmic; what has one point only does not grow.

    series: {name: [(x, y)]}; labels: what to write for an x, where that is not the number."""
    series = {n: [(x, y) for x, y in points if y] for n, points in series.items()}
    series = {n: points for n, points in series.items() if len(points) > 1}
    xs = sorted({x for points in series.values() for x, _ in points}) or [1, 10]
    ys = [y for points in series.values() for _, y in points] or [1, 10]
    picture = svg.Picture(theme, 720, 420, title, about)
    left, right, top, bottom = 66, 620, 84, 358
    across, up = svg.Log(xs[0], xs[-1] if xs[-1] > xs[0] else xs[0] * 10, left, right), svg.Log(min(ys) * 0.85, max(ys) * 1.15, bottom, top)
    for tick in up.ticks():
        picture.line(left, up(tick), right, up(tick))
        picture.text(left - 8, up(tick) + 4, svg.number(tick), size=11.5, fill=theme.faint, anchor="end")
    for x in xs:
        picture.line(across(x), bottom, across(x), bottom + 5, stroke=theme.faint)
        picture.text(across(x), bottom + 20, (labels or {}).get(x) or svg.number(x), size=11.5, fill=theme.faint, anchor="middle")
    picture.text((left + right) / 2, bottom + 42, x_label, size=12, fill=theme.faint, anchor="middle")
    picture.text(18, (top + bottom) / 2, y_label, size=12, fill=theme.faint, anchor="middle", turn=-90)
    names = sorted(series, key=lambda n: n == OURS)
    for name in names:
        points = [(across(x), up(y)) for x, y in series[name]]
        picture.path(points, svg.colour(theme, name), 3.2 if name == OURS else 1.8)
        for (x, y), (of, value) in zip(points, series[name], strict=True):
            picture.dot(x, y, 4.5 if name == OURS else 3.2, svg.colour(theme, name), f"{name}, {svg.number(of)}: {svg.number(value)}")
    heights = svg.apart([up(series[n][-1][1]) for n in names], 15)
    for name, height in zip(names, heights, strict=True):
        end = across(series[name][-1][0])
        picture.line(end + 6, up(series[name][-1][1]), max(end + 10, right + 12), height, stroke=svg.colour(theme, name), width=0.8)
        picture.text(max(end + 14, right + 16), height + 4, name, size=12, fill=svg.colour(theme, name), weight=650 if name == OURS else 450)
    return picture.done()


def bars(theme, title, about, groups, unit):
    """Groups of horizontal bars, least first. groups: [(label, {name: value})]; unit: of a value to text."""
    rows = sum(len(values) for _, values in groups)
    picture = svg.Picture(theme, 720, 76 + rows * 22 + len(groups) * 40, title, about)
    left, right, y = 110, 610, 78
    for label, values in groups:
        picture.text(24, y + 10, label, size=13, weight=600)
        y += 22
        greatest = max(values.values(), default=1)
        for name in sorted(values, key=values.get):
            length = (right - left) * values[name] / greatest
            picture.text(left - 8, y + 13, name, size=12, anchor="end", weight=650 if name == OURS else 400)
            picture.rect(left, y + 2, max(length, 2), 15, svg.colour(theme, name), f"{name}: {unit(values[name])}")
            picture.text(left + max(length, 2) + 6, y + 14, unit(values[name]), size=11.5, fill=theme.faint)
            y += 22
        y += 18
    return picture.done()


def latencies(theme, title, about, groups):
    """For each proxy a line from p50 by p99 to p99.9, in ms. groups: [(label, {name: (p50, p99, p999)})]."""
    groups = [(label, values) for label, values in groups if values]
    everything = [v for _, values in groups for three in values.values() for v in three if v] or [1.0]
    rows = sum(len(values) for _, values in groups)
    top = 104
    picture = svg.Picture(theme, 720, top + rows * 24 + len(groups) * 36 + 30, title, about)
    axis = svg.Log(min(everything) * 0.8, max(everything) * 1.2, 110, 690)
    bottom = picture.height - 34
    for tick in axis.ticks():
        picture.line(axis(tick), top - 14, axis(tick), bottom)
        picture.text(axis(tick), bottom + 18, f"{tick:g} ms", size=11.5, fill=theme.faint, anchor="middle")
    for x, radius, words in ((34, 5.5, "p50"), (94, 4.5, "p99"), (154, 3.5, "p99.9")):
        picture.dot(x, 76, radius, theme.faint)
        picture.text(x + 10, 80, words, size=12, fill=theme.faint)
    y = top
    for label, values in groups:
        picture.text(24, y + 8, label, size=13, weight=600)
        y += 20
        for name in sorted(values, key=lambda n: values[n][1]):
            shade = svg.colour(theme, name)
            picture.text(102, y + 15, name, size=12, anchor="end", weight=650 if name == OURS else 400)
            picture.line(axis(values[name][0]), y + 11, axis(values[name][2]), y + 11, stroke=shade, width=2.5)
            for value, radius, of in zip(values[name], (5.5, 4.5, 3.5), ("p50", "p99", "p99.9"), strict=True):
                picture.dot(axis(value), y + 11, radius, shade, f"{name} {of}: {value:.3g} ms")
            y += 24
        y += 16
    return picture.done()
