/** A field for forms that have only a button: text browsers send a GET for a form without fields. */
export function HiddenField() {
  return <input type="hidden" name="sure" value="yes" />
}
