/** Passes over rail and header. It moves the focus alone: following an address would be leaving the page, which asks about what is not saved. */
export function SkipLink({ to }: { to: string }) {
  return (
    <a
      className="sf-skip"
      href={`#${to}`}
      onClick={(event) => {
        event.preventDefault();
        document.getElementById(to)?.focus();
      }}
    >
      Skip to the page
    </a>
  );
}
