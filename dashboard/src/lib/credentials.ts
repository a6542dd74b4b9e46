/** What is checked before asking the gateway: only what saves a round trip. The gateway's own rules decide. */
export const minimumPassword = 10;

export const emailFault = (email: string): string | null =>
  /^[^\s@]+@[^\s@]+$/.test(email.trim()) ? null : "Write an email address, like you@example.org.";

export const passwordFault = (password: string): string | null =>
  password.length >= minimumPassword ? null : `Use at least ${minimumPassword} characters.`;

export const usernameFault = (username: string): string | null => {
  const length = username.trim().length;
  return length >= 1 && length <= 64 ? null : "Choose a name of 1 to 64 characters.";
};
