// Submits the forms of an embed without the browser: in a sandbox without `allow-forms` it submits nothing, and
// fires no `submit` event (HTML, "form submission algorithm"). A click on a submit button fires that event here
// instead, for htmx and other listeners. Enter in a field clicks the form's first submit button, so it works as well.

document.addEventListener('click', (event) => {
  const submitter = event.target.closest('button, input')
  const form = submitter?.form
  if (event.defaultPrevented || !form || submitter.type !== 'submit') return
  event.preventDefault()
  if (!submitter.formNoValidate && !form.reportValidity()) return
  form.dispatchEvent(new SubmitEvent('submit', { bubbles: true, cancelable: true, submitter }))
})
