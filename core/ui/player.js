// A recording with its transcript: a click on a word or sentence plays from there, and what is being said is marked.
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector('.player');
  const signature = JSON.stringify(data);
  if (root.panorama === signature) return; // another run of the page: what plays goes on
  const audio = root.querySelector('audio'), list = root.querySelector('.said');
  const earlier = root.panorama ? JSON.parse(root.panorama).src : null;
  root.panorama = signature;
  if (earlier !== data.src) {
    audio.hidden = !data.src;
    if (data.src) audio.src = data.src;
  }
  list.replaceChildren();
  const spots = [];

  const play = (at) => { if (data.src) { audio.currentTime = at; audio.play(); } };
  const clock = (s) => `${s >= 3600 ? Math.floor(s / 3600) + ':' : ''}${String(Math.floor(s / 60) % 60).padStart(s >= 3600 ? 2 : 1, '0')}:${String(Math.floor(s) % 60).padStart(2, '0')}`;

  let speaker = null;
  for (const one of data.sentences) {
    const row = document.createElement('div');
    row.className = 'row';
    if (one.name && one.name !== speaker) {
      const name = document.createElement('div');
      name.className = 'name';
      name.style.color = one.color;
      name.textContent = one.name;
      row.append(name);
    }
    speaker = one.name;
    const time = document.createElement('button');
    time.type = 'button';
    time.className = 'time';
    time.textContent = clock(one.start);
    time.title = data.words.play;
    time.onclick = () => play(one.start);
    const text = document.createElement('span');
    text.className = 'text';
    text.dir = 'auto';
    const words = one.words.length ? one.words : [[one.text, one.start, one.end, 1]];
    words.forEach(([word, start, end, probability]) => {
      const piece = document.createElement('span');
      piece.textContent = word;
      piece.className = probability < data.unsure ? 'word unsure' : 'word';
      if (probability < data.unsure) piece.title = `${data.words.unsure} ${Math.round(100 * probability)} %`;
      piece.onclick = () => play(start);
      spots.push({ piece, row, start, end });
      text.append(piece);
    });
    row.append(time, text);
    list.append(row);
  }

  let shown = null;
  audio.ontimeupdate = () => {
    const at = audio.currentTime + 0.05;
    let low = 0, high = spots.length - 1, found = null; // the last word that has begun
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (spots[middle].start <= at) { found = spots[middle]; low = middle + 1; } else high = middle - 1;
    }
    if (found === shown) return;
    if (shown) { shown.piece.classList.remove('now'); shown.row.classList.remove('now'); }
    shown = found;
    if (!found || audio.paused) return;
    found.piece.classList.add('now');
    found.row.classList.add('now');
    const top = found.row.offsetTop - list.offsetTop;
    if (top < list.scrollTop || top + found.row.offsetHeight > list.scrollTop + list.clientHeight) list.scrollTop = top - 40;
  };
}
