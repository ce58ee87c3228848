/** For forms that are nothing but a button: text browsers get where there is nothing to post. */
export function HiddenField() {
  return <input type="hidden" name="sure" value="yes" />
}
