'use strict';
const words = n => Number(n).toLocaleString('en-US') + ' images';

const slider = document.querySelector('.slider');
if (slider) {
  const moments = slider.dataset.moments.split(' ').map(Number);
  const [button, input, label] = slider.children;
  const show = () => {
    const moment = moments[input.value];
    label.textContent = words(moment);
    for (const figure of document.querySelectorAll('.grid')) {
      const pictures = [...figure.querySelectorAll('img')];
      const now = pictures.filter(picture => picture.dataset.images <= moment).pop() || pictures[0];
      pictures.forEach(picture => { picture.hidden = picture !== now; });
      figure.querySelector('output').textContent = words(now.dataset.images);
    }
  };
  let timer = 0;
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    button.textContent = '\u25b6';
  };
  const step = () => {
    input.value = (Number(input.value) + 1) % moments.length;
    show();
    if (Number(input.value) === moments.length - 1) stop();
  };
  input.addEventListener('input', () => { stop(); show(); });
  button.addEventListener('click', () => {
    if (timer) return stop();
    timer = setInterval(step, 500);
    button.textContent = '\u25a0';
  });
  slider.hidden = moments.length < 2;
  show();
}

const digits = v => String(Number(v.toPrecision(4)));
const short = v => Math.abs(v) >= 1e6 ? digits(v / 1e6) + 'M' : Math.abs(v) >= 1e3 ? digits(v / 1e3) + 'k' : digits(v);
const valueAt = (share, [low, high, logarithmic]) => logarithmic ? low * (high / low) ** share : low + share * (high - low);

for (const svg of document.querySelectorAll('.chart svg')) {
  const [left, right, top, bottom] = svg.dataset.area.split(' ').map(Number);
  const x = svg.dataset.x.split(' ').map(Number);
  const y = svg.dataset.y.split(' ').map(Number);
  const readout = svg.parentElement.querySelector('.readout');
  const cursor = document.createElementNS(svg.namespaceURI, 'circle');
  cursor.setAttribute('class', 'cursor');
  cursor.setAttribute('r', 5);
  let points = null;
  const find = () => [...svg.querySelectorAll('.line')].flatMap(line =>
    line.getAttribute('d').slice(1).split('L').map(at => [...at.split(' ').map(Number), line.dataset.name]));
  svg.addEventListener('pointermove', event => {
    points = points || find();
    const box = svg.getBoundingClientRect();
    const scale = svg.viewBox.baseVal.width / box.width;
    const [px, py] = [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale];
    const away = p => 16 * (p[0] - px) ** 2 + (p[1] - py) ** 2;
    const nearest = points.reduce((a, b) => away(b) < away(a) ? b : a);
    cursor.setAttribute('cx', nearest[0]);
    cursor.setAttribute('cy', nearest[1]);
    svg.append(cursor);
    readout.textContent = (nearest[2] ? nearest[2] + ' \u00b7 ' : '') + 'at ' + short(valueAt((nearest[0] - left) / (right - left), x))
      + ': ' + short(valueAt((bottom - nearest[1]) / (bottom - top), y));
  });
  svg.addEventListener('pointerleave', () => { cursor.remove(); readout.textContent = ''; });
}
