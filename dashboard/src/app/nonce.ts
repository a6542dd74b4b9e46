/** The number this answer's style elements must carry, from the page's head. Empty on the development server. */
export const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";

/** The chart library makes its own style element and offers no way to stamp it; so every style element made gets the nonce. */
export function stampStyles(): void {
  const create = document.createElement.bind(document);
  Document.prototype.createElement = function stamped(this: Document, tag: string, options?: ElementCreationOptions) {
    const element = create(tag, options);
    if (element instanceof HTMLStyleElement) {
      element.nonce = nonce;
    }

    return element;
  } as typeof document.createElement;
}
