"""The little of SVG that our plots need: a theme, text, lines, axes. A picture is made once for light and once for dark pages."""
import math
from dataclasses import dataclass
from xml.sax.saxutils import escape

FONT = "font-family=\"ui-sans-serif,system-ui,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif\""


@dataclass(frozen=True)
class Theme:
    name: str
    background: str
    ink: str
    faint: str  # second-rank text
    grid: str
    colours: dict


LIGHT = Theme("light", "#ffffff", "#1f2328", "#59636e", "#e4e7eb", {
    "sluice": "#0a5fd1", "nginx": "#1a7f4b", "HAProxy": "#c93a4b", "h2o": "#a06a00", "nghttpx": "#8250c4", "lighttpd": "#d9691e",
    "Apache": "#7a828e", "Varnish": "#0f8ba0"})
DARK = Theme("dark", "#0d1117", "#e6edf3", "#9aa4b0", "#262d36", {
    "sluice": "#58a6ff", "nginx": "#4cc38a", "HAProxy": "#ff7b86", "h2o": "#dfae45", "nghttpx": "#bc95f5", "lighttpd": "#f79a5b",
    "Apache": "#a3adb8", "Varnish": "#4fc6db"})
THEMES = (LIGHT, DARK)


def colour(theme, name):
    return theme.colours.get(name, theme.faint)


def number(value):
    """As short as an axis wants it: 0.5, 12, 1.2k, 3M."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{letter}"
    return f"{value:.3g}"


class Picture:
    def __init__(self, theme, width, height, title, about):
        self.theme, self.width, self.height = theme, width, height
        self._parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" {FONT}>',
            f"<title>{escape(title)}</title><desc>{escape(about)}</desc>",
            f'<rect width="{width}" height="{height}" rx="8" fill="{theme.background}"/>']
        self.text(24, 34, title, size=17, weight=650)
        self.text(24, 54, about, size=12.5, fill=theme.faint)

    def text(self, x, y, words, size=12, fill=None, anchor="start", weight=400, turn=None):
        turned = f' transform="rotate({turn} {x:.1f} {y:.1f})"' if turn else ""
        self._parts.append(f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}" '
                           f'fill="{fill or self.theme.ink}"{turned}>{escape(str(words))}</text>')

    def line(self, x1, y1, x2, y2, stroke=None, width=1.0, dash=None):
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{stroke or self.theme.grid}" '
                           f'stroke-width="{width}"{dashed}/>')

    def path(self, points, stroke, width):
        where = " ".join(f"{'L' if i else 'M'}{x:.1f} {y:.1f}" for i, (x, y) in enumerate(points))
        self._parts.append(f'<path d="{where}" fill="none" stroke="{stroke}" stroke-width="{width}" stroke-linejoin="round" '
                           'stroke-linecap="round"/>')

    def dot(self, x, y, radius, fill, about=""):
        told = f"<title>{escape(about)}</title>" if about else ""
        self._parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{fill}" stroke="{self.theme.background}" '
                           f'stroke-width="1.5">{told}</circle>')

    def rect(self, x, y, width, height, fill, about="", rounded=3):
        told = f"<title>{escape(about)}</title>" if about else ""
        self._parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{height:.1f}" rx="{rounded}" '
                           f'fill="{fill}">{told}</rect>')

    def done(self):
        return "\n".join([*self._parts, "</svg>\n"])


class Log:
    """A logarithmic axis from `least` to `greatest`, drawn from `begin` to `end`."""

    def __init__(self, least, greatest, begin, end):
        self.least, self.greatest, self.begin, self.end = least, greatest, begin, end

    def __call__(self, value):
        span = math.log(self.greatest / self.least) or 1.0
        return self.begin + (self.end - self.begin) * math.log(value / self.least) / span

    def ticks(self):
        """1, 2 and 5 of each power of ten; without 2 and 5 where that would be many."""
        first, last = math.floor(math.log10(self.least)), math.ceil(math.log10(self.greatest))
        for digits in ((1, 2, 5), (1,)):
            ticks = [d * 10.0 ** e for e in range(first, last + 1) for d in digits]
            ticks = [t for t in ticks if self.least * 0.999 <= t <= self.greatest * 1.001]
            if len(ticks) <= 9:
                break
        return ticks


def apart(wanted, gap):
    """Heights near the wanted ones, in their order, at least `gap` apart."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    groups = [[wanted[i], 1] for i in order]  # middle and number of those that stick together
    merged = True
    while merged:
        merged = False
        for i in range(len(groups) - 1):
            (a, n), (b, m) = groups[i], groups[i + 1]
            if b - (m - 1) * gap / 2 - (a + (n - 1) * gap / 2) < gap - 1e-9:
                groups[i:i + 2] = [[(a * n + b * m) / (n + m), n + m]]
                merged = True
                break
    heights = [middle + (k - (count - 1) / 2) * gap for middle, count in groups for k in range(count)]
    return [h for _, h in sorted(zip(order, heights, strict=True))]
