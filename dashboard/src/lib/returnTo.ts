/**
 * Where to go after signing in. Only a path of this page is followed: an address that a stranger put into a link
 * ("//evil.example", "https:...", "/\evil.example") would carry the freshly signed-in user away.
 */
export function safeReturnTo(wanted: string | undefined): string {
  // Browsers drop tabs and line breaks inside addresses: "/\t/evil.example" is "//evil.example" to them.
  if (wanted === undefined || !wanted.startsWith("/") || /^\/[/\\]/.test(wanted) || /\s/.test(wanted)) {
    return "/";
  }

  return /^\/(signin|register|set-password)\b/.test(wanted) ? "/" : wanted;
}
