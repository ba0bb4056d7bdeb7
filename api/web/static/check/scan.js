// @ts-check
// Finds a QR code in a picture or before the camera: by the browser's own reader where it has one, otherwise by jsQR.
import { read } from "../vendor/jsqr.js";

const SIZES = [1600, 1000, 600]; // pixels of the longer side, tried in turn
const EVERY = 250; // milliseconds between two looks at the camera

/** @returns {Promise<any>} the browser's reader, undefined where it has none */
async function detector() {
  const kind = /** @type {any} */ (globalThis).BarcodeDetector;
  try {
    if (kind && (await kind.getSupportedFormats()).includes("qr_code")) return new kind({ formats: ["qr_code"] });
  } catch { /* it has none */ }
  return undefined;
}

const own = detector();

/**
 * @param {CanvasImageSource} picture
 * @param {number} width
 * @param {number} height
 * @param {number} size
 */
function pixels(picture, width, height, size) {
  const scale = Math.min(1, size / Math.max(width, height, 1));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const on = canvas.getContext("2d", { willReadFrequently: true });
  if (!on) return undefined;
  on.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return on.getImageData(0, 0, canvas.width, canvas.height);
}

/**
 * @param {CanvasImageSource} picture
 * @param {number} width
 * @param {number} height
 * @param {number[]} sizes
 * @returns {Promise<string>} the text of the code, "" for none
 */
async function look(picture, width, height, sizes) {
  try {
    const found = await (await own)?.detect(picture);
    if (found?.length) return found[0].rawValue;
  } catch { /* jsQR may still read it */ }
  for (const size of sizes) {
    const p = pixels(picture, width, height, size);
    const found = p && read(p.data, p.width, p.height);
    if (found?.data) return found.data;
  }
  return "";
}

/** @param {Blob} file @returns {Promise<string>} the text of the code in a picture, "" for none */
export async function fromPicture(file) {
  try {
    const picture = await createImageBitmap(file);
    return await look(picture, picture.width, picture.height, SIZES);
  } catch {
    return "";
  }
}

/**
 * Looks through the camera until a code is found or stop is called.
 * @param {HTMLVideoElement} video
 * @param {(text: string) => void} found
 * @returns {Promise<() => void>} stop
 */
export async function fromCamera(video, found) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } }, audio: false });
  video.srcObject = stream;
  await video.play();
  let going = true;
  const stop = () => {
    going = false;
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
  const again = async () => {
    if (!going) return;
    const text = await look(video, video.videoWidth, video.videoHeight, [1000]);
    if (going && text) {
      stop();
      found(text);
      return;
    }
    setTimeout(again, EVERY);
  };
  setTimeout(again, EVERY);
  return stop;
}
