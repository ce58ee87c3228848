/** Whether a key sends what was typed. On a touch screen, Enter breaks the line; with Ctrl or ⌘ it sends everywhere. */
export const isSendingKey = ({ key, shiftKey, ctrlKey, metaKey }) =>
  key === 'Enter' && !shiftKey && (ctrlKey || metaKey || !matchMedia('(pointer: coarse)').matches)
