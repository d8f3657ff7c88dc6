// What nsfwjs itself says of the pictures of pictures.py, and some values of its resized input.
//
//     npm install --ignore-scripts nsfwjs@4.3.0 @tensorflow/tfjs@4.22.0 pngjs@7.0.0
//     node vectors.mjs ../src/test/resources/nsfwjs > ../src/test/resources/nsfwjs/vectors.json
//
// Runs on TensorFlow.js' plain JavaScript backend, some seconds a picture.
import fs from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import * as nsfwjs from 'nsfwjs';
import pngjs from 'pngjs';

const CLASSES = ['Drawing', 'Hentai', 'Neutral', 'Porn', 'Sexy'];
const STEP = 4999; // of 224 * 224 * 3 values every so many

const folder = process.argv[2];
console.info = () => {};
await tf.setBackend('cpu');
const model = await nsfwjs.load('MobileNetV2');
const vectors = [];
for (const file of fs.readdirSync(folder).filter((name) => name.endsWith('.png')).sort()) {
  const { width, height, data } = pngjs.PNG.sync.read(fs.readFileSync(`${folder}/${file}`));
  const rgb = data.filter((_, i) => i % 4 < 3);
  const picture = tf.tensor3d(new Uint8Array(rgb), [height, width, 3], 'int32');

  // As classify does it, before the model sees the picture.
  const levels = picture.toFloat().div(tf.scalar(255));
  const input = width === 224 && height === 224 ? levels : tf.image.resizeBilinear(levels, [224, 224], true);
  const values = Array.from(input.dataSync()).filter((_, i) => i % STEP === 0);

  const found = Object.fromEntries((await model.classify(picture, 5)).map((p) => [p.className, p.probability]));
  vectors.push({ file, input: values, probabilities: CLASSES.map((name) => found[name]) });
  process.stderr.write(`${file} ${JSON.stringify(found)}\n`);
}
console.log(JSON.stringify({ step: STEP, classes: CLASSES, vectors }, null, 1));
