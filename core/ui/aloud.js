// One sentence that is heard as soon as the ones before it have ended; it steps aside when it has been heard.
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector('.aloud');
  if (root.panorama === data.src) return; // another run of the page: what plays goes on
  root.panorama = data.src;
  const audio = root.querySelector('audio');
  root.querySelector('.said').textContent = data.text;
  audio.src = data.src;

  let free;
  const over = new Promise((resolve) => { free = resolve; });
  const before = window.panoramaAloud ?? Promise.resolve();
  window.panoramaAloud = Promise.all([before, over]);
  audio.addEventListener('ended', () => { root.hidden = true; free(); });
  audio.addEventListener('error', free);
  before.then(() => audio.play()).catch(free); // a browser that does not allow it leaves the button

  return () => { audio.pause(); free(); };
}
