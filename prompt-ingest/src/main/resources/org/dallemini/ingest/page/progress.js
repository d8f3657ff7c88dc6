import { get, jobPath, passes, pause, PAUSE, send } from "./api.js";

/** Follows a job: by server-sent events, or where there are too many who do, by asking. */

const POLL = 500;
/** A job appears some tenths of a second after it was submitted, later where the server is busy. */
const UNKNOWN_FOR = 30_000;
/** The images of a job follow its status by some tenths of a second. */
const LATE_IMAGES = 10_000;

export const MOST_FOLLOWED = 200;

export function isFinal(job) {
  return ["completed", "failed", "canceled"].includes(job.state);
}

/**
 * Follows a job until it has ended.
 *
 * @param {object} listener onStatus(job), onPreview(preview) of an image that is being drawn, where the server tells of
 *     it, onImage(image) once for each, onTrouble(text): what is wrong at present,
 *     empty when all is well again
 * @param {boolean} isNew whether it was submitted just now, and may not be known yet
 * @throws {ApiError} if the job is not known, or may not be seen
 */
export async function follow(id, isNew, listener, signal) {
  const seen = new Set();
  const once = {
    ...listener,
    onPreview: (preview) => {
      if (!seen.has(preview.id)) {
        listener.onPreview(preview);
      }
    },
    onImage: (image) => {
      if (!seen.has(image.id) && seen.size < MOST_FOLLOWED) {
        seen.add(image.id);
        listener.onImage(image);
      }
    },
  };
  if (!(await stream(jobPath(id), once, signal))) {
    await poll(jobPath(id), isNew, once, signal, seen);
  }
}

async function poll(path, isNew, listener, signal, seen) {
  const unknownUntil = isNew ? performance.now() + UNKNOWN_FOR : 0;
  let ended = 0;
  for (;;) {
    let wait = POLL;
    try {
      const job = await get(path, signal);
      listener.onTrouble("");
      listener.onStatus(job);
      const there = Math.min(job.stored, MOST_FOLLOWED);
      if (seen.size < there) {
        const page = await get(`${path}/images?limit=${MOST_FOLLOWED}`, signal);
        page.images.forEach(listener.onImage);
      }
      if (isFinal(job)) {
        ended ||= performance.now();
        if (seen.size >= there || performance.now() - ended > LATE_IMAGES) {
          return;
        }
      }
    } catch (failure) {
      wait = await whetherToWait(failure, unknownUntil, listener);
    }
    await pause(wait, signal);
  }
}

/** How long to wait before trying again; throws what does not pass by waiting. */
async function whetherToWait(failure, unknownUntil, listener) {
  if (failure.code === "unknown-job" && performance.now() < unknownUntil) {
    return POLL;
  }
  if (passes(failure)) {
    listener.onTrouble(failure.message);
    return PAUSE;
  }
  throw failure;
}

/** Whether the job was followed to its end; false if that has to be done in another way. */
async function stream(path, listener, signal) {
  let last = "";
  for (let failures = 0; failures < 3; failures++) {
    try {
      const headers = last ? { "Last-Event-ID": last } : {};
      const response = await send(`${path}/events`, { headers, signal });
      if (!response.ok || !response.headers.get("Content-Type")?.startsWith("text/event-stream")) {
        return false;
      }
      for await (const event of events(response.body)) {
        failures = 0;
        last = event.id || last;
        listener.onTrouble("");
        if (event.type === "status") {
          listener.onStatus(JSON.parse(event.data));
        } else if (event.type === "preview") {
          listener.onPreview(JSON.parse(event.data));
        } else if (event.type === "image") {
          listener.onImage(JSON.parse(event.data));
        } else if (event.type === "end") {
          return true;
        }
      }
    } catch {
      if (signal.aborted) {
        throw signal.reason;
      }
      listener.onTrouble("The connection has broken off. Trying again.");
    }
    await pause(PAUSE, signal);
  }
  return false;
}

/** The events of a body, as the HTML standard has them. */
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) {
        return;
      }
      text = (text + value).replace(/\r\n?/g, "\n");
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const event = parse(text.slice(0, end));
        text = text.slice(end + 2);
        if (event.data || event.type === "end") {
          yield event;
        }
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

function parse(block) {
  const event = { type: "message", id: "", data: "" };
  const data = [];
  for (const line of block.split("\n")) {
    const [, name, value] = /^([^:]*):? ?(.*)$/s.exec(line);
    if (name === "event") {
      event.type = value;
    } else if (name === "id") {
      event.id = value;
    } else if (name === "data") {
      data.push(value);
    }
  }
  event.data = data.join("\n");
  return event;
}
