// A sandboxed frame can't exchange messages with other rooms. It counts all frames that it sees, and the host page
// reports the number of rooms, including those that it can't see.

/** Whether this page is sandboxed, and can't exchange messages with others. */
export const isIsolated = origin === 'null'

let reportedFrames = 0

const countFrames = (parentWindow) => {
  let frames = parentWindow.length
  for (let index = 0; index < parentWindow.length; index++) frames += countFrames(parentWindow[index])
  return frames
}

/** Sets the number of rooms in the host page. */
export const setFrameCount = (frames) => {
  reportedFrames = frames
}

/** Whether more than `max` frames may need a connection. */
export const hasMoreFramesThan = (max) => Math.max(reportedFrames, countFrames(top)) > max
