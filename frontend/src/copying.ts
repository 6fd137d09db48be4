/** Put a text where it can be pasted from; whether that worked. */
export const copy = async (text: string, beside: Node): Promise<boolean> => {
  // A page that came by plain HTTP, as most homes' do, has no clipboard of its own (secure contexts only).
  const clipboard = navigator.clipboard as Clipboard | undefined;
  if (clipboard) return clipboard.writeText(text).then(() => true, () => byHand(text, beside));
  return byHand(text, beside);
};

/** As browsers do it for who marks a text and chooses "Copy". */
const byHand = (text: string, beside: Node): boolean => {
  const field = document.createElement("textarea");
  field.value = text;
  field.readOnly = true;
  field.style.position = "fixed";
  field.style.opacity = "0";
  beside.appendChild(field);
  field.select();
  try {
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    field.remove();
  }
};
