"""Drawing: Vega-Lite and rows in, a static SVG whose colours are CSS variables out."""

from __future__ import annotations

import json
import re
from typing import Any

import vl_convert

from patronage.report.errors import ReportError
from patronage.report.pages import Chart
from patronage.report.published import Facts
from patronage.report.values import plain
from patronage.text import printable

VERSION = "6.4"  # of Vega-Lite
WIDTHS = {"third": 320, "half": 500, "full": 1040}  # pixels
NARROW = 330
FONT = "Liberation Sans"  # lies in vl-convert, and is as wide as Arial and Helvetica
ROW = "_row"  # the place of a mark's row among the chart's numbers
NUMBER = f"isValid(datum.{ROW}) ? '{ROW}' + datum.{ROW} : ''"
# marks that stand for one row; lines and areas stand for many, and texts for what lies below them
OF_A_ROW = ("arc", "bar", "circle", "point", "rect", "rule", "square", "tick")
SEVERAL = ("facet", "hconcat", "vconcat", "concat", "repeat")


def config(narrow: bool) -> dict[str, Any]:
    """What all charts look like."""
    soft = {"labelColor": "var(--soft)", "titleColor": "var(--soft)"}
    return {
        "background": None,
        "padding": 2,
        "font": FONT,
        "view": {"stroke": None},
        "text": {"color": "var(--ink)", "fontSize": 11},
        "axis": soft | {
            "titleFontWeight": "normal", "labelFontSize": 11, "titleFontSize": 11,
            "gridColor": "var(--grid)", "domain": False, "ticks": False, "labelPadding": 6,
            "labelLimit": 110 if narrow else 180,
        },
        "axisX": {"grid": False, "domain": True, "domainColor": "var(--line)"},
        "header": {"labelColor": "var(--ink)", "titleColor": "var(--soft)", "labelFontSize": 11,
                   "labelFontWeight": "bold", "labelLimit": 200},
        "legend": {"labelColor": "var(--ink)", "titleColor": "var(--soft)", "orient": "top",
                   "title": None, "symbolType": "square", "labelFontSize": 11, "offset": 6,
                   "labelLimit": 130 if narrow else 180, "columnPadding": 14,
                   **({"columns": 2} if narrow else {})},
        "range": {"category": [f"var(--c{i})" for i in range(1, 8)]},
        "line": {"strokeWidth": 2.2},
        "bar": {"color": "var(--c1)"},
        "area": {"color": "var(--c1)"},
        "rect": {"color": "var(--c1)"},
        "rule": {"color": "var(--line)"},
        "point": {"size": 90, "color": "var(--c1)"},
        "tick": {"opacity": 1, "color": "var(--c2)"},
        "title": {"color": "var(--ink)", "subtitleColor": "var(--soft)"},
    }  # fmt: skip


def vega_lite(
    chart: Chart, facts: Facts, names: list[str], rows: list[tuple[Any, ...]], width: int
) -> dict[str, Any]:
    """The whole specification of a chart at a width in pixels. Raises ReportError."""
    narrow = width == NARROW
    said = {**(chart.vl or {}), **(chart.narrow if narrow else {})}
    spec = with_words(plain(said), {"width": width} | {k: v for k, (v, _) in facts.words.items()})
    check_fields(chart, spec, {*names, ROW})
    spec = with_rows_known(spec)
    values = [
        {**dict(zip(names, map(plain, row), strict=True)), ROW: place}
        for place, row in enumerate(rows)
    ]
    whole = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "data": {"values": values},
        "height": 230,
        "autosize": {"type": "fit-x", "contains": "padding"},
        **spec,
        "config": merged(config(narrow), spec.get("config", {})),
    }
    if set(SEVERAL) & set(spec):
        whole.pop("autosize")
        if "height" not in spec:
            whole.pop("height")
    elif {"row", "column", "facet"} & set(spec.get("encoding", {})):
        whole.pop("autosize")
        whole.setdefault("width", width - 90)
    else:
        whole.setdefault("width", width)
    return whole


