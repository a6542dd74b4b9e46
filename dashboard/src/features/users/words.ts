import type { AccountChange, PasswordLink, TradingMode, UserAccount } from "../../api/types";
import { dayAndMinuteText } from "../../lib/fmt";
import type { StatusLook } from "../../lib/status";

/** Whether somebody gets in, and why not. */
export const accountLook = ({ lockedAt, lockReason }: UserAccount): StatusLook =>
  lockedAt === null
    ? { word: "Active", tone: "good", hint: "Its owner can sign in." }
    : { word: "Locked", tone: "bad", hint: `Since ${dayAndMinuteText(lockedAt)} UTC.${lockReason === null ? "" : ` ${lockReason}`}` };

/** What the house's switch over a user does. */
export const switchedText: Readonly<Record<TradingMode, string>> = {
  normal: "",
  reduce_only: "Only reduces",
  pause: "Trading paused",
  flatten: "Closing everything",
};

/** A link that was made, and whose it is. */
export interface LinkOf {
  username: string;
  link: PasswordLink;
}

/** The address that an admin passes on. What stands behind the # stays in the browser. */
export const linkAddress = ({ code }: PasswordLink): string => `${globalThis.location.origin}/app/set-password#${code}`;

const done: Readonly<Record<string, (user: string) => string>> = {
  user_added: (user) => `opened the account of ${user}`,
  user_locked: (user) => `locked ${user}`,
  user_unlocked: (user) => `unlocked ${user}`,
  password_link_made: (user) => `made a password link for ${user}`,
  password_set: () => "set a password by a link",
};

/** What was done, as the rest of a sentence that begins with who did it. */
export const changeText = ({ action, userName, reason }: AccountChange): string =>
  `${done[action]?.(userName) ?? `${action} ${userName}`}${reason === null ? "" : `: ${reason}`}`;
