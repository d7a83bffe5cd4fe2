"""A flame graph as SVG: each box a function, as wide as its share of the time, on top of who called it."""
from xml.sax.saxutils import escape

from .svg import FONT

_WIDTH, _ROW, _LETTER = 1200, 18, 6.6
_COLOURS = {"kernel": ("#f2b47e", "#e9a368", "#f6c294"), "ours": ("#7fb2f0", "#6aa3ea", "#95c0f5"),
            "library": ("#93cfa4", "#80c494", "#a7d9b5")}
_SMALLEST = 0.0008  # of all; less is left out


def _tree(stacks):
    root = {"count": 0, "below": {}}
    for stack, count in stacks.items():
        node = root
        node["count"] += count
        for frame in stack:
            node = node["below"].setdefault(frame, {"count": 0, "below": {}})
            node["count"] += count
    return root


def _boxes(node, left, depth, total, out):
    for frame in sorted(node["below"]):
        child = node["below"][frame]
        if child["count"] / total >= _SMALLEST:
            out.append((frame, left, child["count"], depth))
            _boxes(child, left, depth + 1, total, out)
        left += child["count"]
    return out


def draw(stacks, title, about):
    """SVG of stacks as collapse() gives them; the outermost call at the bottom."""
    tree = _tree(stacks)
    total = max(tree["count"], 1)
    boxes = _boxes(tree, 0, 0, total, [])
    depth = 1 + max((box[3] for box in boxes), default=0)
    height = 84 + depth * _ROW + 16
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH + 32} {height}" width="{_WIDTH + 32}" height="{height}" {FONT}>',
           f'<title>{escape(title)}</title><rect width="100%" height="100%" rx="8" fill="#ffffff"/>',
           f'<text x="16" y="30" font-size="17" font-weight="650" fill="#1f2328">{escape(title)}</text>',
           f'<text x="16" y="50" font-size="12.5" fill="#59636e">{escape(about)}</text>']
    for at, (kind, words) in enumerate((("ours", "sluice"), ("library", "libraries"), ("kernel", "kernel"))):
        out.append(f'<rect x="{16 + at * 90}" y="60" width="12" height="12" rx="2" fill="{_COLOURS[kind][0]}"/>'
                   f'<text x="{33 + at * 90}" y="70.5" font-size="12" fill="#59636e">{words}</text>')
    for (name, kind), left, count, level in boxes:
        x, width = 16 + _WIDTH * left / total, _WIDTH * count / total
        y = height - 14 - (level + 1) * _ROW
        shade = _COLOURS[kind][sum(map(ord, name)) % 3]
        letters = int((width - 6) / _LETTER)
        words = name if len(name) <= letters else name.rsplit("::", 1)[-1]
        shown = words if len(words) <= letters else words[:letters - 1] + "…" if letters > 4 else ""
        text = f'<text x="{x + 3:.1f}" y="{y + 13:.1f}" font-size="11" fill="#1f2328">{escape(shown)}</text>' if shown else ""
        out.append(f'<g><title>{escape(name)}: {count / total:.1%}</title><rect x="{x:.2f}" y="{y}" width="{max(width - 0.4, 0.2):.2f}" '
                   f'height="{_ROW - 1}" rx="1.5" fill="{shade}"/>{text}</g>')
    return "\n".join([*out, "</svg>\n"])
