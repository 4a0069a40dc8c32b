// Draws lines, zones and boxes on a picture by mouse, pen or finger. Shapes are text, one a line, in shares of width and height:
// "line: 0.1,0.5 0.9,0.5". The page owns the text; this sends it back whole after each change.
export default function ({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector('.shapes');
  const canvas = root.querySelector('canvas'), bar = root.querySelector('.bar'), hint = root.querySelector('.hint');
  const pen = canvas.getContext('2d'), ground = new Image();
  const state = (root.panorama = root.panorama || { kind: data.kinds[0] });
  let shapes = parse(data.shapes), open = [], drag = null;

  function parse(text) {
    return text.split(/[\n;]/).map((row) => row.match(/^\s*(\w+)([^:]*):(.*)$/)).filter(Boolean)
      .map(([, kind, name, points]) => ({ kind, name: name.trim(), points: points.trim().split(/\s+/).map((p) => p.split(',').map(Number)) }))
      .filter((s) => s.points.length > 1 && s.points.flat().every(Number.isFinite));
  }
  const written = (list) => list.map((s) => `${s.kind}${s.name ? ' ' + s.name : ''}: ${s.points.map((p) => p.map((v) => v.toFixed(4)).join(',')).join(' ')}`).join('\n');
  const send = () => setStateValue('shapes', written(shapes));
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height].map((v) => Math.min(1, Math.max(0, v)));
  };

  function path(points, closed) {
    pen.beginPath();
    points.forEach(([x, y], i) => (i ? pen.lineTo : pen.moveTo).call(pen, x * canvas.width, y * canvas.height));
    if (closed) pen.closePath();
  }
  function corners({ kind, points }) {
    if (kind !== 'box') return points;
    const [[a, b], [c, d]] = points;
    return [[a, b], [c, b], [c, d], [a, d]];
  }
  function draw() {
    pen.drawImage(ground, 0, 0, canvas.width, canvas.height);
    const all = drag ? [...shapes, drag] : shapes;
    const counts = {};
    all.forEach((shape) => {
      const color = data.colors[data.kinds.indexOf(shape.kind)] || data.colors[0], points = corners(shape);
      counts[shape.kind] = (counts[shape.kind] || 0) + 1;
      path(points, shape.kind !== 'line');
      pen.lineWidth = Math.max(3, canvas.width / 250); pen.strokeStyle = color; pen.stroke();
      if (shape.kind !== 'line') { pen.fillStyle = color + '33'; pen.fill(); }
      const name = shape.name || `${data.words[shape.kind]} ${counts[shape.kind]}`, size = Math.max(13, canvas.width / 50);
      pen.font = `600 ${size}px sans-serif`;
      const [x, y] = [points[0][0] * canvas.width, Math.max(size * 1.4, points[0][1] * canvas.height)];
      pen.fillStyle = color; pen.fillRect(x, y - size * 1.4, pen.measureText(name).width + size, size * 1.4);
      pen.fillStyle = '#fff'; pen.fillText(name, x + size / 2, y - size * 0.4);
    });
    if (open.length) { path(open, false); pen.setLineDash([8, 6]); pen.strokeStyle = '#fff'; pen.lineWidth = 3; pen.stroke(); pen.setLineDash([]); }
  }

  function button(label, pressed, act) {
    const one = document.createElement('button');
    one.type = 'button'; one.textContent = label; one.setAttribute('aria-pressed', pressed);
    one.onclick = act; bar.appendChild(one);
  }
  function tools() {
    bar.textContent = '';
    data.kinds.forEach((kind) => button(data.words[kind], state.kind === kind, () => { state.kind = kind; open = []; tools(); draw(); }));
    button(data.words.undo, false, () => { open.length ? open.pop() : shapes.pop(); draw(); send(); });
    button(data.words.clear, false, () => { shapes = []; open = []; draw(); send(); });
    hint.textContent = state.kind === 'zone' ? data.words.zone_hint : data.words.drag_hint;
  }
  function done(shape) {
    drag = null;
    const [[a, b], [c, d]] = [shape.points[0], shape.points[shape.points.length - 1]];
    if (shape.kind !== 'zone' && Math.hypot(a - c, b - d) < 0.01) return draw();
    shapes = [...shapes, shape].slice(-data.most);
    draw(); send();
  }

  canvas.onpointerdown = (event) => {
    if (state.kind === 'zone') return;
    canvas.setPointerCapture(event.pointerId);
    const p = at(event); drag = { kind: state.kind, points: [p, p] };
  };
  canvas.onpointermove = (event) => { if (drag) { drag.points[1] = at(event); draw(); } };
  canvas.onpointerup = () => { if (drag) done(drag); };
  canvas.onclick = (event) => {
    if (state.kind !== 'zone' || event.detail > 1) return;
    const p = at(event);
    const closes = open.length > 2 && Math.hypot(p[0] - open[0][0], p[1] - open[0][1]) < 0.025;
    if (closes) { const points = open; open = []; return done({ kind: 'zone', points }); }
    open.push(p); draw();
  };
  canvas.ondblclick = () => { if (open.length > 2) { const points = open; open = []; done({ kind: 'zone', points }); } };

  ground.onload = () => { canvas.width = ground.naturalWidth; canvas.height = ground.naturalHeight; draw(); };
  ground.src = data.image;
  tools();
}
