// The tags of members. Messages of earlier versions have tags of six characters, with which the tags of today end.

const SHORT_TAG = 6

/** Whether a message with the tag `by` is the member’s with this tag. */
export const isTagOf = (tag, by) => by === tag || (by?.length === SHORT_TAG && tag?.endsWith(by) === true)

/** Selects what has the tag of this member. `tag` has letters and digits alone. */
export const selectByTag = (tag) =>
  tag.length === SHORT_TAG
    ? `[data-by$="${tag}"]`
    : `:is([data-by="${tag}"],[data-by="${tag.slice(-SHORT_TAG)}"])`
