// A frame in a sandbox can't talk to the others of its kind: it sees how many frames there are in all, and is told of
// those that it can't see.

/** Whether this page can't talk to others. */
export const isIsolated = origin === 'null'

let reportedFrames = 0

const countFrames = (parentWindow) => {
  let frames = parentWindow.length
  for (let index = 0; index < parentWindow.length; index++) frames += countFrames(parentWindow[index])
  return frames
}

/** Tells how many frames of one page there are. */
export const setFrameCount = (frames) => {
  reportedFrames = frames
}

/** Whether there may be more than `max` that need the same. */
export const hasMoreFramesThan = (max) => Math.max(reportedFrames, countFrames(top)) > max
