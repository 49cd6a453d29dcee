"use strict";
// Inspects the rendered page, and leaves the findings in the page itself.
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const parse = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (colour) => {
    const [r, g, b] = parse(colour)
      .slice(0, 3)
      .map((part) => part / 255)
      .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const paper = getComputedStyle(document.body).backgroundColor;
  // What a plot draws of engines has a placeholder colour that begins with this.
  const marks = (plot) => all('[stroke^="#0100"], [fill^="#0100"]', plot);
  const painted = (mark) => {
    const style = getComputedStyle(mark);
    return mark.getAttribute("fill")?.startsWith("#0100") ? style.fill : style.stroke;
  };
  const extends_ = (mark) => {
    const box = mark.getBBox();
    return box.width > 0 || box.height > 0;
  };
  const words = all("p, li, th, td, dt, dd, h1, h2, h3, summary, figcaption, text").filter(
    (element) => element.textContent.trim(),
  );
  const seen = {
    plots: all("figure").map((plot) => ({
      title: plot.getAttribute("aria-label"),
      marks: marks(plot).filter(extends_).length,
      words: all("text", plot).filter((text) => text.textContent.trim()).length,
    })),
    // How much of the width the last line of plots takes, where it takes least.
    least_reach: Math.min(...all(".plots").map((plots) => {
      const boxes = all("figure", plots).map((figure) => figure.getBoundingClientRect());
      const last = Math.max(...boxes.map((box) => box.top));
      const right = Math.max(...boxes.filter((box) => box.top > last - 2).map((box) => box.right));
      const whole = plots.getBoundingClientRect();
      return (right - whole.left) / whole.width;
    })),
    rows: all("tr[data-engine]").map((row) => ({
      engine: row.dataset.engine,
      n: Number(row.dataset.n),
      values: Object.fromEntries(
        all("td[data-figure]", row).map((cell) => [
          cell.dataset.figure,
          { value: Number(cell.dataset.value), text: cell.textContent.trim() },
        ]),
      ),
    })),
    text: document.body.textContent,
    width: innerWidth,
    scroll_width: document.documentElement.scrollWidth,
    unreachable: all("*")
      .filter((element) => element.scrollWidth > element.clientWidth + 1)
      .filter((element) => /auto|scroll/.test(getComputedStyle(element).overflowX))
      .filter((element) => element.tabIndex < 0)
      .map((element) => element.outerHTML.slice(0, 100)),
    smallest_text: Math.min(...words.map((element) => {
      const size = parseFloat(getComputedStyle(element).fontSize);
      const svg = element.ownerSVGElement;
      return svg ? (size * svg.getBoundingClientRect().width) / svg.viewBox.baseVal.width : size;
    })),
    paper,
    least_contrast_of_words: Math.min(...words.map((element) => {
      const style = getComputedStyle(element);
      return contrast(element.ownerSVGElement ? style.fill : style.color, paper);
    })),
    least_contrast_of_marks: Math.min(...all("figure").flatMap(marks).map(painted)
      .filter((colour) => parse(colour).length >= 3).map((colour) => contrast(colour, paper))),
  };
  const pre = document.createElement("pre");
  pre.id = "seen";
  pre.textContent = JSON.stringify(seen);
  document.body.append(pre);
})();
