import { askForKey, currentKey } from "./key.js";

/** A request that was not done; the message is for people and says what to do. */
export class ApiError extends Error {
  /** @param {object} problem as of RFC 9457, or what is known of it */
  constructor(problem) {
    super(problem.detail);
    this.status = problem.status;
    this.code = problem.code;
    this.pointer = problem.pointer ?? "";
  }
}

const KEYLESS = "This server asks for an API key. Try again to give one.";
const AWAY = "The server does not answer. Is it running, and are you connected? Try again in some seconds.";

/** Sends a request with the key, if there is one, without looking at the answer. */
export function send(path, options = {}) {
  const headers = new Headers(options.headers);
  const key = currentKey();
  if (key) {
    headers.set("Authorization", `Bearer ${key}`);
  }
  return fetch(path, { ...options, headers });
}

/**
 * Sends a request; asks for a key where the server does.
 *
 * @throws {ApiError} if the answer is none of success; an AbortError if the signal says so
 */
export async function request(path, options = {}) {
  for (;;) {
    const used = currentKey();
    let response;
    try {
      response = await send(path, options);
    } catch (failure) {
      if (failure.name === "AbortError") {
        throw failure;
      }
      throw new ApiError({ status: 0, code: "away", detail: AWAY });
    }
    if (response.ok) {
      return response;
    }
    const problem = await problemOf(response);
    if (response.status !== 401) {
      throw new ApiError(problem);
    }
    if (!(await askForKey(used))) {
      throw new ApiError({ ...problem, detail: KEYLESS });
    }
  }
}

async function problemOf(response) {
  try {
    const problem = await response.json();
    if (typeof problem.detail === "string") {
      return problem;
    }
  } catch {
    // no JSON: something between here and the server has answered
  }
  return { status: response.status, code: "unknown", detail: `The server answers with ${response.status}. Try again.` };
}

/** The JSON of an answer. */
export async function get(path, signal) {
  return (await request(path, { signal })).json();
}

/** Before something is tried again, in milliseconds. */
export const PAUSE = 2000;

/** Waits; ends at once, by an error, when the signal says so. */
export function pause(millis, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, millis);
    signal.addEventListener("abort", stop, { once: true });
  });
}

/** Whether a failure passes by waiting. */
export function passes(failure) {
  return failure instanceof ApiError && [0, 429, 502, 503, 504].includes(failure.status);
}

/** The JSON of an answer, waited for while there is none; tells what is wrong meanwhile, "" when it is over. */
export async function getPatiently(path, signal, onTrouble) {
  for (;;) {
    try {
      const answer = await get(path, signal);
      onTrouble("");
      return answer;
    } catch (failure) {
      if (!passes(failure)) {
        throw failure;
      }
      onTrouble(failure.message);
      await pause(PAUSE, signal);
    }
  }
}

/** Posts JSON; gives the JSON of the answer. */
export async function post(path, body = {}) {
  const headers = { "Content-Type": "application/json" };
  const response = await request(path, { method: "POST", headers, body: JSON.stringify(body) });
  return response.json();
}

/** Where the API has a job. */
export function jobPath(id) {
  return `/v1/jobs/${encodeURIComponent(id)}`;
}

/** Where it has an image. */
export function imagePath(job, id) {
  return `${jobPath(job)}/images/${id.split("/").map(encodeURIComponent).join("/")}`;
}

export function pathOf(image) {
  return imagePath(image.job, image.id);
}
