"""Medians, ratios within rounds, and how far they spread."""
import statistics


def median(values):
    values = [v for v in values if v is not None]
    return statistics.median(values) if values else None


def ratios(ours, theirs):
    """Ours by theirs, round by round: what drifts between rounds cancels out. Rounds that one of them lacks are left out."""
    return [a / b for a, b in zip(ours, theirs, strict=False) if a is not None and b]


def spread(values):
    """(least, median, greatest), or None of nothing."""
    values = [v for v in values if v is not None]
    return (min(values), statistics.median(values), max(values)) if values else None
