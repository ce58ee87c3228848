// A frame in a sandbox can't talk to the others of its kind: it sees how many frames there are in all, and is told of
// those that it can't see.

/** Whether this page can't talk to others. */
export const isAlone = origin === 'null'

let told = 0

const count = (around) => {
  let frames = around.length
  for (let index = 0; index < around.length; index++) frames += count(around[index])
  return frames
}

/** Tells how many frames of one page there are. */
export const tellCrowd = (frames) => {
  told = frames
}

/** Whether there may be more than `max` that need the same. */
export const isCrowded = (max) => Math.max(told, count(top)) > max
