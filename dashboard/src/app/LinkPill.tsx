import { linkWords } from "../live/link";
import { useLink } from "../live/linkStore";
import type { StatusLook } from "../lib/status";
import { StatusPill } from "../ui/StatusPill";

const tones = { connecting: "busy", live: "good", stale: "warn", offline: "bad" } as const;

/** Whether what is on the screen still comes in, by the age of the last answer. */
export function LinkPill() {
  const { state, ageSeconds } = useLink();
  const look: StatusLook = {
    word: linkWords(state),
    tone: tones[state.kind],
    hint: ageSeconds === null ? "The gateway has not answered yet." : `The gateway last answered ${ageSeconds} s ago.`,
  };

  return (
    <>
      <StatusPill look={look} />
      {/* Only the change is announced, not each second of it. */}
      <span role="status" className="sf-hidden">
        {state.kind === "live" ? "" : `Connection: ${state.kind}`}
      </span>
    </>
  );
}
