// Says what stands between this page and a camera, before and while it films: "unsupported", "denied", "missing", else "ready".
export default function ({ data, setStateValue }) {
  const devices = navigator.mediaDevices;
  let permission = null, known = data.known || 'ready';

  async function look() {
    let found = 'unsupported';
    if (devices && devices.enumerateDevices) {
      const cameras = (await devices.enumerateDevices()).filter((one) => one.kind === 'videoinput');
      found = permission && permission.state === 'denied' ? 'denied' : cameras.length ? 'ready' : 'missing';
    }
    if (found !== known) setStateValue('camera', (known = found));
  }

  async function begin() {
    try {
      permission = await navigator.permissions.query({ name: 'camera' });
      permission.onchange = look;
    } catch { /* some browsers do not tell: then starting does */ }
    if (devices) devices.addEventListener('devicechange', look);
    await look();
  }

  begin();
  return () => {
    if (permission) permission.onchange = null;
    if (devices) devices.removeEventListener('devicechange', look);
  };
}
