/**
 * Work that is done one thing after the other, those first that have waited longest.
 *
 * @param {function} work given an element and what was said of it last
 * @returns {function} to be called with both
 */
export function oneByOne(work) {
  const waiting = new Map();
  let isBusy = false;
  return async (element, value) => {
    waiting.set(element, value);
    if (isBusy) {
      return;
    }
    isBusy = true;
    try {
      for (const [next, latest] of waiting) {
        waiting.delete(next);
        await work(next, latest);
      }
    } finally {
      isBusy = false;
    }
  };
}

/**
 * Does something with elements when they are about to be seen, once.
 *
 * @param {string} margin how far away that begins
 * @returns {IntersectionObserver} to be told of elements
 */
export function whenNear(margin, work) {
  const see = (entries) =>
    entries
      .filter((entry) => entry.isIntersecting)
      .forEach(({ target }) => {
        nearby.unobserve(target);
        work(target);
      });
  const nearby = new IntersectionObserver(see, { rootMargin: margin });
  return nearby;
}