def merged(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    """Two settings as one, mapping by mapping; theirs win."""
    both = {
        key: merged(ours[key], value)
        if isinstance(ours.get(key), dict) and isinstance(value, dict)
        else value
        for key, value in theirs.items()
    }
    return {**ours, **both}


def with_words(said: Any, words: dict[str, Any]) -> Any:
    """A specification with $as_of and its like replaced: alone by their values, else in a text."""
    if isinstance(said, dict):
        return {key: with_words(one, words) for key, one in said.items()}
    if isinstance(said, list):
        return [with_words(one, words) for one in said]
    if not isinstance(said, str):
        return said
    if said[:1] == "$" and said[1:] in words:
        return words[said[1:]]
    return re.sub(
        r"\$(\w+)",
        lambda found: str(words[found[1]] or "") if found[1] in words else found[0],
        said,
        flags=re.ASCII,
    )


def check_fields(chart: Chart, spec: Any, known: set[str]) -> None:
    """Raise ReportError for a field that neither the query nor the chart itself gives."""
    made = set(known)
    for found in mappings(spec):
        for key in ("as", "groupby"):
            given = found.get(key)
            made |= {given} if isinstance(given, str) else set()
            made |= {one for one in given if isinstance(one, str)} if type(given) is list else set()
        if "fold" in found:
            made |= {"key", "value"}
        if "pivot" in found:  # its columns are values
            return
        for values in (found.get("values"), found.get("data")):
            for row in values if isinstance(values, list) else []:
                made |= set(row) if isinstance(row, dict) else set()
    for found in mappings(spec):
        field = found.get("field")
        if isinstance(field, str) and field not in made:
            raise ReportError(f"{chart.where}: no field {field!r} in sql or in vl")


def mappings(said: Any) -> list[dict[str, Any]]:
    """All mappings within a specification."""
    if isinstance(said, dict):
        return [said, *(one for value in said.values() for one in mappings(value))]
    if isinstance(said, list):
        return [one for value in said for one in mappings(value)]
    return []


def with_rows_known(spec: Any) -> Any:
    """A specification whose marks say which row of the numbers they stand for."""
    if isinstance(spec, list):
        return [with_rows_known(one) for one in spec]
    if not isinstance(spec, dict):
        return spec
    done = {key: with_rows_known(one) if key != "mark" else one for key, one in spec.items()}
    mark = done.get("mark")
    if isinstance(mark, str | dict):
        mark = {"type": mark} if isinstance(mark, str) else dict(mark)
        if mark.get("type") not in OF_A_ROW:
            mark.setdefault("aria", False)
        elif "description" not in mark and "description" not in done.get("encoding", {}):
            mark["description"] = {"expr": NUMBER}
        done["mark"] = mark
    return done


def svg_of(
    chart: Chart,
    facts: Facts,
    names: list[str],
    rows: list[tuple[Any, ...]],
    width: int,
    key: str,
) -> str:
    """A chart as SVG for a page, its ids beginning with `key`. Raises ReportError."""
    spec = vega_lite(chart, facts, names, rows, width)
    try:
        drawn = vl_convert.vegalite_to_svg(spec, VERSION, allowed_base_urls=[])
    except ValueError as error:
        raise failed(chart, error) from None
    return tidy(drawn, key, chart.title)


def coloured(spec: dict[str, Any], colours: dict[str, str]) -> dict[str, Any]:
    """A specification with colours where it names CSS variables; its values stay as they are."""
    apart = {key: value for key, value in spec.items() if key != "data"}
    text = re.sub(
        r"var\(--(\w+)\)",
        lambda found: colours.get(found[1], found[0]),
        json.dumps(apart),
        flags=re.ASCII,
    )
    return {**json.loads(text), **({"data": spec["data"]} if "data" in spec else {})}


def failed(chart: Chart, error: ValueError) -> ReportError:
    """What Vega says, as one line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = next((line for line in lines[1:]), lines[0] if lines else "unknown error")
    return ReportError(f"{chart.where}: the chart cannot be drawn ({printable(said, 200)})")


TAG = re.compile(r'<([a-zA-Z]+)((?: [\w:-]+="[^"]*")*)( ?/?)>')
ATTRIBUTE = re.compile(r' ([\w:-]+)="([^"]*)"')
DEFAULTS = {("opacity", "1"), ("stroke-width", "1"), ("transform", "translate(0,0)"),
            ("stroke-miterlimit", "10")}  # fmt: skip
DROPPED = {"class", "role", "aria-hidden", "aria-roledescription", "pointer-events", "font-family",
           "xmlns:xlink", "version"}  # fmt: skip
GEOMETRY = {"d", "transform", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "width", "height",
            "viewBox"}  # fmt: skip
USED = re.compile(r"url\(#([^)]*)\)")
UNSEEN = re.compile('<text[^>]* opacity="0"[^>]*>[^<]*</text>')  # a label with no room
LONG = re.compile(r"-?\d+\.\d+(?:e-\d+)?")


def tidy(drawn: str, key: str, title: str) -> str:
    """An SVG as small as it can be, named by its title; marks say their row as data-r.

    Only tags are changed: what stands between them are values.
    """
    is_first = True
    ids: dict[str, str] = {}

    def named(given: str) -> str:
        """An id of this chart alone; Vega counts on through all charts of a program."""
        return ids.setdefault(given, f"{key}{len(ids)}")

    def change(tag: re.Match[str]) -> str:
        nonlocal is_first
        name, text, end = tag.groups()
        given = dict(ATTRIBUTE.findall(text))
        if given.get("class") in ("background", "foreground") and not (
            given.get("fill") or given.get("stroke")
        ):
            return ""
        said = given.pop("aria-label", "")
        is_mark = given.get("role") == "graphics-symbol"
        kept = {
            one: LONG.sub(rounded, value) if one in GEOMETRY else value
            for one, value in given.items()
            if one not in DROPPED and (one, value) not in DEFAULTS
        }
        if "id" in kept:
            kept["id"] = named(kept["id"])
        kept = {one: USED.sub(lambda used: f"url(#{named(used[1])})", value)
                for one, value in kept.items()}  # fmt: skip
        if is_first:
            kept |= {"role": "img", "aria-label": escaped(title)}
            is_first = False
        elif is_mark and said.startswith(ROW):
            kept["data-r"] = said.removeprefix(ROW)
        elif is_mark and said and name == "path" and given.get("aria-roledescription") not in (
            "axis", "legend", "title"
        ):  # fmt: skip
            kept["data-t"] = said
        attributes = "".join(f' {one}="{value}"' for one, value in kept.items())
        return f"<{name}{attributes}{end}>"

    return re.sub("<g></g>", "", UNSEEN.sub("", TAG.sub(change, drawn)))


def rounded(number: re.Match[str]) -> str:
    """A number of an SVG to a tenth of a pixel, which no eye tells apart."""
    short = f"{float(number[0]):.1f}".removesuffix(".0")
    return "0" if short == "-0" else short


def escaped(text: str) -> str:
    """A text within quotes of a tag."""
    for sign, spelt in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(sign, spelt)
    return text
