'use strict';
const root = document.documentElement;
const pages = [...document.querySelectorAll('article')];
const links = [...document.querySelectorAll('nav a')];

// one page at a time: that which the address names, or which holds what it names
function show() {
  const name = decodeURIComponent(location.hash.slice(1));
  const named = name && document.getElementById(name);
  const page = (named && named.closest('article')) || pages[0];
  for (const one of pages) one.classList.toggle('on', one === page);
  for (const link of links) {
    const isHere = link.hash.slice(1) === page.id;
    if (isHere) link.setAttribute('aria-current', 'page'); else link.removeAttribute('aria-current');
    if (isHere && link.parentNode.scrollWidth > link.parentNode.clientWidth)
      link.parentNode.scrollLeft = link.offsetLeft - link.parentNode.offsetLeft - 40;
  }
  document.title = page.querySelector('h2').textContent + ' · Customer report';
  if (named && named !== page) { named.scrollIntoView({block: 'center'}); named.tabIndex = -1; named.focus({preventScroll: true}); }
  else { scrollTo(0, 0); if (named) page.querySelector('h2').focus({preventScroll: true}); }
}
addEventListener('hashchange', show);
document.querySelector('.skip').addEventListener('click', event => {
  event.preventDefault(); document.getElementById('main').focus();
});
show();

// dark or light: the system's choice until somebody chooses; a browser may forbid to remember it
const theme = document.querySelector('.theme');
const isDark = () => root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
const tell = () => { theme.textContent = isDark() ? 'Light' : 'Dark'; theme.setAttribute('aria-label', 'Switch to ' + (isDark() ? 'light' : 'dark')); };
try { const kept = localStorage.getItem('patronage-theme'); if (kept === 'dark' || kept === 'light') root.dataset.theme = kept; } catch {}
theme.hidden = false;
theme.addEventListener('click', () => {
  root.dataset.theme = isDark() ? 'light' : 'dark';
  try { localStorage.setItem('patronage-theme', root.dataset.theme); } catch {}
  tell();
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', tell);
tell();

// what a number means opens at its button
for (const pop of document.querySelectorAll('[popover]')) {
  const button = pop.previousElementSibling;
  pop.addEventListener('toggle', event => {
    if (event.newState !== 'open') return;
    const at = button.getBoundingClientRect(), gap = 8;
    const left = Math.max(gap, Math.min(at.left - 12, innerWidth - pop.offsetWidth - gap));
    const below = at.bottom + gap, above = at.top - gap - pop.offsetHeight;
    const top = below + pop.offsetHeight <= innerHeight - gap || above < gap ? below : above;
    pop.style.left = left + 'px';
    pop.style.top = Math.max(gap, Math.min(top, innerHeight - pop.offsetHeight - gap)) + 'px';
  });
  pop.addEventListener('click', event => { if (event.target.closest('a')) pop.hidePopover(); });
}
addEventListener('scroll', () => document.querySelectorAll('[popover]:popover-open').forEach(pop => pop.hidePopover()), {passive: true});

// the exact numbers of what the pointer is at
const tip = document.getElementById('tip');
const textOf = mark => {
  if (mark.dataset.t) return mark.dataset.t;
  const table = mark.closest('.card').querySelector('table');
  const row = table.tBodies[0].rows[mark.dataset.r];
  return [...row.cells].map((cell, i) => table.tHead.rows[0].cells[i].textContent + ': ' + cell.textContent).join('\n');
};
const point = event => {
  const mark = event.target.closest && event.target.closest('svg [data-r], svg [data-t]');
  tip.hidden = !mark;
  if (!mark) return;
  tip.textContent = textOf(mark);
  tip.style.left = Math.max(8, Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8)) + 'px';
  tip.style.top = Math.max(8, Math.min(event.clientY + 14, innerHeight - tip.offsetHeight - 8)) + 'px';
};
document.addEventListener('pointermove', point);
document.addEventListener('pointerdown', point);

// numbers for a spreadsheet: in full, and nothing that it would run
const csvOf = table => [table.tHead.rows[0], ...table.tBodies[0].rows].map(row => [...row.cells].map(cell => {
  const isNumber = cell.className === 'n';
  let text = 'v' in cell.dataset ? cell.dataset.v : cell.textContent;
  if (!isNumber && /^[=+\-@\t\r]/.test(text)) text = "'" + text;
  return /[",\r\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
}).join(',')).join('\r\n') + '\r\n';
for (const button of document.querySelectorAll('.copy')) {
  button.hidden = false;
  button.addEventListener('click', async () => {
    const csv = csvOf(button.parentNode.querySelector('table'));
    let done = false;
    try { await navigator.clipboard.writeText(csv); done = true; } catch {
      const area = document.createElement('textarea');
      area.value = csv; area.setAttribute('aria-label', 'CSV');
      button.after(area); area.select();
      try { done = document.execCommand('copy'); } catch {}
      if (done) area.remove();
    }
    button.textContent = done ? 'Copied' : 'Copy the text below';
    setTimeout(() => { button.textContent = 'Copy as CSV'; }, 2500);
  });
}
